//! What must hold for the whole system, however many routes, tables and statements it gets.
//!
//! The lists beside this file name the exceptions. They may only shrink: an entry that is no exception any more fails.

mod examples;
mod kept;

use rotc::SYSTEM;
use tests::{TestApp, a_cadet, coverage, coverage::Guard};

/// Nobody is signed in who calls it, and a stranger without the code of a mail is refused all the same.
const PROVED_BY_A_CODE: &str = "POST /api/auth/link";

#[tokio::test]
async fn every_table_is_audited_except_the_listed_ones() {
    coverage::every_table_is_audited(&TestApp::rotc().await, &["fn_merit_demerit_audit"]).await;
}

#[tokio::test]
async fn every_table_and_column_tells_that_it_was_written_except_the_listed_ones() {
    coverage::every_column_tells(&TestApp::rotc().await).await;
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
    coverage::bodies_are_described(&SYSTEM, 50);
}

#[test]
fn operation_ids_are_unique() {
    coverage::operation_ids_are_unique(&SYSTEM);
}

#[test]
fn operations_without_sign_in_are_described_as_public() {
    coverage::public_operations_are_described(&SYSTEM, &[PROVED_BY_A_CODE]);
}

#[test]
fn error_responses_are_described_by_access_parameters_and_body() {
    coverage::errors_are_described(&SYSTEM, &[PROVED_BY_A_CODE]);
}

#[test]
fn no_two_types_of_the_documentation_share_a_name() {
    coverage::types_have_names_of_their_own(&SYSTEM);
}

#[tokio::test]
async fn no_operation_crashes_on_a_strange_id() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    coverage::strange_ids_crash_nothing(&app.as_admin()).await;
}

#[tokio::test]
async fn every_operation_that_takes_files_refuses_them_from_who_has_sent_too_many() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    coverage::files_without_end_are_refused(&app, &[app.as_admin(), app.as_staff(), app.as_cadet(&cadet)])
        .await;
}

#[tokio::test]
async fn every_operation_refuses_strangers_except_the_public_ones() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    coverage::strangers_are_refused(&app, "Invalid token", &[]).await;
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
