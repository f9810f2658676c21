//! A system for unit tests, which does nothing.

use http::StatusCode;

use super::{Storage, System};
use crate::{
    db::migrate::SHARED,
    drf::DrfEnvelope,
    error::Kind,
    http::{Cors, HttpPolicy, Slash, Surface},
    jobs::Jobs,
};

static HTTP: HttpPolicy = HttpPolicy {
    surfaces: &[Surface { prefixes: &[""], canonical: "", slash: Slash::Both, body_limit: 1024 }],
    any_case: false,
    any_separator: false,
    cors: Cors {
        credentials: false,
        development_origins: &[],
        methods: "GET",
        headers: None,
        exposed: "ETag",
        max_age: None,
        preflight: StatusCode::NO_CONTENT,
    },
    csp: "default-src 'self'",
    bad_id: Kind::Invalid,
    challenge: "Bearer",
    layer: None,
};

/// Not a static: others are made of it.
pub(crate) const SAMPLE: System = System {
    name: "sample",
    about: "A system for unit tests",
    title: "Sample",
    envelope: &DrfEnvelope { code: false, message: false, request_id: false },
    http: &HTTP,
    groups: &[],
    workers: &[],
    sockets: None,
    jobs: &Jobs::NONE,
    alarm: None,
    clean_up: &[],
    events: None,
    migrations: &SHARED,
    sign_in: None,
    examples: "{}",
    storage: &Storage::DEFAULT,
    settings: None,
    admin: None,
    demo: None,
    legacy: None,
    imitations: &[],
};
