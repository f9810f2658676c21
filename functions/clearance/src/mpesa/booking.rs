//! Acting on a stored message: confirming it, and booking what it tells.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Error, Result,
    db::Change,
    jobs::{Job, Task},
    row, sql,
};
use std::time::Duration;
use uuid::Uuid;

use super::{
    attempt::Status,
    daraja::{Daraja, Failure, Outcome},
    message::{Callback, Paybill},
    paybill::{book_paybill, review_paybill},
    settle::{Attempt, fail, succeed},
};
use crate::{
    finance::{UNCONFIRMED, book},
    settings::Settings,
};

/// How often M-PESA is asked to confirm a payment before people decide.
const TRIES: i32 = 8;

/// Confirms and books one message. A second run finds the message done, or the receipt there.
#[derive(Debug, Serialize, Deserialize)]
pub struct BookMpesa {
    /// The stored message.
    pub message: i64,
}

row! {
    struct Message {
        kind: String,
        attempt_id: Option<Uuid>,
        body: Value,
        state: String,
        tries: i32,
    }
}

/// What a message turned out to be.
enum Verdict {
    /// Done: `booked`, or `noted` where there was nothing to book.
    Done(&'static str, String),
    /// Nothing can be made of it.
    Unusable(&'static str),
}

impl Job for BookMpesa {
    const KIND: &'static str = "book_mpesa";
    const INTERNAL: bool = true;
    const TRIES: i32 = TRIES;
    const WAIT: Duration = Duration::from_secs(30);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        let find = sql!("SELECT kind, attempt_id, body, state, tries FROM mpesa_messages WHERE id = $1");
        let found: Option<Message> = task.read().await?.one(find, &[&self.message]).await?;
        let Some(message) = found.filter(|message| message.state == "new") else { return Ok(()) };
        if message.kind == "confirmation" {
            let mut change = task.change("payment to the paybill").await?;
            let verdict = match Paybill::read(&message.body) {
                Ok(paid) => {
                    book_paybill(app, &mut change, "c2b", &paid).await?;
                    Verdict::Done("booked", String::new())
                }
                Err(why) => Verdict::Unusable(why),
            };
            return done(app, change, self.message, verdict).await;
        }
        let Some(callback) = Callback::read(&message.body) else {
            let change = task.change("result of a request to pay").await?;
            return done(app, change, self.message, Verdict::Unusable("It is no result")).await;
        };
        let confirmed = confirm(task, &message, &callback).await?;
        let gives_up = message.tries + 1 >= TRIES;
        if matches!(confirmed, Confirmed::Unknown(_)) {
            tried(task, self.message).await?;
        }
        match confirmed {
            Confirmed::Unknown(cause) if !gives_up => Err(cause),
            confirmed => {
                let mut change = task.change("result of a request to pay").await?;
                let verdict = settle(app, &mut change, &message, &callback, confirmed).await?;
                done(app, change, self.message, verdict).await
            }
        }
    }
}

/// What M-PESA says when it is asked about a callback.
enum Confirmed {
    /// It was paid, or a callback says that it was not, which needs no confirmation.
    Yes,
    /// It was not paid.
    No(Outcome),
    /// It does not say.
    Unknown(Error),
}

/// Asks M-PESA whether a success is one; not about what would change nothing.
async fn confirm(task: &Task, message: &Message, callback: &Callback) -> Result<Confirmed> {
    if callback.code != "0" || !Settings::of(&task.app)?.mpesa.confirm {
        return Ok(Confirmed::Yes);
    }
    let agrees = sql!(
        "SELECT EXISTS (SELECT FROM mpesa_attempts WHERE id = $1
                          AND coalesce(checkout_request_id, $2) = $2)"
    );
    let checkout = &callback.checkout_request_id;
    if !task.read().await?.only::<bool>(agrees, &[&message.attempt_id, checkout]).await? {
        return Ok(Confirmed::Yes);
    }
    let Some(daraja) = Daraja::of(&task.app)? else {
        return Ok(Confirmed::Unknown(Failure::unavailable()));
    };
    Ok(match daraja.query(checkout).await {
        Ok(Some(outcome)) if outcome.code == "0" => Confirmed::Yes,
        Ok(Some(outcome)) => Confirmed::No(outcome),
        Ok(None) => Confirmed::Unknown(Failure::unavailable()),
        Err(failure) => Confirmed::Unknown(failure.into()),
    })
}

