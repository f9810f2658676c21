//! The buttons that remind every cadet.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Result,
    db::Change,
    error::invalid_field,
    http::{Json, lenient::filled},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::notify;
use crate::{
    access::{Admin, User},
    answer::{ISO, iso},
    events,
};

/// Characters of a reminder.
const LONGEST: usize = 1000;

/// The same reminder within so many seconds is a button pressed twice.
const DOUBLED_WITHIN_SECONDS: f64 = 10.0;

/// A kind of reminder, with the legacy server's words (rules.md 7.1).
struct Kind {
    /// `notifications.type`.
    name: &'static str,
    /// What is said unless the administrator says something else.
    text: &'static str,
    /// How the answer begins.
    title: &'static str,
    /// What the answer calls it when there is nobody to tell.
    called: &'static str,
}

const WEEKLY: Kind = Kind {
    name: "weekly_reminder",
    text: "Reminder: Please prepare for ROTC formation tomorrow. Ensure your uniform and requirements are ready.",
    title: "Weekly reminder",
    called: "reminder",
};

const GENERAL: Kind = Kind {
    name: "general_update",
    text: "General update: Please check your dashboard for the latest announcements.",
    title: "General update",
    called: "update",
};

const TRAINING: Kind = Kind {
    name: "training_reminder",
    text: "Training reminder: Formation and training schedule are posted. Prepare accordingly.",
    title: "Training reminder",
    called: "training reminder",
};

/// What to say.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct Reminder {
    /// At most 1000 characters; without it the usual words.
    #[serde(default)]
    pub message: Option<String>,
}

/// Whom it has reached.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reminded {
    /// One sentence.
    pub message: String,
    /// Cadets; absent when there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    /// When.
    #[serde(rename = "sentAt", serialize_with = "iso", skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<NaiveDateTime>,
}

row! {
    /// How many were told, and when.
    struct Sent {
        count: i64,
        sent_at: Option<NaiveDateTime>,
        /// The notices of those who have a device.
        ringing: Vec<i32>,
    }
}

/// Remind every cadet of the formation
///
/// The same words within ten seconds are told once.
#[utoipa::path(post, path = "/api/admin/cadet-notifications/weekly-reminder", tag = "notifications",
    request_body = Reminder, responses((status = 200, body = Reminded)))]
pub async fn send_weekly_reminder(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(reminder): Json<Reminder>,
) -> Result<Json<Reminded>> {
    remind(&app, &admin, &WEEKLY, reminder).await
}

/// Tell every cadet that there is news
///
/// The same words within ten seconds are told once.
#[utoipa::path(post, path = "/api/admin/cadet-notifications/general-update", tag = "notifications",
    request_body = Reminder, responses((status = 200, body = Reminded)))]
pub async fn send_general_update(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(reminder): Json<Reminder>,
) -> Result<Json<Reminded>> {
    remind(&app, &admin, &GENERAL, reminder).await
}

/// Remind every cadet of the training
///
/// The same words within ten seconds are told once.
#[utoipa::path(post, path = "/api/admin/cadet-notifications/training-reminder", tag = "notifications",
    request_body = Reminder, responses((status = 200, body = Reminded)))]
pub async fn send_training_reminder(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(reminder): Json<Reminder>,
) -> Result<Json<Reminded>> {
    remind(&app, &admin, &TRAINING, reminder).await
}

async fn remind(app: &App, admin: &User, kind: &Kind, reminder: Reminder) -> Result<Json<Reminded>> {
    let own = filled(&reminder.message);
    let text = own.unwrap_or(kind.text);
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(invalid_field("message", format!("message must have at most {LONGEST} characters")));
    }
    let mut change = app.db.change(&admin.actor()).await?;
    // The second press waits for the first, and then sees what it has done.
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext($1))"), &[&kind.name]).await?;
    let sent = match just_sent(&mut change, kind, text).await? {
        Some(sent) => sent,
        None => send(&mut change, kind, text).await?,
    };
    change.commit().await?;
    Ok(Json(answer(kind, &sent)))
}

/// The same reminder of a moment ago.
async fn just_sent(change: &mut Change, kind: &Kind, text: &str) -> Result<Option<Sent>> {
    let find = sql!(
        "SELECT count(*) AS count, max(created_at) AS sent_at, '{}'::int[] AS ringing FROM notifications
         WHERE type = $1 AND message = $2 AND user_id IS NOT NULL
           AND created_at > CURRENT_TIMESTAMP::timestamp - make_interval(secs => $3)
         GROUP BY created_at ORDER BY created_at DESC LIMIT 1"
    );
    change.one(find, &[&kind.name, &text, &DOUBLED_WITHIN_SECONDS]).await
}

async fn send(change: &mut Change, kind: &Kind, text: &str) -> Result<Sent> {
    let insert = sql!(
        "WITH told AS (
             INSERT INTO notifications (user_id, message, type)
             SELECT users.id, $2, $1 FROM users JOIN cadets ON cadets.id = users.cadet_id
             WHERE users.role = 'cadet' AND users.is_archived IS NOT TRUE AND cadets.is_archived IS NOT TRUE
             ORDER BY users.id
             RETURNING id, created_at,
                       EXISTS (SELECT FROM push_subscriptions AS devices WHERE devices.user_id = notifications.user_id)
                       AS has_device)
         SELECT count(*) AS count, max(created_at) AS sent_at,
                coalesce(array_agg(id) FILTER (WHERE has_device), '{}') AS ringing
         FROM told"
    );
    let sent: Sent = change.one(insert, &[&kind.name, &text]).await?.unwrap_or(Sent {
        count: 0,
        sent_at: None,
        ringing: Vec::new(),
    });
    notify::ring(change, &sent.ringing).await?;
    if sent.count > 0 {
        let sent_at = sent.sent_at.map(|at| at.format(ISO).to_string());
        let payload = json!({ "subtype": kind.name, "count": sent.count, "sentAt": sent_at });
        events::publish(change, "cadet_notification", None, payload).await?;
    }
    Ok(sent)
}

fn answer(kind: &Kind, sent: &Sent) -> Reminded {
    if sent.count == 0 {
        let message = format!("No cadet users found for {}.", kind.called);
        return Reminded { message, count: None, sent_at: None };
    }
    let message = format!("{} notifications created for {} cadets.", kind.title, sent.count);
    Reminded { message, count: Some(sent.count), sent_at: sent.sent_at }
}
