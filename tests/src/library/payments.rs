//! Deposits: the provider of payments tells of them.

use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Scope,
    error::{internal, unauthorized},
    http::webhook::{EventId, RawBody, Webhook, is_recent, is_signed},
    jobs::{Job, Task},
    sql,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

pub const GROUP: Group = Group {
    name: "payments",
    about: "What the payment service reports.",
    prefixes: &["/api/webhooks/payments"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || OpenApiRouter::new().routes(routes!(receive_payment)),
};

/// The key that the provider and the library share.
pub const WEBHOOK_KEY: &[u8] = b"known to the provider and to the library";

/// How old a signature may be.
const TOLERANCE: std::time::Duration = std::time::Duration::from_mins(5);

/// What the provider says: a deposit was paid.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The same when it is sent again.
    pub id: String,
    /// When it was sent, in seconds.
    pub sent_at: i64,
    /// The branch, as the library told the provider.
    pub branch: Uuid,
    /// The loan.
    pub loan: Uuid,
}

struct Provider;

impl Webhook for Provider {
    const SOURCE: &'static str = "payments";

    fn verify(&self, request: &RawBody, now: DateTime<Utc>) -> Result<EventId> {
        let refused = || unauthorized("bad_signature", "The signature does not hold.");
        let signature = request.headers.get("x-signature").and_then(|value| hex::decode(value).ok());
        if !is_signed(WEBHOOK_KEY, &[&request.body], &signature.ok_or_else(refused)?) {
            return Err(refused());
        }
        let notice: Notice = serde_json::from_slice(&request.body)?;
        let sent_at = DateTime::UNIX_EPOCH + TimeDelta::seconds(notice.sent_at);
        if is_recent(sent_at, now, TOLERANCE) { Ok(EventId(notice.id)) } else { Err(refused()) }
    }
}

/// Receive a notice of a payment
#[utoipa::path(post, path = "/api/webhooks/payments", tag = "payments", security(()), request_body = Object,
    params(("X-Signature" = String, Header)), responses((status = 204)))]
async fn receive_payment(State(app): State<App>, request: RawBody) -> Result<StatusCode> {
    let mut change = app.db.change_for_system("notice of a payment").await?;
    if let Some(event) = change.receive(&Provider, &request).await? {
        change.start(&NotePayment { event }).await?;
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Notes that a deposit was paid; the first notice counts, so doing it twice changes nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct NotePayment {
    event: i64,
}

impl Job for NotePayment {
    const KIND: &'static str = "note_payment";
    const INTERNAL: bool = true;

    async fn run(self, task: &Task) -> Result<()> {
        let mut change = task.change("notice of a payment").await?;
        let body = change.received(self.event).await?;
        let body = body.ok_or_else(|| internal("a notice of a payment is gone"))?;
        drop(change);
        let notice: Notice = serde_json::from_slice(&body)?;
        // The provider is not in a branch; its notice says for which it is.
        let branch = Scope::tenant(notice.branch);
        let mut change = task.app.db.change_for_system_in(&branch, "notice of a payment").await?;
        let note = sql!("UPDATE loans SET paid_at = coalesce(paid_at, $2) WHERE id = $1");
        let noted = change.execute(note, &[&notice.loan, &task.app.clock.now()]).await?;
        if noted == 0 {
            change.refuse(task, "The payment is for a loan that the branch does not have.", &()).await?;
        } else {
            change.finish(task, &()).await?;
        }
        change.commit().await
    }
}
