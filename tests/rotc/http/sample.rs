//! A system with routes that behave badly, in the envelope of ROTC.

use axum::routing::{get, post};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::Json,
    system::{Group, System},
};
use utoipa_axum::router::OpenApiRouter;
use validator::Validate;

/// The system.
pub static SAMPLE: System = System {
    name: "sample",
    title: "Sample",
    about: "A system of one test",
    envelope: &rotc::envelope::RotcEnvelope,
    http: &rotc::http_policy::HTTP,
    groups: &[&GROUP],
    workers: &[],
    jobs: &shared::jobs::Jobs::NONE,
    alarm: rotc::SYSTEM.alarm,
    clean_up: &[],
    sockets: None,
    events: None,
    migrations: &rotc::migrations::ROTC,
    sign_in: None,
    examples: "{}",
    storage: rotc::SYSTEM.storage,
    settings: None,
    admin: None,
    demo: None,
    legacy: None,
    imitations: &[],
};

const GROUP: Group = Group {
    name: "sample",
    about: "Requests that fail.",
    prefixes: &["/api/sample"],
    needs: &[],
    memory_mb: 128,
    routes,
};

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .route("/api/sample/echo", post(echo))
        .route("/api/sample/panic", get(panics))
        .route("/api/sample/fail", get(fails))
        .route("/api/sample/long", get(long))
        .merge(OpenApiRouter::from(shared::http::openapi::docs(&SAMPLE)))
}

/// A body with rules.
#[derive(Deserialize, Serialize, Validate)]
pub struct Sample {
    /// Has a limit.
    #[validate(range(max = 10, message = "points must be at most 10"))]
    pub points: i32,
    /// May be missing.
    #[serde(default)]
    pub reason: String,
}

async fn echo(Json(sample): Json<Sample>) -> Json<Sample> {
    Json(sample)
}

async fn panics() -> Json<Sample> {
    panic!("the secret of the handler")
}

async fn fails() -> Result<Json<Sample>> {
    Err(shared::error::internal("the secret of the database"))
}

async fn long() -> Json<Vec<&'static str>> {
    Json(vec!["a word that repeats"; 200])
}
