//! Signing in and out.

use axum::extract::State;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Serialize;
use shared::{
    App, Error, Result,
    auth::{
        password::Verdict,
        policy::Refused,
        principal::{Maybe, Principal},
        session::{Device, Tokens, revoke},
    },
    db::{Actor, Change, UserKey},
    drf::{Data, Fields, Need, within},
    error::{invalid_field, unauthorized},
    http::Json,
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    User,
    credentials::{NEW_PASSWORD_BYTES, REFRESHES, SIGN_INS, THROTTLE, claims, new_hash, policy},
};
use crate::{access::Person, audit, refusals::fault};

/// A token pair.
#[derive(Debug, Serialize, ToSchema)]
pub struct Pair {
    /// Is exchanged for the next pair.
    pub refresh: String,
    /// Comes with requests.
    pub access: String,
}

impl From<Tokens> for Pair {
    fn from(tokens: Tokens) -> Self {
        Self { refresh: tokens.refresh, access: tokens.access }
    }
}

/// A sign-in, in both shapes that clients know.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoggedIn {
    /// Who.
    pub user: User,
    /// The pair.
    pub tokens: Pair,
    /// "Login successful"
    pub message: &'static str,
    /// The pair once more.
    pub access: String,
    /// The pair once more.
    pub refresh: String,
}

/// A token pair and its owner.
#[derive(Debug, Serialize, ToSchema)]
pub struct Obtained {
    /// Is exchanged for the next pair.
    refresh: String,
    /// Comes with requests.
    access: String,
    /// Who.
    user: User,
}

/// A sentence.
#[derive(Debug, Serialize, ToSchema)]
pub struct Message {
    /// The sentence.
    pub message: String,
}

/// That a part of the system answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Healthy {
    /// "healthy"
    status: &'static str,
    /// A sentence.
    message: &'static str,
}

row! {
    struct Account {
        id: Uuid,
        password: String,
        is_active: bool,
    }
}

/// Sign in with the whole answer
///
/// 400 for a wrong address or password.
#[utoipa::path(post, path = "/api/auth/login", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, body = LoggedIn)))]
pub async fn log_in(State(app): State<App>, device: Device, data: Data) -> Result<Json<LoggedIn>> {
    let email = |fields: &mut Fields| fields.email("email", Need::Required, 254);
    let refused = || invalid_field("non_field_errors", "Unable to log in with provided credentials.");
    let (user, tokens) = sign_in(&app, &device, data.fields(), email, refused).await?;
    let tokens = Pair::from(tokens);
    let (access, refresh) = (tokens.access.clone(), tokens.refresh.clone());
    Ok(Json(LoggedIn { user, tokens, message: "Login successful", access, refresh }))
}

/// Obtain a token pair
///
/// 401 for a wrong address or password.
#[utoipa::path(post, path = "/api/auth/token", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, body = Obtained)))]
pub async fn obtain_tokens(State(app): State<App>, device: Device, data: Data) -> Result<Json<Obtained>> {
    let email = |fields: &mut Fields| fields.text("email", Need::Required, 254);
    let refused =
        || unauthorized("authentication_failed", "No active account found with the given credentials");
    let (user, tokens) = sign_in(&app, &device, data.fields(), email, refused).await?;
    Ok(Json(Obtained { refresh: tokens.refresh, access: tokens.access, user }))
}

async fn sign_in(
    app: &App,
    device: &Device,
    mut fields: Fields,
    email: fn(&mut Fields) -> Option<String>,
    refused: fn() -> Error,
) -> Result<(User, Tokens)> {
    let email = email(&mut fields).unwrap_or_default();
    let password = fields.text("password", Need::Required, NEW_PASSWORD_BYTES).unwrap_or_default();
    fields.finish()?;
    within(app, SIGN_INS, device.place()).await?;
    // The exact spelling first, for accounts of the legacy server that differ in case only.
    let find = sql!(
        "SELECT id, password, is_active FROM users WHERE lower(email) = lower($1) ORDER BY email <> $1 LIMIT 1"
    );
    let account: Option<Account> = app.db.read().await?.one(find, &[&email]).await?;
    let key = account.as_ref().map(|account| UserKey::from(account.id));
    let attempt = THROTTLE.reserve(app, key, &email, device).await?;
    let stored = account.as_ref().map(|account| account.password.clone());
    let verdict = new_hash(app).verify(password.clone(), stored).await?;
    let rehashed = match verdict {
        Verdict::YesRehash => Some(new_hash(app).hash(password).await?),
        _ => None,
    };
    let Some(id) = account.filter(|account| account.is_active && verdict.is_yes()).map(|account| account.id)
    else {
        let mut change = app.db.change_for_access(&Actor::default(), "failed sign-in").await?;
        attempt.failed(app, &mut change).await?;
        change.commit().await?;
        return Err(refused());
    };
    let actor = Actor { address: device.address.clone(), ..Actor::user(UserKey::from(id)) };
    let mut change = app.db.change_for_access(&actor, "").await?;
    THROTTLE.clear(app, &mut change, id).await?;
    let note = sql!("UPDATE users SET last_login = $2, password = coalesce($3, password) WHERE id = $1");
    change.execute(note, &[&id, &app.clock.now(), &rehashed]).await?;
    let opened = open_session(app, &mut change, device, id).await?;
    audit::note(&mut change, &audit::Event::of_user("login", id)).await?;
    change.commit().await?;
    Ok(opened)
}

