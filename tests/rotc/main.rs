//! Tests of the ROTC system as its clients see it.

mod http;
mod legacy;
mod replay;
