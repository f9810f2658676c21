//! Who may call a handler: its first argument says so.
//!
//! A token is checked by its signature, then the session and the person behind it are read in one query:
//! a revoked session, an archived or an unapproved user is nobody from that moment on.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use shared::{
    App, Error, Result,
    auth::token::Claims,
    db::Actor,
    error::{forbidden, unauthorized},
    http::{Path, RequestId},
    row, sql,
};
use uuid::Uuid;

use crate::autolink;

/// The cookie that carries the token for requests a browser makes without a header. It is only read by
/// [`Viewer`], so only by GET routes that say so.
pub const COOKIE: &str = "rotc_session";

/// The three roles of `users.role`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Runs the unit.
    Admin,
    /// Trains cadets.
    Staff,
    /// Is trained.
    Cadet,
}

impl Role {
    /// The text the database and the clients use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Staff => "training_staff",
            Self::Cadet => "cadet",
        }
    }

    /// The role a text stands for.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Admin, Self::Staff, Self::Cadet].into_iter().find(|role| role.as_str() == text)
    }
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct User {
    /// `users.id`.
    pub id: i32,
    /// `users.username`.
    pub username: String,
    /// What they may do.
    pub role: Role,
    /// `users.cadet_id`.
    pub cadet_id: Option<i32>,
    /// `users.staff_id`.
    pub staff_id: Option<i32>,
    /// The session they came with.
    pub session: Uuid,
    /// The request they made.
    pub request_id: Option<String>,
}

impl User {
    /// In whose name changes are made.
    pub fn actor(&self) -> Actor {
        Actor { user_id: Some(self.id), request_id: self.request_id.clone() }
    }
}

/// Admins only.
#[derive(Clone, Debug)]
pub struct Admin(pub User);

/// Admins and training staff.
#[derive(Clone, Debug)]
pub struct Staff(pub User);

/// Anybody signed in.
#[derive(Clone, Debug)]
pub struct Member(pub User);

/// Anybody signed in, with the one cadet whose records they may see: none means every cadet's, for staff.
#[derive(Clone, Copy, Debug)]
pub struct Sight(pub Option<i32>);

/// The cadet that the path names, for whoever may see that cadet's records: staff, and the cadet.
#[derive(Clone, Copy, Debug)]
pub struct Visible(pub i32);

/// Anybody, with who they are if they are signed in by header. A token that does not hold counts as none.
#[derive(Clone, Debug)]
pub struct Guest(pub Option<User>);

/// Anybody, with who they are if they are signed in by header or cookie. For GET routes that browsers load
/// without a header (images, files, event streams).
#[derive(Clone, Debug)]
pub struct Viewer(pub Option<User>);

/// Anybody signed in, by header, cookie or `?token=`: an `EventSource` cannot send a header. For event streams only.
#[derive(Clone, Debug)]
pub struct Listener(pub User);

/// Whoever opens a WebSocket, by `?token=` or header. A socket is opened for a stranger too, who is told by the code it is
/// closed with; any other request is refused. Cookies do not count: pages of other sites can open sockets.
#[derive(Clone, Debug)]
pub struct Caller(pub Option<User>);

/// A user who is a cadet, with the cadet's id. `R` is what others are told.
#[derive(Clone, Debug)]
pub struct Own<R: Refusal = NotACadetAccount> {
    /// The user.
    pub user: User,
    /// Their row in `cadets`.
    pub cadet_id: i32,
    refusal: PhantomData<R>,
}

/// The words of a 403.
pub trait Refusal {
    /// One sentence.
    const MESSAGE: &'static str;
}

/// The client recognises these words and shows an empty page.
#[derive(Clone, Copy, Debug)]
pub struct NotACadetAccount;

impl Refusal for NotACadetAccount {
    const MESSAGE: &'static str = "Not a cadet account";
}

/// Where the client shows the sentence itself.
#[derive(Clone, Copy, Debug)]
pub struct AccessDenied;

impl Refusal for AccessDenied {
    const MESSAGE: &'static str = "Access denied.";
}

impl FromRequestParts<App> for Member {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let token = header_token(parts).ok_or_else(|| unauthorized("no_token", "No token provided"))?;
        let user = person(app, parts, &token).await?;
        user.map(Self).ok_or_else(|| unauthorized("invalid_token", "Invalid token"))
    }
}

