//! Mail on a laptop: sent when SMTP or SES is configured, else shown at `/_dev/outbox`, to programs with `?format=json&to=`.

use askama::Template;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    http::{Json, Query, address::Peer},
    row, sql,
};

row! {
    #[derive(Serialize)]
    struct Mail {
        id: i64,
        recipient: String,
        subject: String,
        text_body: String,
        created_at: DateTime<Utc>,
    }
}

#[derive(Template)]
#[template(path = "outbox.html")]
struct Outbox {
    mails: Vec<Mail>,
}

/// Whether mails are shown instead of sent. Never in production: they hold sign-in links.
pub fn is_shown(app: &App) -> bool {
    !app.mailer.is_configured() && !app.config.production
}

/// The outbox page, for browsers on this machine only.
pub fn routes(app: App) -> Router {
    if !is_shown(&app) {
        return Router::new();
    }
    Router::new()
        .route("/_dev/outbox", get(outbox))
        .route_layer(middleware::from_fn(only_local))
        .with_state(app)
}

/// What to show.
#[derive(Deserialize)]
struct Wish {
    /// `json` for programs, else a page.
    #[serde(default)]
    format: String,
    /// Only mails to this address.
    to: Option<String>,
}

async fn outbox(State(app): State<App>, Query(wish): Query<Wish>) -> Response {
    let mails = match latest(&app, wish.to.as_deref()).await {
        Ok(mails) => mails,
        Err(error) => return error.into_response(),
    };
    if wish.format == "json" {
        return Json(json!({ "mails": mails })).into_response();
    }
    match (Outbox { mails }).render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => shared::Error::from(error).into_response(),
    }
}

async fn latest(app: &App, to: Option<&str>) -> Result<Vec<Mail>> {
    let list = sql!(
        "SELECT id, recipient, subject, text_body, created_at FROM muster.mails
         WHERE $1::text IS NULL OR lower(recipient) = lower($1) ORDER BY id DESC LIMIT 50"
    );
    app.db.read().await?.all(list, &[&to]).await
}

/// Whether a browser on this machine asks, by a name of this machine: not somebody else through a proxy, nor a page whose name
/// was made to lead here.
pub(crate) fn is_local(request: &Request) -> bool {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    request.extensions().get::<Peer>().is_some_and(|peer| peer.0.is_loopback())
        && ["localhost", "127.0.0.1", "[::1]"].contains(&name)
        && !headers.contains_key("x-forwarded-for")
        && !headers.contains_key(header::FORWARDED)
}

/// Answers browsers and programs on this machine only.
pub(crate) async fn only_local(request: Request, next: Next) -> Response {
    if is_local(&request) { next.run(request).await } else { StatusCode::NOT_FOUND.into_response() }
}
