//! Tests of the clearance system as its clients see it.

mod academics;
mod access;
mod accounts;
mod analytics;
mod approvals;
mod audit_logs;
mod certificates;
mod clearances;
mod coverage;
mod demo;
mod departments;
mod finance;
mod functions;
mod gowns;
mod imports;
mod jobs;
mod legacy;
mod money;
mod mpesa;
mod notifications;
mod ops;
mod people;
mod recorded;
mod replay;
mod reports;
mod students;
