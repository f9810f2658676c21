//! Mail on a laptop: sent when SMTP or SES is configured, else shown at `/_dev/outbox`.

use askama::Template;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use chrono::{DateTime, Utc};
use http::StatusCode;
use shared::{App, Result, http::address::Peer, row, sql};

row! {
    struct Mail {
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

async fn outbox(State(app): State<App>) -> Response {
    match latest(&app).await.and_then(|mails| Ok(Outbox { mails }.render()?)) {
        Ok(page) => Html(page).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn latest(app: &App) -> Result<Vec<Mail>> {
    let list =
        sql!("SELECT recipient, subject, text_body, created_at FROM muster.mails ORDER BY id DESC LIMIT 50");
    app.db.read().await?.all(list, &[]).await
}

async fn only_local(request: Request, next: Next) -> Response {
    let local = request.extensions().get::<Peer>().is_some_and(|peer| peer.0.is_loopback());
    if local { next.run(request).await } else { StatusCode::NOT_FOUND.into_response() }
}
