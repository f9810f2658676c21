//! Tests of the clearance system as its clients see it.

mod accounts;
mod approvals;
mod certificates;
mod clearances;
mod legacy;
mod people;
mod recorded;
mod replay;
mod students;
