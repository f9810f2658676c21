//! Telling devices of a notice.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{StreamExt, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    App, Result,
    db::unit_of_work,
    error::unavailable,
    jobs::{Job, Queue, Task},
    push::Outcome,
    row, sql,
};

use super::inbox::PUBLIC_TYPES;

/// Deliveries read at once.
const BATCH: i64 = 40;

/// Requests to push services at once.
const AT_ONCE: usize = 8;

/// Letters of a message; with what is around them they stay below the 4,096 bytes that push services take.
const LONGEST: usize = 800;

/// How long a delivery is remembered: longer than any job is tried.
const REMEMBERED_DAYS: i64 = 7;

/// How long one run may send; what is left waits for the next try.
const SENDING: TimeDelta = TimeDelta::seconds(150);

/// Sends notices to the devices of those they are for, unless they have switched push messages off.
///
/// Safe to run twice: every delivery is a row of `muster.push_deliveries`, and one that is done is not repeated. A worker
/// that dies repeats at most the deliveries it was about to note; the push service then keeps the later of the two.
#[derive(Debug, Serialize, Deserialize)]
pub struct PushNotice {
    /// The notices: rows of `notifications`.
    pub notices: Vec<i32>,
    /// The message of the staff's chat they tell of.
    pub chat_message: Option<i32>,
}

impl Job for PushNotice {
    const KIND: &'static str = "push";
    const QUEUE: Queue = Queue::Delivery;
    const INTERNAL: bool = true;

    const LEASE: Duration = Duration::from_mins(10);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        self.list(app).await?;
        let until = app.clock.now() + SENDING;
        let (mut from, mut waiting) = ((0, 0), false);
        loop {
            let batch = self.batch(app, from).await?;
            let Some(last) = batch.last() else { break };
            from = (last.notification_id, last.subscription_id);
            if app.clock.now() > until {
                waiting = true;
                break;
            }
            let sent: Vec<Sent> = stream::iter(batch)
                .map(|delivery| unit_of_work(send(app, delivery)))
                .buffer_unordered(AT_ONCE)
                .collect::<Vec<Result<Sent>>>()
                .await
                .into_iter()
                .collect::<Result<_>>()?;
            waiting |= sent.iter().any(|sent| matches!(sent.outcome, Outcome::Later(_)));
            note(app, &sent).await?;
        }
        if waiting { Err(unavailable("A push service")) } else { Ok(()) }
    }
}

row! {
    /// A notice for one device.
    struct Delivery {
        notification_id: i32,
        subscription_id: i32,
        endpoint: String,
        keys: String,
        role: String,
        text: String,
        /// The sender of a message of the chat.
        sender: Option<String>,
    }
}

/// What came of a delivery.
struct Sent {
    notification_id: i32,
    subscription_id: i32,
    outcome: Outcome,
}

impl PushNotice {
    /// Lists the devices: one's own for a private notice, for one for everyone those of all who see it.
    async fn list(&self, app: &App) -> Result<()> {
        let now = app.clock.now();
        let mut change = app.db.change_for_system("push messages").await?;
        let forget = sql!("DELETE FROM muster.push_deliveries WHERE created_at < $1");
        change.execute(forget, &[&(now - TimeDelta::days(REMEMBERED_DAYS))]).await?;
        let list = sql!(
            "INSERT INTO muster.push_deliveries (notification_id, subscription_id, user_id, created_at)
             SELECT notices.id, devices.id, users.id, $3
             FROM notifications AS notices
             JOIN users ON users.id = notices.user_id OR (notices.user_id IS NULL AND notices.type = ANY($2))
             JOIN push_subscriptions AS devices ON devices.user_id = users.id
             LEFT JOIN cadets ON cadets.id = users.cadet_id
             LEFT JOIN training_staff ON training_staff.id = users.staff_id
             WHERE notices.id = ANY($1) AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
               AND cadets.is_archived IS NOT TRUE AND training_staff.is_archived IS NOT TRUE
               AND muster.wants(users.id, 'push', notices.type)
             ON CONFLICT (notification_id, subscription_id) DO NOTHING"
        );
        change.execute(list, &[&self.notices, &PUBLIC_TYPES, &now]).await?;
        change.commit().await
    }

