//! Tests of the clearance system as its clients see it.

mod access;
mod accounts;
mod coverage;
mod demo;
mod legacy;
mod recorded;
mod replay;
