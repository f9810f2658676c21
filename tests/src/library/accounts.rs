//! Signing in, for clients that send a token and for pages that keep it in a cookie.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use http::{HeaderMap, header};
use serde::Serialize;
use serde_json::{Map, Value};
use shared::{
    App, Error, Result,
    auth::{
        lockout::LoginThrottle,
        password::{NewHash, Verdict},
        policy::{RefreshForm, TokenPolicy, WithinGrace},
        principal::{CSRF_COOKIE, Principal, Signed},
        second_factor,
        session::{Device, Tokens, revoke},
    },
    db::{Actor, Change, Scope, UserKey},
    drf::{Data, Need as Field},
    error::{conflict, invalid_field, locked, unauthorized},
    http::{
        Json,
        cookie::{ReadBy, set_cookie},
    },
    row, sql,
    system::{Group, Need, SignIn},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::access::{BRANCH, COOKIE, Person, Role};

pub const GROUP: Group = Group {
    name: "accounts",
    about: "Signing in and out, and second factors.",
    prefixes: &["/api/auth"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(login))
            .routes(routes!(refresh))
            .routes(routes!(logout))
            .routes(routes!(show_me))
            .routes(routes!(set_up_second_factor))
            .routes(routes!(confirm_second_factor))
    },
};

/// How to get a token.
pub const TOKENS: SignIn = SignIn {
    operation: "login",
    name: "email",
    password: "password",
    token: "access",
    demo: Some("librarian@central.example"),
};

const POLICY: TokenPolicy = TokenPolicy {
    access: Some(TimeDelta::hours(1)),
    refresh: TimeDelta::days(7),
    session: None,
    grace: TimeDelta::seconds(60),
    within_grace: WithinGrace::Reject,
    form: RefreshForm::Jwt,
};

/// How long browsers keep the cookies.
const COOKIES: Duration = Duration::from_hours(1);

const THROTTLE: LoginThrottle = LoginThrottle {
    failures: 5,
    window: TimeDelta::minutes(15),
    lock: TimeDelta::minutes(15),
    doubling: false,
    address_failures: 20,
    optional: true,
    locked: |remaining| {
        locked("Too many failed attempts. Please try again later.", remaining.num_seconds().unsigned_abs())
    },
};

/// A token pair.
#[derive(Debug, Serialize, ToSchema)]
struct Pair {
    access: String,
    refresh: String,
}

/// Somebody signed in.
#[derive(Debug, Serialize, ToSchema)]
struct Me {
    id: Uuid,
    name: String,
    /// In the branch: `librarian` or `reader`.
    role: Option<&'static str>,
    branch: Option<Uuid>,
}

/// What an authenticator needs to know.
#[derive(Debug, Serialize, ToSchema)]
struct SecondFactor {
    /// In base32.
    secret: String,
    /// `otpauth://..`
    url: String,
    /// Shown only now.
    backup_codes: Vec<String>,
}

row! {
    struct Account {
        id: Uuid,
        password: String,
    }
}

