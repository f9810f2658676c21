//! Tests of the ROTC system as its clients see it.

mod activities;
mod adoption;
mod auth;
mod bad_input;
mod cadets;
mod coverage;
mod files;
mod grade_formula;
mod grades;
mod http;
mod legacy;
mod mail;
mod notifications;
mod realtime;
mod replay;
