//! A forgotten password: a link by mail, and the page it leads to.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use chrono::TimeDelta;
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use shared::{
    App, Error, Result,
    auth::{
        one_time::OneTime,
        rate_limit::Limit,
        session::{Device, revoke_all},
    },
    drf::{Data, Fields, Need, within},
    error::{internal, invalid_field},
    http::{Json, Query},
    jobs::{Job, Task},
    queue::Queue,
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    credentials::{NEW_PASSWORD_BYTES, new_hash},
    password,
    sign_in::Message,
};
use crate::mails;

const LINK: OneTime = OneTime { purpose: "password reset", newest_only: true };

/// How long a link works.
const LIFE: TimeDelta = TimeDelta::minutes(60);

const LINK_DEAD: &str = "This link is no longer valid.";

const BY_ADDRESS: Limit = Limit { name: "password-reset", hits: 30, seconds: 3600 };

const BY_EMAIL: Limit = Limit { name: "password-reset-of", hits: 5, seconds: 3600 };

/// Mails a reset link. A second run makes a second link, which ends the first.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendReset {
    /// A digest of the address that was asked for: the job must not tell whether it is somebody's.
    user: Option<Uuid>,
}

impl Job for SendReset {
    const KIND: &'static str = "send_reset";
    const QUEUE: Queue = Queue::Delivery;
    const TRIES: i32 = 3;
    const INTERNAL: bool = true;

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let mut change = task.change("password reset").await?;
        let find = sql!("SELECT email, full_name FROM users WHERE id = $1 AND is_active");
        let found: Option<(String, String)> = change.one(find, &[&self.user]).await?;
        if let Some((email, full_name)) = found {
            let code = LINK.create(app, &mut change, self.user.unwrap_or_default(), LIFE).await?;
            let mut link = app.config.home()?.join("/reset-password/")?;
            link.query_pairs_mut().append_pair("token", &code);
            let message = format!("Open within 60 minutes: {link}");
            mails::send(app, &mut change, (&email, &full_name), "Reset your password", &message).await?;
        }
        change.finish(task, &()).await?;
        change.commit().await
    }
}

/// Ask for a link to reset a password
///
/// The answer and its time are the same for every address.
#[utoipa::path(post, path = "/api/auth/password-reset", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, body = Message)))]
pub async fn ask_for_reset(State(app): State<App>, device: Device, data: Data) -> Result<Json<Message>> {
    let mut fields = data.fields();
    let email = fields.email("email", Need::Required, 254).unwrap_or_default().to_lowercase();
    fields.finish()?;
    within(&app, BY_ADDRESS, device.place()).await?;
    within(&app, BY_EMAIL, &email).await?;
    let mut change = app.db.change_for_system("password reset").await?;
    let find = sql!("SELECT id FROM users WHERE lower(email) = $1 AND is_active ORDER BY email LIMIT 1");
    let user: Option<Uuid> = change.one(find, &[&email]).await?;
    change.start(&SendReset { user }).await?;
    change.commit().await?;
    Ok(Json(Message { message: "If this address is registered, a link has been sent.".to_owned() }))
}

/// Reset a password
#[utoipa::path(post, path = "/api/auth/password-reset/confirm", tag = "accounts", security(()),
    request_body = Object, responses((status = 200, body = Message)))]
pub async fn confirm_reset(State(app): State<App>, data: Data) -> Result<Json<Message>> {
    reset(&app, data.fields()).await?;
    Ok(Json(Message { message: "Password has been reset.".to_owned() }))
}

async fn reset(app: &App, mut fields: Fields) -> Result<()> {
    let token = fields.text("token", Need::Required, 200).unwrap_or_default();
    let new = fields.text("new_password", Need::Required, NEW_PASSWORD_BYTES).unwrap_or_default();
    let again = fields.text("new_password_confirm", Need::Optional, NEW_PASSWORD_BYTES);
    if !new.is_empty() {
        password::check(&mut fields, "new_password", &new);
    }
    if fields.is_valid() && again.is_some_and(|again| again != new) {
        fields.reject("new_password", "Password fields didn't match.");
    }
    fields.finish()?;
    let hash = new_hash(app).hash(new).await?;
    let mut change = app.db.change_for_system("password reset").await?;
    let user = LINK.redeem(app, &mut change, &token).await?.and_then(|user| user.parse::<Uuid>());
    let user = user.ok_or_else(|| invalid_field("token", LINK_DEAD))?;
    let update = sql!("UPDATE users SET password = $2 WHERE id = $1 AND is_active");
    if change.execute(update, &[&user, &hash]).await? == 0 {
        return Err(invalid_field("token", LINK_DEAD));
    }
    revoke_all(app, &mut change, &[user], "password reset").await?;
    change.commit().await
}

#[derive(Template)]
#[template(path = "accounts/reset.html")]
struct Page {
    token: String,
    problems: Vec<String>,
    done: bool,
}

/// What the address of the page carries.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Carried {
    /// The token of the link.
    #[serde(default)]
    token: String,
}

/// Show the page to reset a password
#[utoipa::path(get, path = "/reset-password", tag = "accounts", security(()),
    params(("token" = Option<String>, Query)),
    responses((status = 200, content_type = "text/html", body = str)))]
pub async fn show_reset_page(Query(Carried { token }): Query<Carried>) -> Result<Response> {
    page(StatusCode::OK, &Page { token, problems: Vec::new(), done: false })
}

/// Reset a password by the page
#[utoipa::path(post, path = "/reset-password", tag = "accounts", security(()), request_body = Object,
    responses((status = 200, content_type = "text/html", body = str)))]
pub async fn save_reset_page(State(app): State<App>, data: Data) -> Result<Response> {
    let token = data.form.fields.get("token").and_then(|token| token.as_str()).unwrap_or_default().to_owned();
    match reset(&app, data.fields()).await {
        Ok(()) => page(StatusCode::OK, &Page { token: String::new(), problems: Vec::new(), done: true }),
        Err(refused) if refused.kind() == shared::error::Kind::Invalid => {
            page(StatusCode::BAD_REQUEST, &Page { token, problems: told(refused), done: false })
        }
        Err(cause) => Err(cause),
    }
}

fn told(refused: Error) -> Vec<String> {
    refused.into_problem().fields.into_iter().map(|error| error.message).collect()
}

fn page(status: StatusCode, page: &Page) -> Result<Response> {
    let html = page.render().map_err(|cause| internal(format!("the page cannot be written: {cause}")))?;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((status, headers, Html(html)).into_response())
}
