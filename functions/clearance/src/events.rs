//! Live events: notices as soon as they are written.

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
    response::Response,
};
use futures_util::{FutureExt, future::BoxFuture};
use http::HeaderMap;
use shared::{
    App, Error, Result,
    auth::principal::{self, Call, Source as TokenSource},
    realtime::{Listener, Source, Style, serve_stream},
    sql,
};
use uuid::Uuid;

use crate::access::Person;

/// The live events of the clearance system.
pub struct Events;

impl Source for Events {
    fn ended<'a>(&'a self, app: &'a App, listeners: &'a [Listener]) -> BoxFuture<'a, Result<Vec<i64>>> {
        let find = sql!(
            "SELECT asked.position FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS asked (session, role, position)
             WHERE NOT EXISTS (
                 SELECT FROM muster.sessions JOIN users ON users.id = sessions.user_id::uuid
                 WHERE sessions.id = asked.session AND sessions.revoked_at IS NULL
                   AND sessions.idle_expires_at > $3 AND users.is_active AND users.role = asked.role)"
        );
        async move {
            let sessions: Vec<Uuid> = listeners.iter().map(|listener| listener.session).collect();
            let roles: Vec<&str> = listeners.iter().map(|listener| listener.role.as_ref()).collect();
            app.db.read().await?.all(find, &[&sessions, &roles, &app.clock.now()]).await
        }
        .boxed()
    }

    fn listener<'a>(&'a self, app: &'a App, token: &'a str) -> BoxFuture<'a, Result<Option<Listener>>> {
        async move {
            let person: Option<Person> = principal::bearer(app, token, Call::default()).await?;
            Ok(person.as_ref().map(listener))
        }
        .boxed()
    }
}

fn listener(person: &Person) -> Listener {
    Listener::new(person.session, person.id, person.role.as_str())
}

/// Somebody signed in whose token stands in the header or in the query: browsers open event streams without a header.
pub struct Listening(Person);

impl FromRequestParts<App> for Listening {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        principal::required(app, parts, &[TokenSource::Bearer, TokenSource::Query("token")]).await.map(Self)
    }
}

/// Listen to one's own notices
///
/// Each comes as the event `notification` with the row of the list. `Last-Event-ID` continues where a stream ended.
#[utoipa::path(get, path = "/api/notifications/stream", tag = "notifications",
    params(("token" = Option<String>, Query, description = "An access token, instead of the header")),
    responses((status = 200, content_type = "text/event-stream", body = str)))]
pub async fn stream_notifications(
    Listening(person): Listening,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response> {
    serve_stream(&app, &Events, Some(listener(&person)), Style::Resource, &headers).await
}
