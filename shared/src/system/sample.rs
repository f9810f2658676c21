//! A system for unit tests, which does nothing.

use serde_json::{Value, json};

use super::{Storage, System};
use crate::{
    db::migrate::SHARED,
    error::Problem,
    http::envelope::{Envelope, Failed},
    jobs::Jobs,
};

struct Plain;

impl Envelope for Plain {
    fn body(&self, problem: &Problem, _: &Failed<'_>) -> Value {
        json!({ "message": problem.message })
    }
}

/// Not a static: others are made of it.
pub(crate) const SAMPLE: System = System {
    name: "sample",
    title: "Sample",
    envelope: &Plain,
    groups: &[],
    workers: &[],
    sockets: None,
    jobs: &Jobs::NONE,
    events: None,
    migrations: &SHARED,
    storage: &Storage::DEFAULT,
    admin: None,
    demo: None,
    legacy: None,
};
