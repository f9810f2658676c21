//! Ending a session, and keeping one alive.

use axum::{extract::State, response::Response};
use serde::Serialize;
use serde_json::json;
use shared::{App, Error, Result, auth::session, error::MAINTENANCE, http::Json, sql};
use utoipa::ToSchema;

use super::cookie::with_cookie;
use crate::{
    access::{Guest, Member, User},
    answer::Message,
    audit,
};

/// The answer to a heartbeat.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Heartbeat {
    /// Always `ok`.
    pub status: &'static str,
    /// The method of the request.
    pub method: &'static str,
    /// Milliseconds since 1970.
    pub timestamp: i64,
}

/// Sign out
///
/// The session ends at once, everywhere.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", responses((status = 200, body = Message)))]
pub async fn logout(Member(user): Member, State(app): State<App>) -> Result<Response> {
    let mut change = app.db.change_for_access(&user.actor(), "").await?;
    session::revoke(&app, &mut change, user.session, "signed out").await?;
    audit::record(&mut change, "LOGOUT", "users", Some(user.id), Some(user.id), json!({})).await?;
    change.commit().await?;
    Ok(with_cookie(&app, None, Message { message: "Logged out successfully".to_owned() }))
}

/// Whether the server answers
#[utoipa::path(get, path = "/api/auth/heartbeat", tag = "auth", security(()), responses((status = 200, body = Heartbeat)))]
pub async fn heartbeat_read(State(app): State<App>) -> Json<Heartbeat> {
    Json(beat(&app, "GET"))
}

/// Say that one is still there
///
/// With a token it renews the session and notes when the user was last seen. It never fails: clients send
/// it every minute, signed in or not.
#[utoipa::path(post, path = "/api/auth/heartbeat", tag = "auth", security((), ("bearer" = [])), responses((status = 200, body = Heartbeat)))]
pub async fn heartbeat(guest: Result<Guest, Error>, State(app): State<App>) -> Json<Heartbeat> {
    let seen = match guest {
        Ok(Guest(Some(user))) => keep_alive(&app, &user).await,
        Ok(Guest(None)) => Ok(()),
        Err(error) if error.code() == MAINTENANCE => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = seen {
        tracing::warn!(%error, "a heartbeat could not be noted");
    }
    Json(beat(&app, "POST"))
}

async fn keep_alive(app: &App, user: &User) -> Result<()> {
    let mut change = app.db.change_for_access(&user.actor(), "").await?;
    session::renew(app, &mut change, user.session).await?;
    let seen = sql!("UPDATE users SET last_seen = $2 WHERE id = $1");
    change.execute(seen, &[&user.id, &app.clock.now().naive_utc()]).await?;
    change.commit().await
}

fn beat(app: &App, method: &'static str) -> Heartbeat {
    Heartbeat { status: "ok", method, timestamp: app.clock.now().timestamp_millis() }
}
