//! Tests of the clearance system as its clients see it.

mod access;
mod coverage;
mod recorded;
mod replay;
