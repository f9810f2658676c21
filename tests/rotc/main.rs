//! Tests of the ROTC system as its clients see it.

mod adoption;
mod auth;
mod coverage;
mod http;
mod legacy;
mod replay;
