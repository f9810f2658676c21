//! Tests of the ROTC system as its clients see it.

mod activities;
mod adoption;
mod coverage;
mod grade_formula;
mod grades;
mod http;
mod legacy;
mod notifications;
mod replay;
