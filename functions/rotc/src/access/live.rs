//! Who listens to live events.

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::{App, Error, Result, auth::principal::required};

use super::{User, person::STREAM};

/// Anybody signed in, by header, cookie or `?token=`: an `EventSource` cannot send a header. For event streams only.
#[derive(Clone, Debug)]
pub struct Listener(pub User);

impl FromRequestParts<App> for Listener {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        required(app, parts, STREAM).await.map(Self)
    }
}
