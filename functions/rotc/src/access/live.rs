//! Who listens to live events.

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use shared::{
    App, Error, Result,
    auth::principal::{Permit, Source, optional, required},
    permits,
};

use super::{
    User,
    person::{SOCKET, STREAM},
};

/// Anybody signed in, by header, cookie or `?token=`: an `EventSource` cannot send a header. For event streams only.
#[derive(Clone, Debug)]
pub struct Listener(pub User);

/// Whoever opens a WebSocket, by `?token=` or header. A socket is opened for a stranger too, who is told by the code it is
/// closed with; any other request is refused. Cookies do not count: pages of other sites can open sockets.
#[derive(Clone, Debug)]
pub struct Caller(pub Option<User>);

permits! { Listener }

impl Permit for Listener {
    type Principal = User;
    const SOURCES: &'static [Source] = STREAM;

    fn permit(user: User) -> Result<Self> {
        Ok(Self(user))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let upgrades = parts.headers.contains_key(header::SEC_WEBSOCKET_KEY);
        if upgrades {
            optional(app, parts, SOCKET).await.map(Self)
        } else {
            required(app, parts, SOCKET).await.map(|user| Self(Some(user)))
        }
    }
}