impl FromRequestParts<App> for Admin {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Member(user) = Member::from_request_parts(parts, app).await?;
        if user.role == Role::Admin { Ok(Self(user)) } else { Err(forbidden("Forbidden")) }
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Member(user) = Member::from_request_parts(parts, app).await?;
        if matches!(user.role, Role::Admin | Role::Staff) {
            Ok(Self(user))
        } else {
            Err(forbidden("Forbidden"))
        }
    }
}

impl<R: Refusal> FromRequestParts<App> for Own<R> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Member(user) = Member::from_request_parts(parts, app).await?;
        let cadet_id = cadet_of(app, &user).await?.ok_or_else(|| forbidden(R::MESSAGE))?;
        Ok(Self { user, cadet_id, refusal: PhantomData })
    }
}

impl FromRequestParts<App> for Sight {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Member(user) = Member::from_request_parts(parts, app).await?;
        if user.role != Role::Cadet {
            return Ok(Self(None));
        }
        let own = cadet_of(app, &user).await?.ok_or_else(|| forbidden(NotACadetAccount::MESSAGE))?;
        Ok(Self(Some(own)))
    }
}

impl FromRequestParts<App> for Visible {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Sight(only) = Sight::from_request_parts(parts, app).await?;
        let Path(cadet_id) = Path::<i32>::from_request_parts(parts, app).await?;
        match only {
            Some(own) if own != cadet_id => {
                Err(forbidden("You do not have permission to perform this action."))
            }
            _ => Ok(Self(cadet_id)),
        }
    }
}

impl FromRequestParts<App> for Guest {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        match header_token(parts) {
            Some(token) => Ok(Self(person(app, parts, &token).await?)),
            None => Ok(Self(None)),
        }
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        match header_token(parts).or_else(|| cookie_token(parts)) {
            Some(token) => Ok(Self(person(app, parts, &token).await?)),
            None => Ok(Self(None)),
        }
    }
}

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

/// The user behind a token that came on another way than a request of ours.
pub async fn bearer(app: &App, token: &str) -> Result<Option<User>> {
    let Some(claims) = app.signer.check(token, app.clock.now()).await? else { return Ok(None) };
    of_session(app, &claims, None).await
}

/// The cadet a user is. A cadet's user that was never linked is linked to the one that fits.
async fn cadet_of(app: &App, user: &User) -> Result<Option<i32>> {
    if user.role != Role::Cadet || user.cadet_id.is_some() {
        return Ok(user.cadet_id.filter(|_| user.role == Role::Cadet));
    }
    let mut change = app.db.change(&user.actor()).await?;
    let linked = autolink::link(&mut change, user.id, "cadet_autolinked").await?;
    change.commit().await?;
    Ok(linked)
}

/// The token of the `Authorization` header, with or without `Bearer`.
fn header_token(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let token = value.strip_prefix("Bearer ").unwrap_or(value).trim();
    (!token.is_empty() && token != "Bearer").then(|| token.to_owned())
}

fn query_token(parts: &Parts) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(parts.uri.query()?.as_bytes());
    pairs
        .find(|(name, _)| name == "token")
        .map(|(_, token)| token.into_owned())
        .filter(|token| !token.is_empty())
}

fn cookie_token(parts: &Parts) -> Option<String> {
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

/// The person behind a token, if it is ours and its session lives.
async fn person(app: &App, parts: &Parts, token: &str) -> Result<Option<User>> {
    let Some(claims) = app.signer.check(token, app.clock.now()).await? else { return Ok(None) };
    of_session(app, &claims, parts.extensions.get::<RequestId>().map(|id| id.0.clone())).await
}

async fn of_session(app: &App, claims: &Claims, request_id: Option<String>) -> Result<Option<User>> {
    let now = app.clock.now();
    let find = sql!(
        "SELECT users.id, users.username, users.role, users.cadet_id, users.staff_id
         FROM muster.sessions JOIN users ON users.id = sessions.user_id
         LEFT JOIN cadets ON cadets.id = users.cadet_id
         LEFT JOIN training_staff ON training_staff.id = users.staff_id
         WHERE sessions.id = $1 AND sessions.revoked_at IS NULL
           AND sessions.idle_expires_at > $2 AND sessions.absolute_expires_at > $2
           AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
           AND cadets.is_archived IS NOT TRUE AND training_staff.is_archived IS NOT TRUE"
    );
    let found: Option<Person> = app.db.read().await?.one(find, &[&claims.sid, &now]).await?;
    Ok(found.filter(|person| person.id.to_string() == claims.sub).and_then(|person| {
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
