//! Tests of the ROTC system as its clients see it.

mod http;
