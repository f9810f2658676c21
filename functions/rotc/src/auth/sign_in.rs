//! Proving who one is: by password, or where it is allowed by an identifier alone.

use axum::{extract::State, response::Response};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Error, Result,
    auth::{
        lockout::{Attempt, LoginThrottle},
        password::NewHash,
        session::{self, Device, Tokens},
    },
    config::IdentifierLogin,
    db::Actor,
    error::{Kind, invalid, too_many_requests, unauthorized},
    http::Json,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    SIGN_INS,
    account::{self, Account},
    cookie::with_cookie,
    credential::Credential,
    link,
    person::{self, Person},
};
use crate::{
    access::maintenance,
    access::{Open, Role},
    audit,
};

/// Five failures within a quarter of an hour lock an account for half an hour.
pub const THROTTLE: LoginThrottle = LoginThrottle {
    failures: 5,
    window: TimeDelta::minutes(15),
    lock: TimeDelta::minutes(30),
    doubling: false,
    address_failures: 10,
    optional: true,
    locked,
};

fn locked(left: TimeDelta) -> Error {
    let minutes = (left.num_seconds() + 59) / 60;
    let message = format!(
        "Account is locked due to too many failed login attempts. Please try again in {minutes} minutes."
    );
    too_many_requests(message, u64::try_from(left.num_seconds()).unwrap_or(60).max(1))
}

/// How somebody has proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// By their password.
    Password,
    /// By naming an identifier, where the installation trusts it, with or without a password.
    Identifier,
    /// By a link that was mailed to the address of the account.
    Link,
}

impl Means {
    /// The word of the audit log.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Identifier => "identifier",
            Self::Link => "link",
        }
    }
}

/// A user name with a password.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct PasswordSignIn {
    /// As registered; case counts only where two names differ in nothing else.
    #[serde(default)]
    pub username: Credential,
    /// Never kept.
    #[serde(default)]
    pub password: Credential,
}

/// An identifier; the password is checked when there is one.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct IdentifierSignIn {
    /// User name, student id or mail address.
    #[serde(default)]
    pub identifier: Credential,
    /// Checked whenever it is sent.
    #[serde(default)]
    pub password: Credential,
}

/// Signed in with user name and password.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SignedIn {
    /// For the `Authorization` header.
    pub token: String,
    /// For `POST /api/auth/refresh`.
    pub refresh: String,
    /// `admin`, `training_staff` or `cadet`.
    pub role: String,
    /// The cadet behind the user.
    #[serde(rename = "cadetId")]
    pub cadet_id: Option<i32>,
    /// The staff member behind the user.
    #[serde(rename = "staffId")]
    pub staff_id: Option<i32>,
    /// Whether the cadet has completed their profile; true for others.
    #[serde(rename = "isProfileCompleted")]
    pub is_profile_completed: bool,
    /// The user name.
    pub username: String,
    /// `users.id`.
    #[serde(rename = "userId")]
    pub user_id: i32,
    /// The user with everything that belongs to them.
    pub user: Person,
}

/// Signed in with an identifier.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recognised {
    /// For the `Authorization` header.
    pub token: String,
    /// `training_staff` or `cadet`.
    pub role: String,
    /// The cadet behind the user.
    #[serde(rename = "cadetId")]
    pub cadet_id: Option<i32>,
    /// The staff member behind the user.
    #[serde(rename = "staffId")]
    pub staff_id: Option<i32>,
    /// Whether the cadet has completed their profile; true for staff.
    #[serde(rename = "isProfileCompleted")]
    pub is_profile_completed: bool,
    /// The user name.
    pub identifier: String,
    /// `users.id`.
    #[serde(rename = "userId")]
    pub user_id: i32,
}

impl Recognised {
    /// The answer for an account that has been signed in, with the cookie.
    pub fn answer(app: &App, account: Account, tokens: &Tokens) -> Response {
        let body = Self {
            token: tokens.access.clone(),
            role: account.role,
            cadet_id: account.cadet_id,
            staff_id: account.staff_id,
            is_profile_completed: account.profile_completed,
            identifier: account.username,
            user_id: account.id,
        };
        with_cookie(app, Some(&tokens.access), body)
    }
}

/// Sign in with a password
///
/// Any role. Five failures within a quarter of an hour lock the account for half an hour.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", security(()), request_body = PasswordSignIn,
    responses((status = 200, body = SignedIn)))]
pub async fn login(
    State(app): State<App>,
    device: Device,
    Json(body): Json<PasswordSignIn>,
) -> Result<Response> {
    let (Some(username), Some(password)) = (body.username.0, body.password.0) else {
        return Err(invalid("required", "Username and password are required"));
    };
    SIGN_INS.hit(&app, device.place()).await?;
    let found = account::by_username(&mut app.db.read().await?, &username).await?;
    let attempt = reserve(&app, found.as_ref(), &username, &device).await?;
    let account = proved(&app, &attempt, found, password).await?;
    let (account, tokens) = admit(&app, account, &device, Means::Password).await?;
    let user = person::load(&mut app.db.read().await?, account.id).await?;
    let body = SignedIn {
        token: tokens.access.clone(),
        refresh: tokens.refresh,
        role: account.role,
        cadet_id: account.cadet_id,
        staff_id: account.staff_id,
        is_profile_completed: account.profile_completed,
        username: account.username,
        user_id: account.id,
        user,
    };
    Ok(with_cookie(&app, Some(&tokens.access), body))
}

/// Sign in as a cadet
///
/// By user name, student id or mail address. Without a password the answer depends on the installation:
/// a link is mailed (401 with a message), or the identifier is enough, or it is refused.
#[utoipa::path(post, path = "/api/auth/cadet-login", tag = "auth", security(()), request_body = IdentifierSignIn,
    responses((status = 200, body = Recognised)))]
