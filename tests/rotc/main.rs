//! Tests of the ROTC system as its clients see it.

mod access;
mod activities;
mod adoption;
mod analytics;
mod attendance;
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
mod settings;
mod staff;
mod storage;
mod users;