/// Opens a session for an account that has proved who it is.
pub async fn open_session(
    app: &App,
    change: &mut Change,
    device: &Device,
    id: Uuid,
) -> Result<(User, Tokens)> {
    let user = User::find(change, id).await?;
    let tokens = policy(app)?.issue(app, change, id, device, claims(&user)).await?;
    Ok((user, tokens))
}

/// Exchange a refresh token for a new pair
#[utoipa::path(post, path = "/api/auth/token/refresh", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, body = Pair)))]
pub async fn refresh_tokens(State(app): State<App>, data: Data) -> Result<Json<Pair>> {
    let mut fields = data.fields();
    let presented = fields.text("refresh", Need::Required, 4096).unwrap_or_default();
    fields.finish()?;
    if let Some(session) = session_of(&presented) {
        within(&app, REFRESHES, &session.to_string()).await?;
    }
    let mut change = app.db.change_for_access(&Actor::default(), "refresh of a session").await?;
    let redeemed = match policy(&app)?.redeem(&app, &mut change, &presented).await? {
        Ok(redeemed) => redeemed,
        Err(refused) => {
            // A stolen token ends its session.
            change.commit().await?;
            return Err(unauthorized("token_not_valid", said(refused)));
        }
    };
    let owner: Uuid = redeemed.user.parse().unwrap_or_default();
    let active = sql!("SELECT id FROM users WHERE id = $1 AND is_active");
    let Some(owner) = change.one::<Uuid>(active, &[&owner]).await? else {
        revoke(&app, &mut change, redeemed.session, "no account").await?;
        change.commit().await?;
        return Err(unauthorized("authentication_failed", "No active account found for the given token."));
    };
    let user = User::find(&mut change, owner).await?;
    let tokens = policy(&app)?.renew(&app, &mut change, redeemed, claims(&user)).await?;
    change.commit().await?;
    Ok(Json(tokens.into()))
}

/// The session that a token names. It is only counted by it: whether the token holds is found out afterwards.
fn session_of(token: &str) -> Option<Uuid> {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice::<serde_json::Value>(&payload).ok()?.get("sid")?.as_str()?.parse().ok()
}

fn said(refused: Refused) -> &'static str {
    match refused {
        Refused::Invalid => "Token is invalid",
        Refused::Expired => "Token is expired",
        Refused::WrongType => "Token has wrong type",
        Refused::Spent | Refused::Ended => "Token is blacklisted",
    }
}

/// Sign out
///
/// Ends the session of the refresh token in the body, else that of the caller. Nobody is refused for not being signed in.
#[utoipa::path(post, path = "/api/auth/logout", tag = "accounts", security((), ("bearer" = [])), request_body = Object,
    responses((status = 200, body = Message)))]
pub async fn log_out(
    Maybe(person): Maybe<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<Message>> {
    let mut fields = data.fields();
    let presented = fields.text_or_blank("refresh", Need::Nullable, 4096).filter(|text| !text.is_empty());
    fields.finish()?;
    let actor = person.as_ref().map(Principal::actor).unwrap_or_default();
    let mut change = app.db.change_for_access(&actor, "").await?;
    let session = match presented {
        None => person.map(|person| (person.id, person.session)),
        Some(token) => match policy(&app)?.redeem(&app, &mut change, &token).await? {
            Ok(redeemed) => Some((redeemed.user.parse().unwrap_or_default(), redeemed.session)),
            Err(refused) => {
                change.commit().await?;
                return Err(fault(said(refused)));
            }
        },
    };
    if let Some((user, session)) = session {
        revoke(&app, &mut change, session, "signed out").await?;
        audit::note(&mut change, &audit::Event::of_user("logout", user)).await?;
    }
    change.commit().await?;
    Ok(Json(Message { message: "Logout successful".to_owned() }))
}

/// Say that accounts answer
#[utoipa::path(get, path = "/api/auth/health", tag = "accounts", security(()),
    responses((status = 200, body = Healthy)))]
pub async fn check_accounts() -> Json<Healthy> {
    Json(Healthy { status: "healthy", message: "MksU Clearance System API is running" })
}
