//! A system for unit tests, which does nothing.

use http::{Method, StatusCode, Uri};
use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};

use super::{Storage, System};
use crate::{
    Error,
    db::migrate::SHARED,
    error::{Kind, Problem, not_found},
    http::{
        Cors, HttpPolicy,
        envelope::{Envelope, Failed},
    },
    jobs::Jobs,
};

struct Plain;

impl Envelope for Plain {
    fn schema(&self) -> RefOr<Schema> {
        Schema::default().into()
    }

    fn not_found(&self, _: &Method, _: &Uri) -> Error {
        not_found("There is no such address")
    }

    fn method_not_allowed(&self, _: &Method, _: &Uri) -> Error {
        Error::new(Kind::MethodNotAllowed, "method_not_allowed", "The address takes other methods")
    }

    fn body(&self, problem: &Problem, _: &Failed<'_>) -> Value {
        json!({ "message": problem.message })
    }
}

static HTTP: HttpPolicy = HttpPolicy {
    surfaces: &[],
    any_case: false,
    hyphen_is_underscore: false,
    cors: Cors {
        credentials: false,
        development_origins: &[],
        methods: "GET",
        headers: None,
        exposed: "",
        max_age: None,
        preflight: StatusCode::NO_CONTENT,
    },
    csp: "default-src 'none'",
    bad_id: Kind::NotFound,
    challenge: "Bearer",
};

/// Not a static: others are made of it.
pub(crate) const SAMPLE: System = System {
    name: "sample",
    title: "Sample",
    envelope: &Plain,
    http: &HTTP,
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