pub async fn cadet_login(
    _: Open,
    state: State<App>,
    device: Device,
    body: Json<IdentifierSignIn>,
) -> Result<Response> {
    by_identifier(Role::Cadet, state.0, device, body.0).await
}

/// Sign in as training staff
///
/// By user name or mail address; as for cadets.
#[utoipa::path(post, path = "/api/auth/staff-login-no-pass", tag = "auth", security(()), request_body = IdentifierSignIn,
    responses((status = 200, body = Recognised)))]
pub async fn staff_login(
    _: Open,
    state: State<App>,
    device: Device,
    body: Json<IdentifierSignIn>,
) -> Result<Response> {
    by_identifier(Role::Staff, state.0, device, body.0).await
}

async fn by_identifier(role: Role, app: App, device: Device, body: IdentifierSignIn) -> Result<Response> {
    let identifier = body.identifier.0.ok_or_else(|| invalid("required", "Identifier is required"))?;
    SIGN_INS.hit(&app, device.place()).await?;
    let found = account::by_identifier(&mut app.db.read().await?, role, &identifier).await?;
    let account = match (body.password.0, app.config.identifier_login) {
        (Some(password), _) => {
            let attempt = reserve(&app, found.as_ref(), &identifier, &device).await?;
            proved(&app, &attempt, found, password).await?
        }
        (None, IdentifierLogin::Trusted) => {
            let attempt = reserve(&app, found.as_ref(), &identifier, &device).await?;
            trusted(&app, &attempt, found).await?
        }
        (None, IdentifierLogin::Link) => return Err(link::offer(&app, found).await?),
        (None, IdentifierLogin::Off) => {
            return Err(unauthorized(
                "password_required",
                "Signing in without a password is switched off. Ask your administrator.",
            ));
        }
    };
    let (account, tokens) = admit(&app, account, &device, Means::Identifier).await?;
    Ok(Recognised::answer(&app, account, &tokens))
}

/// Counts an attempt on an account, or on a name that is nobody's. One that is refused, as while the account is locked, is
/// audited.
async fn reserve(app: &App, found: Option<&Account>, name: &str, device: &Device) -> Result<Attempt> {
    let user_id = found.map(|account| account.id);
    let refused = match THROTTLE.reserve(app, user_id.map(Into::into), name, device).await {
        Err(refused) if matches!(refused.kind(), Kind::Locked | Kind::TooManyRequests) => refused,
        reserved => return reserved,
    };
    let mut change = app.db.change_for_access(&Actor::default(), "refused sign-in").await?;
    let payload = json!({ "reason": refused.code() });
    audit::record(&mut change, "LOGIN_REFUSED", "users", user_id, None, payload).await?;
    change.commit().await?;
    Err(refused)
}

/// The account whose password this is. Unknown names take as long, and lock, as known ones do.
async fn proved(app: &App, attempt: &Attempt, found: Option<Account>, password: String) -> Result<Account> {
    let hash = found.as_ref().map(|account| account.password.clone());
    // A hash stays as it is: the legacy server on the same database reads only those of its own kind.
    let verdict = NewHash::Bcrypt(app.config.bcrypt_cost).verify(password, hash).await?;
    match found {
        Some(account) if verdict.is_yes() => Ok(account),
        found => Err(failed(app, attempt, found).await?),
    }
}

/// Legacy: the identifier is enough, where the installation has chosen so.
async fn trusted(app: &App, attempt: &Attempt, found: Option<Account>) -> Result<Account> {
    match found {
        Some(account) => Ok(account),
        None => Err(failed(app, attempt, None).await?),
    }
}

/// Audits a failed attempt, and gives the answer to it. Whoever is locked out by the guesses of others is mailed a link: it
/// signs in all the same, administrators too.
async fn failed(app: &App, attempt: &Attempt, found: Option<Account>) -> Result<Error> {
    let user_id = found.as_ref().map(|account| account.id);
    let mut change = app.db.change_for_access(&Actor::default(), "failed sign-in").await?;
    let locked = attempt.failed(app, &mut change).await?;
    let operation = if locked { "LOGIN_LOCKED" } else { "LOGIN_FAILED" };
    audit::record(&mut change, operation, "users", user_id, None, json!({ "locked": locked })).await?;
    change.commit().await?;
    if let Some(account) = found.filter(|account| locked && account.check_standing().is_ok()) {
        link::mail(app, &account).await?;
    }
    Ok(unauthorized("invalid_credentials", "Invalid credentials"))
}

/// Opens the session of somebody who has proved who they are, if their account may sign in. In maintenance only
/// administrators may.
pub async fn admit(app: &App, account: Account, device: &Device, means: Means) -> Result<(Account, Tokens)> {
    if account.role()? != Role::Admin {
        maintenance::check(app).await?;
    }
    let mut change = app.db.change_for_access(&Actor::default(), "sign-in").await?;
    THROTTLE.clear(app, &mut change, account.id).await?;
    if let Err(refused) = account.check_standing() {
        let payload = json!({ "means": means.as_str(), "reason": refused.code() });
        audit::record(&mut change, "LOGIN_REFUSED", "users", Some(account.id), Some(account.id), payload)
            .await?;
        change.commit().await?;
        return Err(refused);
    }
    let account = account::autolink(&mut change, account, means).await?;
    let tokens = session::open(app, &mut change, account.id, device).await?;
    let payload = json!({ "means": means.as_str(), "session": tokens.session });
    audit::record(&mut change, "LOGIN", "users", Some(account.id), Some(account.id), payload).await?;
    change.commit().await?;
    Ok((account, tokens))
}
