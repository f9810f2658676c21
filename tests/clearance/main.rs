//! Tests of the clearance system as its clients see it.

mod accounts;
mod legacy;
mod recorded;
mod replay;
