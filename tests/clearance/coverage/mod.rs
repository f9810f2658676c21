//! What must hold for the whole system, however many routes, tables and statements it gets.
//!
//! The lists beside this file name the exceptions. They may only shrink: an entry that is no exception any more fails.

pub mod examples;

use std::collections::BTreeSet;

use clearance::SYSTEM;
use tests::{TestApp, coverage, coverage::Guard, sources};

use crate::recorded;

#[tokio::test]
async fn every_table_is_audited_except_the_listed_ones() {
    coverage::every_table_is_audited(&TestApp::of(&SYSTEM, |_| ()).await, &[]).await;
}

#[tokio::test]
async fn every_table_and_column_tells_that_it_was_written_except_the_listed_ones() {
    coverage::every_column_tells(&TestApp::of(&SYSTEM, |_| ()).await).await;
}

#[test]
fn every_function_has_a_program_and_every_program_a_function() {
    coverage::every_function_has_a_program(&SYSTEM);
}

#[test]
fn every_function_is_in_the_template() {
    coverage::every_function_is_in_the_template(&SYSTEM);
}

#[test]
fn handlers_that_take_a_body_describe_it() {
    coverage::bodies_are_described(&SYSTEM, 10);
}

#[test]
fn operation_ids_are_unique() {
    coverage::operation_ids_are_unique(&SYSTEM);
}

#[test]
fn operations_without_sign_in_are_described_as_public() {
    coverage::public_operations_are_described(&SYSTEM, &[]);
}

#[test]
fn error_responses_are_described_by_access_parameters_and_body() {
    coverage::errors_are_described(&SYSTEM, &[]);
}

#[test]
fn no_two_types_of_the_documentation_share_a_name() {
    coverage::types_have_names_of_their_own(&SYSTEM);
}

#[tokio::test]
async fn no_operation_crashes_on_a_strange_id() {
    let app = recorded::recorded().await;
    let admin = recorded::account("admin").expect("an administrator");
    coverage::strange_ids_crash_nothing(&app.as_user(admin)).await;
}

#[tokio::test]
async fn every_operation_refuses_strangers_except_the_public_ones() {
    let app = recorded::recorded().await;
    coverage::strangers_are_refused(&app, "Given token not valid for any token type", &[]).await;
}

#[tokio::test]
async fn whoever_has_sent_too_much_is_refused_by_every_route_that_takes_files() {
    let app = recorded::limited().await;
    let callers = ["admin", "staff:finance_staff", "student:S05"].map(|name| recorded::client(&app, name));
    coverage::files_without_end_are_refused(&app, &callers).await;
}

#[test]
fn the_description_of_the_api_is_the_one_in_the_repository() {
    coverage::the_description_is_kept(&SYSTEM);
}

#[tokio::test]
async fn an_empty_database_is_migrated_to_the_schema_in_the_repository() {
    coverage::the_schema_is_kept(&SYSTEM).await;
}

#[test]
fn recorded_exchanges_never_change() {
    Guard::of(&SYSTEM).recorded_exchanges_never_change();
}

#[test]
fn demands_are_never_dropped() {
    Guard::of(&SYSTEM).demands_are_never_dropped();
}

#[test]
fn exceptions_are_never_added() {
    Guard::of(&SYSTEM).exceptions_are_never_added();
}

/// Every trap that the decisions name has a test, and every test of the list exists.
#[test]
fn every_named_trap_has_a_test() {
    let known: BTreeSet<String> = sources::tests_of("tests/clearance").into_iter().collect();
    let lines = include_str!("../traps.txt").lines().filter(|line| !line.starts_with('#'));
    let traps: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once(" | ")).collect();
    assert_eq!(traps.len(), 23, "a trap is never dropped");
    let missing: Vec<&str> =
        traps.iter().flat_map(|(_, tests)| tests.split(' ')).filter(|test| !known.contains(*test)).collect();
    assert!(missing.is_empty(), "tests/clearance/traps.txt names no test by these: {missing:?}");
}