/// Whether the callback is about this request. One that has overtaken the answer to the request, or came without one, brings its
/// names, which are kept if it is believed.
async fn agree(
    change: &mut Change,
    attempt: &mut Attempt,
    callback: &Callback,
    is_believed: bool,
) -> Result<bool> {
    let (checkout, merchant) = (&callback.checkout_request_id, &callback.merchant_request_id);
    if let Some(own) = &attempt.checkout_request_id {
        return Ok(own == checkout);
    }
    let taken = sql!("SELECT EXISTS (SELECT FROM mpesa_attempts WHERE checkout_request_id = $1)");
    if change.only::<bool>(taken, &[checkout]).await? {
        return Ok(false);
    }
    if is_believed {
        attempt.adopt(change, checkout, merchant).await?;
        attempt.checkout_request_id = Some(checkout.clone());
    }
    Ok(true)
}

async fn settle(
    app: &App,
    change: &mut Change,
    message: &Message,
    callback: &Callback,
    confirmed: Confirmed,
) -> Result<Verdict> {
    let attempt = match message.attempt_id {
        Some(id) => Attempt::lock(change, id).await?,
        None => None,
    };
    let Some(mut attempt) = attempt else { return Ok(Verdict::Unusable("Unknown request to pay")) };
    // A failure is not confirmed, so the names it brings are not kept.
    let is_believed = callback.code == "0" && matches!(confirmed, Confirmed::Yes);
    if !agree(change, &mut attempt, callback, is_believed).await? {
        return Ok(Verdict::Unusable("CheckoutRequestID and path do not agree"));
    }
    if callback.code != "0" {
        fail(app, change, &attempt, (&callback.code, &callback.words)).await?;
        return Ok(Verdict::Done("noted", String::new()));
    }
    let paid = callback.paid();
    match confirmed {
        Confirmed::Yes => {
            succeed(app, change, &attempt, &paid).await?;
            Ok(Verdict::Done("booked", String::new()))
        }
        Confirmed::No(outcome) => {
            fail(app, change, &attempt, (&outcome.code, &outcome.words)).await?;
            Ok(Verdict::Done("noted", format!("M-PESA does not confirm it: {}", outcome.words)))
        }
        Confirmed::Unknown(_) if matches!(attempt.status(), Status::Succeeded | Status::Mismatch) => {
            Ok(Verdict::Done("noted", UNCONFIRMED.to_owned()))
        }
        Confirmed::Unknown(_) => {
            let arrival = attempt.arrival(app, &paid, Some(UNCONFIRMED.to_owned()));
            book(app, change, &arrival).await?;
            Ok(Verdict::Done("noted", UNCONFIRMED.to_owned()))
        }
    }
}

/// Why a receipt is in review whose booking failed until nobody tried any more.
const UNBOOKED: &str = "It could not be booked";

/// Lists the payment of a message whose booking was given up among the receipts in review, so that the finance office books it.
pub async fn leave_for_review(app: &App, change: &mut Change, job: Uuid) -> Result<()> {
    let find = sql!(
        "SELECT kind, attempt_id, body, state, tries FROM mpesa_messages
         WHERE id = (SELECT (payload ->> 'message')::bigint FROM muster.jobs WHERE id = $1)"
    );
    let found: Option<Message> = change.one(find, &[&job]).await?;
    let Some(message) = found.filter(|message| message.state == "new") else { return Ok(()) };
    if let Ok(paid) = Paybill::read(&message.body) {
        return review_paybill(app, change, &paid, UNBOOKED).await;
    }
    let success = Callback::read(&message.body).filter(|callback| callback.code == "0");
    let attempt = match message.attempt_id.filter(|_| success.is_some()) {
        Some(id) => Attempt::lock(change, id).await?,
        None => None,
    };
    if let (Some(attempt), Some(callback)) = (attempt, success) {
        let arrival = attempt.arrival(app, &callback.paid(), Some(UNBOOKED.to_owned()));
        book(app, change, &arrival).await?;
    }
    Ok(())
}

async fn tried(task: &Task, message: i64) -> Result<()> {
    let count = sql!("UPDATE mpesa_messages SET tries = tries + 1 WHERE id = $1");
    let mut change = task.change("result of a request to pay").await?;
    change.execute(count, &[&message]).await?;
    change.commit().await
}

async fn done(app: &App, mut change: Change, message: i64, verdict: Verdict) -> Result<()> {
    let (state, problem) = match verdict {
        Verdict::Done(state, problem) => (state, problem),
        Verdict::Unusable(why) => ("unusable", why.to_owned()),
    };
    let note = sql!(
        "UPDATE mpesa_messages SET state = $2, problem = $3, done_at = $4 WHERE id = $1 AND state = 'new'"
    );
    change.execute(note, &[&message, &state, &problem, &app.clock.now()]).await?;
    change.commit().await
}
