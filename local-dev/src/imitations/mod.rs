//! Outside services, imitated: a laptop needs none of them, and tests get every answer they want, the rare ones too.
//!
//! `muster serve` answers below `/_dev/<name>` outside production, for a system that names them, and only on this machine. Tests
//! start one as a server of its own, which keeps its calls for the test to send. Functions do not contain this crate.

pub mod daraja;
mod faults;
mod outside;

use axum::{
    Router,
    extract::{FromRequest, Request},
    middleware,
};
use bytes::Bytes;
use http::StatusCode;
use serde_json::Value;
use shared::App;

pub use faults::{Fault, Faults};
pub use outside::{Call, Outside};

use crate::outbox::only_local;

/// A service that can be imitated.
pub struct Imitation {
    /// Its name in paths.
    pub name: &'static str,
    /// Its routes, as the service spells them.
    pub routes: fn(Outside) -> Router,
}

/// All of them.
pub static IMITATIONS: &[Imitation] = &[daraja::IMITATION];

/// A body, as JSON.
#[derive(Clone, Debug)]
struct Sent(Value);

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = StatusCode;

    async fn from_request(request: Request, state: &S) -> Result<Self, StatusCode> {
        let body = Bytes::from_request(request, state).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
        serde_json::from_slice(&body).map(Self).map_err(|_| StatusCode::BAD_REQUEST)
    }
}

/// Those that a server of this app has.
fn of(app: &App) -> impl Iterator<Item = &'static Imitation> {
    let named = if app.config.imitations && !app.config.production { app.system.imitations } else { &[] };
    IMITATIONS.iter().filter(|imitation| named.contains(&imitation.name))
}

/// Their names.
pub fn names(app: &App) -> Vec<&'static str> {
    of(app).map(|imitation| imitation.name).collect()
}

/// Their routes, for programs on this machine.
pub fn routes(app: &App) -> Router {
    of(app).fold(Router::new(), |routes, imitation| {
        let outside = Outside::of(app);
        let path = format!("/_dev/{}", imitation.name);
        routes.nest(&path, with_faults(imitation, outside).layer(middleware::from_fn(only_local)))
    })
}

/// The routes of one, and `POST /_faults`, by which somebody asks it to fail.
pub fn with_faults(imitation: &Imitation, outside: Outside) -> Router {
    let faults = outside.faults.clone();
    (imitation.routes)(outside)
        .layer(middleware::from_fn_with_state(faults.clone(), faults::fail))
        .merge(faults::routes(faults))
}
