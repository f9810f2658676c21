//! Live events: what members of a branch see without loading a page again.

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::Response,
};
use futures_util::{FutureExt, future::BoxFuture};
use http::HeaderMap;
use shared::{
    App, Result,
    auth::principal::{self, Call},
    realtime::{Caller, Listener, Source, Style, Topic, serve_socket, serve_stream},
    sql,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::access::{Member, Person, Role};

pub const GROUP: Group = Group {
    name: "events",
    about: "Live events of a branch.",
    prefixes: &["/api/events"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || OpenApiRouter::new().routes(routes!(stream_events)).routes(routes!(open_socket)),
};

/// Members of a branch, whatever they may do there.
pub const MEMBERS: [Topic; 2] = [Topic::role("librarian"), Topic::role("reader")];

/// The live events of the library.
pub struct Events;

impl Source for Events {
    fn ended<'a>(&'a self, app: &'a App, listeners: &'a [Listener]) -> BoxFuture<'a, Result<Vec<i64>>> {
        let find = sql!(
            "SELECT asked.position
             FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS asked (session, branch, role, position)
             WHERE NOT EXISTS (
                 SELECT FROM muster.sessions JOIN people ON people.id = sessions.user_id::uuid
                 JOIN memberships ON memberships.person_id = people.id
                 WHERE sessions.id = asked.session AND sessions.revoked_at IS NULL
                   AND sessions.idle_expires_at > $4 AND people.is_active
                   AND memberships.branch_id = asked.branch::uuid AND memberships.role = asked.role)"
        );
        async move {
            let sessions: Vec<Uuid> = listeners.iter().map(|listener| listener.session).collect();
            let branches: Vec<_> = listeners.iter().map(|listener| listener.tenant.as_ref()).collect();
            let roles: Vec<&str> = listeners.iter().map(|listener| listener.role.as_ref()).collect();
            let mut read = app.read_across_tenants("listeners of every branch").await?;
            read.all(find, &[&sessions, &branches, &roles, &app.clock.now()]).await
        }
        .boxed()
    }

    fn listener<'a>(&'a self, app: &'a App, token: &'a str) -> BoxFuture<'a, Result<Option<Listener>>> {
        async move {
            let person: Option<Person> = principal::bearer(app, token, Call::default()).await?;
            Ok(person.as_ref().and_then(listener))
        }
        .boxed()
    }
}

/// A member of a branch as a listener there; others hear nothing.
fn listener(person: &Person) -> Option<Listener> {
    let (branch, role) = person.membership?;
    Some(Listener::new(person.session, person.id, Role::as_str(role)).in_tenant(branch))
}

/// Listen to live events of the branch
#[utoipa::path(get, path = "/api/events", tag = "events",
    responses((status = 200, content_type = "text/event-stream", body = str)))]
async fn stream_events(
    Member(person): Member,
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response> {
    serve_stream(&app, &Events, listener(&person), Style::Resource, &headers).await
}

/// Open a WebSocket for live events of the branch
#[utoipa::path(get, path = "/api/events/socket", tag = "events",
    responses((status = 101, description = "The socket is open")))]
async fn open_socket(
    Caller(person): Caller<Person>,
    State(app): State<App>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    serve_socket(app, &Events, person.as_ref().and_then(listener), upgrade)
}
