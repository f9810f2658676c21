//! Tests of the clearance system as its clients see it.

mod academics;
mod accounts;
mod analytics;
mod audit_logs;
mod departments;
mod gowns;
mod imports;
mod jobs;
mod legacy;
mod notifications;
mod recorded;
mod replay;
mod reports;