/// Sign in
///
/// For the branch with this `slug`, or the first of one's own. Whoever has a second factor sends a `code` too.
#[utoipa::path(post, path = "/api/auth/login", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, body = Pair)))]
async fn login(State(app): State<App>, device: Device, data: Data) -> Result<Response> {
    let mut fields = data.fields();
    let email = fields.text("email", Field::Required, 254).unwrap_or_default().to_lowercase();
    let password = fields.text("password", Field::Required, 128).unwrap_or_default();
    let branch = fields.text("branch", Field::Optional, 50);
    let code = fields.text("code", Field::Optional, 20);
    fields.finish()?;
    let find = sql!("SELECT id, password FROM people WHERE email = $1 AND is_active");
    let account: Option<Account> = app.db.read().await?.one(find, &[&email]).await?;
    let key = account.as_ref().map(|account| UserKey::from(account.id));
    let attempt = THROTTLE.reserve(&app, key, &email, &device).await?;
    let stored = account.as_ref().map(|account| account.password.clone());
    let verdict = NewHash::Argon2id.verify(password.clone(), stored).await?;
    let rehashed =
        if verdict == Verdict::YesRehash { Some(NewHash::Argon2id.hash(password).await?) } else { None };

    let id = account.map(|account| account.id).filter(|_| verdict.is_yes());
    let actor = id.map(|id| Actor { scope: Scope::Own(id.into()), ..Actor::user(id) }).unwrap_or_default();
    let mut change = app.db.change(&actor).await?;
    let proved = match id {
        None => Err(unauthorized("no_active_account", "No active account found with the given credentials")),
        Some(id) => second_factor(&app, &mut change, id, code.as_deref()).await?.map(|()| id),
    };
    let id = match proved {
        Ok(id) => id,
        Err(refused) => {
            // A missing code is a question, not a guess.
            if refused.code() != "code_required" {
                attempt.failed(&app, &mut change).await?;
            }
            change.commit().await?;
            return Err(refused);
        }
    };
    THROTTLE.clear(&app, &mut change, id).await?;
    if let Some(hash) = rehashed {
        change.execute(sql!("UPDATE people SET password = $2 WHERE id = $1"), &[&id, &hash]).await?;
    }
    let extra = branch_claim(&mut change, id, branch.as_deref(), None).await?;
    let tokens = POLICY.issue(&app, &mut change, id, &device, extra).await?;
    change.commit().await?;
    signed_in(&app, tokens)
}

/// Refused without a code of a second factor, where there is one, or with a wrong one.
async fn second_factor(
    app: &App,
    change: &mut Change,
    id: Uuid,
    code: Option<&str>,
) -> Result<Result<(), Error>> {
    let user = UserKey::from(id);
    if !second_factor::is_on(change, &user).await? {
        return Ok(Ok(()));
    }
    let Some(code) = code else {
        return Ok(Err(unauthorized("code_required", "Enter the code of your authenticator.")));
    };
    let key = app.data_key.get_in(change).await?;
    let proof = second_factor::verify(app, change, &key, &user, code).await?;
    Ok(proof.map(drop).ok_or_else(|| unauthorized("bad_code", "The code is not right.")))
}

/// The branch that a person chooses, or the one they were in before, or the first of theirs.
async fn branch_claim(
    change: &mut Change,
    id: Uuid,
    slug: Option<&str>,
    before: Option<Uuid>,
) -> Result<Map<String, Value>> {
    let find = sql!(
        "SELECT branch_id FROM memberships JOIN branches ON branches.id = branch_id
         WHERE person_id = $1 AND ($2::text IS NULL OR slug = $2)
         ORDER BY branch_id IS NOT DISTINCT FROM $3 DESC, slug LIMIT 1"
    );
    let found: Option<Uuid> = change.one(find, &[&id, &slug, &before]).await?;
    if slug.is_some() && found.is_none() {
        return Err(invalid_field("branch", "You are not a member of this branch."));
    }
    Ok(found.map(|branch| (BRANCH.to_owned(), branch.to_string().into())).into_iter().collect())
}

/// The pair, and cookies for pages that want them.
fn signed_in(app: &App, tokens: Tokens) -> Result<Response> {
    let mut headers = HeaderMap::new();
    let csrf = app.ids.token();
    let token = set_cookie(app, COOKIE, Some(&tokens.access), COOKIES, ReadBy::Server)?;
    headers.append(header::SET_COOKIE, token);
    headers.append(header::SET_COOKIE, set_cookie(app, CSRF_COOKIE, Some(&csrf), COOKIES, ReadBy::Pages)?);
    Ok((headers, Json(Pair { access: tokens.access, refresh: tokens.refresh })).into_response())
}

