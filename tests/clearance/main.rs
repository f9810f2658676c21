//! Tests of the clearance system as its clients see it.

mod access;
mod accounts;
mod approvals;
mod certificates;
mod clearances;
mod coverage;
mod demo;
mod finance;
mod legacy;
mod money;
mod mpesa;
mod people;
mod recorded;
mod replay;
mod students;
