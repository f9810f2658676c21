//! Who listens to live events.

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use shared::{App, Error, Result, error::unauthorized};

use super::{User, cookie_token, header_token, person, query_token};

/// Anybody signed in, by header, cookie or `?token=`: an `EventSource` cannot send a header. For event streams only.
#[derive(Clone, Debug)]
pub struct Listener(pub User);

/// Whoever opens a WebSocket, by `?token=` or header. A socket is opened for a stranger too, who is told by the code it is
/// closed with; any other request is refused. Cookies do not count: pages of other sites can open sockets.
#[derive(Clone, Debug)]
pub struct Caller(pub Option<User>);

impl FromRequestParts<App> for Listener {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = header_token(parts).or_else(|| query_token(parts)).or_else(|| cookie_token(parts));
        let token = token.ok_or_else(|| unauthorized("no_token", "No token provided"))?;
        let user = person(app, parts, &token).await?;
        user.map(Self).ok_or_else(|| unauthorized("invalid_token", "Invalid token"))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = query_token(parts).or_else(|| header_token(parts));
        let upgrades = parts.headers.contains_key(header::SEC_WEBSOCKET_KEY);
        let Some(token) = token else {
            return if upgrades {
                Ok(Self(None))
            } else {
                Err(unauthorized("no_token", "No token provided"))
            };
        };
        match person(app, parts, &token).await? {
            None if !upgrades => Err(unauthorized("invalid_token", "Invalid token")),
            user => Ok(Self(user)),
        }
    }
}
