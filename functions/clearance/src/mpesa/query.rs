//! Asking M-PESA what has become of requests to pay.

use std::time::Duration;

use axum::extract::State;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    auth::principal::Signed,
    drf::{Data, Need},
    http::Json,
    jobs::{Job, Task},
    sql,
};
use uuid::Uuid;

use super::{
    attempts::{ShownAttempt, payer},
    daraja::{Daraja, Failure},
    settle::{Attempt, Paid, expire, fail, succeed},
};
use crate::{access::Person, refusals::unknown};

/// How long one waits before one asks about the same request again.
const AGAIN: TimeDelta = TimeDelta::seconds(10);

/// Ask what has become of a payment
///
/// M-PESA is asked once in ten seconds, while the result is open.
#[utoipa::path(post, path = "/api/finance/payments/mpesa_query", tag = "mpesa", request_body = Object,
    responses((status = 200, body = ShownAttempt)))]
pub async fn query_attempt(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<ShownAttempt>> {
    let mut fields = data.fields();
    let checkout = fields.text("checkout_request_id", Need::Required, 100).unwrap_or_default();
    fields.finish()?;
    let owner = if person.is_finance_desk() { None } else { Some(person.student.unwrap_or_default()) };
    let find = sql!(
        "SELECT id FROM mpesa_attempts WHERE checkout_request_id = $1 AND ($2::uuid IS NULL OR student_id = $2)"
    );
    let found: Option<Uuid> = app.db.read().await?.one(find, &[&checkout, &owner]).await?;
    let id = found.ok_or_else(unknown)?;
    // What cannot be asked now is shown as it is stored.
    if let Err(failure) = ask(&app, id, AGAIN).await? {
        tracing::info!(?failure, "M-PESA was not asked");
    }
    ShownAttempt::find(&mut app.db.read().await?, id, payer(&person))
        .await
        .map(|shown| Json(shown.for_eyes_of(&person)))
}

/// Asks about a request that is open, unless that was done a moment ago, and settles what is told.
pub(super) async fn ask(app: &App, id: Uuid, again: TimeDelta) -> Result<Result<(), Failure>> {
    let take = sql!(
        "UPDATE mpesa_attempts SET asked_at = $2
         WHERE id = $1 AND status IN ('pending', 'timed_out') AND checkout_request_id IS NOT NULL
           AND (asked_at IS NULL OR asked_at <= $2::timestamptz - $3::bigint * interval '1 second')
         RETURNING checkout_request_id"
    );
    let Some(daraja) = Daraja::of(app)? else { return Ok(Ok(())) };
    let (now, seconds) = (app.clock.now(), again.num_seconds());
    let mut change = app.db.change_for_system("question about a payment").await?;
    let checkout: Option<String> = change.one(take, &[&id, &now, &seconds]).await?;
    change.commit().await?;
    let Some(checkout) = checkout else { return Ok(Ok(())) };
    let outcome = match daraja.query(&checkout).await {
        Ok(Some(outcome)) => outcome,
        Ok(None) => return Ok(Ok(())),
        Err(failure) => return Ok(Err(failure)),
    };
    let mut change = app.db.change_for_system("result of a request to pay").await?;
    if let Some(attempt) = Attempt::lock(&mut change, id).await? {
        if outcome.code == "0" {
            let paid = Paid { words: outcome.words, ..Paid::default() };
            succeed(app, &mut change, &attempt, &paid).await?;
        } else {
            fail(app, &mut change, &attempt, (&outcome.code, &outcome.words)).await?;
        }
    }
    change.commit().await?;
    Ok(Ok(()))
}

/// Asks about one request of which somebody has hinted that it has a result. What is known is not booked again.
#[derive(Debug, Serialize, Deserialize)]
pub struct AskMpesa {
    /// The request.
    pub attempt: Uuid,
}

impl Job for AskMpesa {
    const KIND: &'static str = "ask_mpesa";
    const INTERNAL: bool = true;

    async fn run(self, task: &Task) -> Result<()> {
        // The next round of all open requests asks again.
        match ask(&task.app, self.attempt, AGAIN).await? {
            Ok(()) | Err(Failure::Unavailable | Failure::NoAnswer | Failure::Refused { .. }) => Ok(()),
        }
    }
}

/// Requests of one round.
const ROUND: i64 = 100;

/// Asks about every request that is open for more than a minute, ends those of which nothing was heard, and goes on asking about
/// these each hour for a day. What is known is not booked again.
#[derive(Debug, Serialize, Deserialize)]
pub struct QueryAttempts {}

impl Job for QueryAttempts {
    const KIND: &'static str = "query_attempts";
    const INTERNAL: bool = true;
    const EVERY: Option<Duration> = Some(Duration::from_mins(1));

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let now = app.clock.now();
        let due = sql!(
            "SELECT id FROM mpesa_attempts
             WHERE checkout_request_id IS NOT NULL
               AND (status = 'pending' AND created_at <= $1::timestamptz - interval '60 seconds'
                    OR status = 'timed_out' AND created_at > $1::timestamptz - interval '24 hours'
                       AND coalesce(asked_at, created_at) <= $1::timestamptz - interval '1 hour')
             ORDER BY asked_at NULLS FIRST, created_at LIMIT $2"
        );
        let due: Vec<Uuid> = task.read().await?.all(due, &[&now, &ROUND]).await?;
        for id in due {
            if let Err(Failure::Unavailable | Failure::NoAnswer) = ask(app, id, AGAIN).await? {
                break;
            }
        }
        let silent = sql!(
            "SELECT id FROM mpesa_attempts
             WHERE status IN ('created', 'sent') AND created_at <= $1::timestamptz - interval '120 seconds'
                OR status = 'pending' AND created_at <= $1::timestamptz - interval '10 minutes'
             ORDER BY created_at LIMIT $2"
        );
        let silent: Vec<Uuid> = task.read().await?.all(silent, &[&now, &ROUND]).await?;
        for id in silent {
            let mut change = task.change("end of a request to pay").await?;
            if let Some(attempt) = Attempt::lock(&mut change, id).await? {
                expire(app, &mut change, &attempt).await?;
            }
            change.commit().await?;
        }
        Ok(())
    }
}
