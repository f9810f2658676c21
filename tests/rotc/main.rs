//! Tests of the ROTC system as its clients see it.

mod activities;
mod adoption;
mod analytics;
mod auth;
mod bad_input;
mod cadets;
mod coverage;
mod excuses;
mod files;
mod grade_formula;
mod grades;
mod http;
mod kept;
mod legacy;
mod mail;
mod notifications;
mod ops;
mod recognition;
mod replay;
mod staff;
mod storage;
