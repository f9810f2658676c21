//! Who is behind a token.

use http::{header, request::Parts};
use shared::{App, Result, auth::token::Claims, db::UserKey, error::unauthorized, http::RequestId, row, sql};

use super::{COOKIE, Role, User};
use crate::settings::maintenance;

/// The token of the `Authorization` header, with or without `Bearer`.
pub(super) fn header_token(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let token = value.strip_prefix("Bearer ").unwrap_or(value).trim();
    (!token.is_empty() && token != "Bearer").then(|| token.to_owned())
}

pub(super) fn query_token(parts: &Parts) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(parts.uri.query()?.as_bytes());
    pairs
        .find(|(name, _)| name == "token")
        .map(|(_, token)| token.into_owned())
        .filter(|token| !token.is_empty())
}

pub(super) fn cookie_token(parts: &Parts) -> Option<String> {
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).map(|(_, token)| token.to_owned())
}

row! {
    struct Person {
        id: i32,
        username: String,
        role: String,
        cadet_id: Option<i32>,
        staff_id: Option<i32>,
    }
}

/// The person behind a token, if it is ours and its session lives. In maintenance only administrators get further.
async fn person(app: &App, parts: &Parts, token: &str) -> Result<Option<User>> {
    known(app, token, parts.extensions.get::<RequestId>().map(|id| id.0.clone())).await
}

/// The person behind a token that must be there.
pub(super) async fn required(app: &App, parts: &Parts, token: Option<String>) -> Result<User> {
    let token = token.ok_or_else(|| unauthorized("no_token", "No token provided"))?;
    person(app, parts, &token).await?.ok_or_else(|| unauthorized("invalid_token", "Invalid token"))
}

/// Whoever is behind the token, if one was sent.
pub(super) async fn optional(app: &App, parts: &Parts, token: Option<String>) -> Result<Option<User>> {
    match token {
        Some(token) => person(app, parts, &token).await,
        None => Ok(None),
    }
}

/// The user behind a token that came on another way than a request of ours.
pub async fn bearer(app: &App, token: &str) -> Result<Option<User>> {
    known(app, token, None).await
}

async fn known(app: &App, token: &str, request_id: Option<String>) -> Result<Option<User>> {
    let Some(claims) = app.signer.check(token, app.clock.now()).await? else { return Ok(None) };
    let user = of_session(app, &claims, request_id).await?;
    if user.as_ref().is_some_and(|user| user.role != Role::Admin) {
        maintenance::check(app).await?;
    }
    Ok(user)
}

async fn of_session(app: &App, claims: &Claims, request_id: Option<String>) -> Result<Option<User>> {
    let now = app.clock.now();
    let find = sql!(
        "SELECT users.id, users.username, users.role, users.cadet_id, users.staff_id
         FROM muster.sessions JOIN users ON users.id = sessions.user_id::int
         LEFT JOIN cadets ON cadets.id = users.cadet_id
         LEFT JOIN training_staff ON training_staff.id = users.staff_id
         WHERE sessions.id = $1 AND sessions.revoked_at IS NULL
           AND sessions.idle_expires_at > $2 AND sessions.absolute_expires_at > $2
           AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
           AND cadets.is_archived IS NOT TRUE AND training_staff.is_archived IS NOT TRUE"
    );
    let found: Option<Person> = app.db.read().await?.one(find, &[&claims.sid, &now]).await?;
    Ok(found.filter(|person| UserKey::from(person.id) == claims.sub).and_then(|person| {
        Some(User {
            role: Role::parse(&person.role)?,
            id: person.id,
            username: person.username,
            cadet_id: person.cadet_id,
            staff_id: person.staff_id,
            session: claims.sid,
            request_id,
        })
    }))
}