/// Exchange a refresh token for a new pair
#[utoipa::path(post, path = "/api/auth/refresh", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, body = Pair)))]
async fn refresh(State(app): State<App>, data: Data) -> Result<Response> {
    let mut fields = data.fields();
    let presented = fields.text("refresh", Field::Required, 4096).unwrap_or_default();
    let branch = fields.text("branch", Field::Optional, 50);
    fields.finish()?;
    let mut change = app.db.change_for_system("refresh of a session").await?;
    let Ok(redeemed) = POLICY.redeem(&app, &mut change, &presented).await? else {
        // A stolen token ends its session.
        change.commit().await?;
        return Err(unauthorized("token_not_valid", "Token is invalid or expired"));
    };
    let own = Scope::Own(redeemed.user.clone());
    change.act_as(&Actor { scope: own, ..Actor::user(&redeemed.user) }).await?;
    let active = sql!("SELECT id FROM people WHERE id = $1::text::uuid AND is_active");
    let id: Option<Uuid> = change.one(active, &[&redeemed.user]).await?;
    let Some(id) = id else {
        return Err(unauthorized("no_active_account", "No active account found for the given token."));
    };
    let before = redeemed.extra.get(BRANCH).and_then(|id| id.as_str()?.parse().ok());
    let extra = branch_claim(&mut change, id, branch.as_deref(), before).await?;
    let tokens = POLICY.renew(&app, &mut change, redeemed, extra).await?;
    change.commit().await?;
    signed_in(&app, tokens)
}

/// Sign out
#[utoipa::path(post, path = "/api/auth/logout", tag = "accounts", responses((status = 204)))]
async fn logout(Signed(person): Signed<Person>, State(app): State<App>) -> Result<Response> {
    let mut change = app.db.change(&person.actor()).await?;
    revoke(&app, &mut change, person.session, "signed out").await?;
    change.commit().await?;
    let removed = [
        set_cookie(&app, COOKIE, None, COOKIES, ReadBy::Server)?,
        set_cookie(&app, CSRF_COOKIE, None, COOKIES, ReadBy::Pages)?,
    ];
    let headers: HeaderMap = removed.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect();
    Ok((http::StatusCode::NO_CONTENT, headers).into_response())
}

/// Show who is signed in
#[utoipa::path(get, path = "/api/auth/me", tag = "accounts", responses((status = 200, body = Me)))]
async fn show_me(Signed(person): Signed<Person>) -> Json<Me> {
    let (branch, role) = person.membership.unzip();
    Json(Me { id: person.id, name: person.name, role: role.map(Role::as_str), branch })
}

/// Set up a second factor
#[utoipa::path(post, path = "/api/auth/second-factor", tag = "accounts", responses((status = 200, body = SecondFactor)))]
async fn set_up_second_factor(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<SecondFactor>> {
    let mut change = app.db.change(&person.actor()).await?;
    let key = app.data_key.get_in(&mut change).await?;
    let user = UserKey::from(person.id);
    let setup = second_factor::set_up(&app, &mut change, &key, &user, ("Library", &person.name)).await?;
    let setup = setup.ok_or_else(|| conflict("second_factor_on", "You have a second factor already."))?;
    change.commit().await?;
    Ok(Json(SecondFactor { secret: setup.secret, url: setup.url, backup_codes: setup.backup_codes }))
}

/// Confirm a second factor with a first code
#[utoipa::path(post, path = "/api/auth/second-factor/confirm", tag = "accounts", request_body = Object,
    responses((status = 204)))]
async fn confirm_second_factor(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<http::StatusCode> {
    let mut fields = data.fields();
    let code = fields.text("code", Field::Required, 20).unwrap_or_default();
    fields.finish()?;
    let mut change = app.db.change(&person.actor()).await?;
    let key = app.data_key.get_in(&mut change).await?;
    if !second_factor::confirm(&app, &mut change, &key, &person.id.into(), &code).await? {
        return Err(invalid_field("code", "The code is not right."));
    }
    change.commit().await?;
    Ok(http::StatusCode::NO_CONTENT)
}
