//! Tests of the clearance system as its clients see it.

mod accounts;
mod finance;
mod legacy;
mod money;
mod mpesa;
mod recorded;
mod replay;
