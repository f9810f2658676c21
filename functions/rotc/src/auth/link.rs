//! Signing in by a link in a mail: for clients that ask for no password.
//!
//! The secret stands behind the `#` of the address, so neither logs nor mail scanners that follow links
//! see or use it: the page's script sends it.

use std::time::Duration;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use chrono::TimeDelta;
use http::header;
use serde::Deserialize;
use serde_json::json;
use shared::{
    App, Error, Result,
    auth::{one_time::OneTime, rate_limit::Limit, session::Device},
    config::IdentifierLogin,
    db::Actor,
    error::unauthorized,
    http::Json,
    mail::NewMail,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    SIGN_INS,
    account::{self, Account},
    credential::Credential,
    sign_in::{Means, Recognised, admit},
};
use crate::{access::Open, audit};

/// A code that signs its reader in.
pub const SIGN_IN: OneTime = OneTime { purpose: "sign-in", newest_only: false };

/// How long a link works that somebody asked for.
const MINUTES: i64 = 15;

/// Links mailed to one user.
const LINKS: Limit = Limit { name: "sign-in-link", hits: 3, seconds: 15 * 60 };

/// Every request for a link takes this long, so that its time does not tell whether the account exists.
const ANSWER_AFTER: Duration = Duration::from_millis(250);

#[derive(Template)]
#[template(path = "auth/templates/link_mail.txt")]
struct TextMail<'a> {
    name: &'a str,
    link: &'a str,
    minutes: i64,
}

#[derive(Template)]
#[template(path = "auth/templates/link_mail.html")]
struct HtmlMail<'a> {
    name: &'a str,
    link: &'a str,
    minutes: i64,
}

/// The secret of a link.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct LinkCode {
    /// What stands behind the `#`.
    #[serde(default)]
    pub code: Credential,
}

/// Mails a link if the account may have one, and gives the answer, which is the same in any case.
pub async fn offer(app: &App, found: Option<Account>) -> Result<Error> {
    let answer_at = tokio::time::Instant::now() + ANSWER_AFTER;
    if let Some(account) = found.filter(|account| account.check_standing().is_ok()) {
        mail(app, &account).await?;
    }
    tokio::time::sleep_until(answer_at).await;
    Ok(unauthorized("link_sent", "Check your e-mail for a sign-in link. It works once, within 15 minutes."))
}

/// Mails a link to the address of the account, unless links are switched off here or it was mailed some already.
pub(super) async fn mail(app: &App, account: &Account) -> Result<()> {
    if app.config.identifier_login == IdentifierLogin::Off {
        return Ok(());
    }
    let Some(recipient) = account.email.clone() else {
        tracing::warn!(user_id = account.id, "no sign-in link: the account has no mail address");
        return Ok(());
    };
    if !LINKS.allows(app, &account.id.to_string()).await? {
        return Ok(());
    }
    // Not an error to answer: it would tell that the account exists.
    if app.config.public_url.is_none() {
        tracing::error!("no sign-in link could be mailed: PUBLIC_URL is not set");
        return Ok(());
    }
    let mut change = app.db.change_for_access(&Actor::default(), "sign-in link").await?;
    let code = SIGN_IN.create(app, &mut change, account.id, TimeDelta::minutes(MINUTES)).await?;
    let link = link_address(app, &code)?;
    let (name, minutes) = (account.username.as_str(), MINUTES);
    let text = TextMail { name, link: &link, minutes }.render()?;
    let html = HtmlMail { name, link: &link, minutes }.render()?;
    let mail = NewMail { recipient, subject: "Your sign-in link".to_owned(), text, html };
    change.mail_until(mail, app.clock.now() + TimeDelta::minutes(minutes)).await?;
    audit::record(&mut change, "LOGIN_LINK", "users", Some(account.id), None, json!({})).await?;
    change.commit().await
}

/// The address that signs in with the secret of a link.
pub fn link_address(app: &App, code: &str) -> Result<String> {
    Ok(format!("{}#{code}", app.config.home()?.join("/api/auth/link")?))
}

/// The page a link opens
///
/// Its script sends the secret and stores the session where the client looks for it.
#[utoipa::path(get, path = "/api/auth/link", tag = "auth", security(()), responses((status = 200, content_type = "text/html")))]
pub async fn link_page() -> Response {
    let page = Html(include_str!("templates/link_page.html"));
    ([(header::CACHE_CONTROL, "no-store"), (header::REFERRER_POLICY, "no-referrer")], page).into_response()
}

/// The script of the page a link opens
#[utoipa::path(get, path = "/api/auth/link.js", tag = "auth", security(()), responses((status = 200, content_type = "text/javascript")))]
pub async fn link_script() -> Response {
    let script = include_str!("templates/link_page.js");
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], script)
        .into_response()
}

/// Sign in with the secret of a link
#[utoipa::path(post, path = "/api/auth/link", tag = "auth", security(()), request_body = LinkCode,
    responses((status = 200, body = Recognised), (status = 401, description = "The link has expired or was used.")))]
pub async fn redeem_link(
    _: Open,
    State(app): State<App>,
    device: Device,
    Json(body): Json<LinkCode>,
) -> Result<Response> {
    SIGN_INS.hit(&app, device.place()).await?;
    let code = body.code.0.unwrap_or_default();
    let mut change = app.db.change_for_access(&Actor::default(), "sign-in link").await?;
    let redeemed = SIGN_IN.redeem(&app, &mut change, &code).await?;
    let account = match redeemed.and_then(|user| user.parse()) {
        Some(user_id) => account::by_id(&mut change, user_id).await?,
        None => None,
    };
    change.commit().await?;
    let account = account
        .ok_or_else(|| unauthorized("link_used", "This sign-in link has expired or was already used"))?;
    let (account, tokens) = admit(&app, account, &device, Means::Link).await?;
    Ok(Recognised::answer(&app, account, &tokens))
}
