//! Every operation of an API is called by a test of the binary that is named after its system.

use std::collections::BTreeSet;

use shared::system::System;
use tests::{exercised, sources::repository};

#[test]
fn every_operation_of_rotc_is_exercised_by_a_test() {
    check(&rotc::SYSTEM);
}

#[test]
fn every_operation_of_the_clearance_system_is_exercised_by_a_test() {
    check(&clearance::SYSTEM);
}

fn check(system: &System) {
    let exercised = exercised::read(system.name).unwrap_or_else(|reason| panic!("{reason}"));
    let all: BTreeSet<String> =
        exercised::operations(system).into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    let list = format!("tests/{}/coverage/unexercised.txt", system.name);
    let text = std::fs::read_to_string(repository(&list)).unwrap_or_else(|error| panic!("{list}: {error}"));
    let excused: BTreeSet<String> = text.lines().map(str::to_owned).collect();

    let missing: Vec<_> =
        all.difference(&exercised).filter(|operation| !excused.contains(*operation)).collect();
    assert!(missing.is_empty(), "no test calls these operations, write one: {missing:#?}");
    let done: Vec<_> = excused.iter().filter(|one| exercised.contains(*one) || !all.contains(*one)).collect();
    assert!(done.is_empty(), "remove these lines from {list}: {done:#?}");
}
