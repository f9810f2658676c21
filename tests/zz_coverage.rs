//! Every operation of the API is called by a test of the binary `rotc`.

use std::collections::BTreeSet;

use tests::exercised;

const LIST: &str = include_str!("rotc/coverage/unexercised.txt");

#[test]
fn every_operation_is_exercised_by_a_test() {
    let exercised = exercised::read("rotc").unwrap_or_else(|reason| panic!("{reason}"));
    let all: BTreeSet<String> =
        exercised::operations().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    let excused: BTreeSet<String> = LIST.lines().map(str::to_owned).collect();

    let missing: Vec<_> =
        all.difference(&exercised).filter(|operation| !excused.contains(*operation)).collect();
    assert!(missing.is_empty(), "no test calls these operations, write one: {missing:#?}");
    let done: Vec<_> = excused.iter().filter(|one| exercised.contains(*one) || !all.contains(*one)).collect();
    assert!(done.is_empty(), "remove these lines from tests/rotc/coverage/unexercised.txt: {done:#?}");
}
