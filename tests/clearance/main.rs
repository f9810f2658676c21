//! Tests of the clearance system as its clients see it.

mod recorded;
mod replay;
