//! Tests of the clearance system as its clients see it.

mod accounts;
mod approvals;
mod certificates;
mod clearances;
mod finance;
mod legacy;
mod money;
mod mpesa;
mod people;
mod recorded;
mod replay;
mod students;