    /// The next deliveries that are not done. A device that has changed hands, and a message that was deleted, are left out.
    async fn batch(&self, app: &App, from: (i32, i32)) -> Result<Vec<Delivery>> {
        let find = sql!(
            "SELECT waiting.notification_id, waiting.subscription_id, devices.endpoint, devices.keys, users.role,
                    coalesce(chat.content, notices.message) AS text,
                    CASE WHEN chat.id IS NOT NULL THEN concat_ws(' ', sender.rank, sender.last_name) END AS sender
             FROM muster.push_deliveries AS waiting
             JOIN notifications AS notices ON notices.id = waiting.notification_id
             JOIN push_subscriptions AS devices
                  ON devices.id = waiting.subscription_id AND devices.user_id = waiting.user_id
             JOIN users ON users.id = waiting.user_id
             LEFT JOIN staff_messages AS chat ON chat.id = $2
             LEFT JOIN training_staff AS sender ON sender.id = chat.sender_staff_id
             WHERE waiting.notification_id = ANY($1) AND waiting.done_at IS NULL
               AND ($2::int IS NULL OR chat.id IS NOT NULL)
               AND (waiting.notification_id, waiting.subscription_id) > ($3::int, $4::int)
             ORDER BY waiting.notification_id, waiting.subscription_id LIMIT $5"
        );
        let mut read = app.db.read().await?;
        read.all(find, &[&self.notices, &self.chat_message, &from.0, &from.1, &BATCH]).await
    }
}

/// The keys as they are stored.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Keys {
    p256dh: String,
    auth: String,
}

async fn send(app: &App, delivery: Delivery) -> Result<Sent> {
    let Delivery { notification_id, subscription_id, .. } = delivery;
    let keys: Keys = serde_json::from_str(&delivery.keys).unwrap_or_default();
    let outcome = match app.push.subscription(&delivery.endpoint, &keys.p256dh, &keys.auth) {
        Ok(device) => {
            let message = serde_json::to_vec(&payload(&delivery))?;
            app.push.send(&device, &message, &format!("notice-{notification_id}")).await?
        }
        Err(_) => Outcome::Refused(None),
    };
    Ok(Sent { notification_id, subscription_id, outcome })
}

/// What the client's service worker reads.
fn payload(delivery: &Delivery) -> Value {
    let title = delivery.sender.as_deref().unwrap_or("ROTC Grading System");
    let url = match (&delivery.sender, delivery.role.as_str()) {
        (Some(_), _) => "/staff/communication",
        (None, "admin") => "/admin/cadets",
        (None, "training_staff") => "/staff/dashboard",
        (None, _) => "/cadet/dashboard",
    };
    json!({ "title": short(title, 100), "body": short(&delivery.text, LONGEST), "url": url, "icon": "/pwa-192x192.png" })
}

/// The beginning of a text. Control characters would take six bytes each.
fn short(text: &str, longest: usize) -> String {
    let plain = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let mut short: String = plain.take(longest).collect();
    if text.chars().nth(longest).is_some() {
        short.push('…');
    }
    short
}

/// Notes what came of deliveries, and forgets the devices that are gone.
async fn note(app: &App, sent: &[Sent]) -> Result<()> {
    let notices: Vec<i32> = sent.iter().map(|sent| sent.notification_id).collect();
    let devices: Vec<i32> = sent.iter().map(|sent| sent.subscription_id).collect();
    let done: Vec<bool> = sent.iter().map(|sent| !matches!(sent.outcome, Outcome::Later(_))).collect();
    let answers: Vec<Option<i16>> = sent.iter().map(|sent| answer(sent.outcome)).collect();
    let gone: Vec<i32> = sent
        .iter()
        .filter(|sent| matches!(sent.outcome, Outcome::Gone(_)))
        .map(|sent| sent.subscription_id)
        .collect();
    let mut change = app.db.change_for_system("push messages").await?;
    let note = sql!(
        "UPDATE muster.push_deliveries AS kept
         SET status = sent.status, done_at = CASE WHEN sent.done THEN $5::timestamptz END
         FROM unnest($1::int[], $2::int[], $3::bool[], $4::smallint[]) AS sent (notice, device, done, status)
         WHERE kept.notification_id = sent.notice AND kept.subscription_id = sent.device"
    );
    change.execute(note, &[&notices, &devices, &done, &answers, &app.clock.now()]).await?;
    if !gone.is_empty() {
        change.execute(sql!("DELETE FROM push_subscriptions WHERE id = ANY($1)"), &[&gone]).await?;
    }
    change.commit().await
}

/// The status a push service answered with.
fn answer(outcome: Outcome) -> Option<i16> {
    let status = match outcome {
        Outcome::Delivered(status) | Outcome::Gone(status) => Some(status),
        Outcome::Refused(status) | Outcome::Later(status) => status,
    };
    status.and_then(|status| i16::try_from(status.as_u16()).ok())
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, short};

    #[test]
    fn a_long_text_is_cut_and_fits_whatever_its_letters_are() {
        assert_eq!(short("Formation at 0600H", LONGEST), "Formation at 0600H");
        for letter in ["a", "\"", "\u{1}", "🫡", "ñ"] {
            let cut = short(&letter.repeat(5_000), LONGEST);
            assert!(cut.ends_with('…'));
            let bytes = serde_json::to_string(&cut).map(|text| text.len()).unwrap_or_default();
            assert!(bytes < 3_500, "{letter}: {bytes}");
        }
    }
}
