//! Deleting for good who has been archived long enough.

use axum::extract::State;
use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{App, Result, db::Change, error::invalid_field, http::Json, sql};
use utoipa::ToSchema;
use validator::Validate;

use crate::accounts;
use crate::{access::Admin, answer::iso, events};

/// Without a number of days.
const USUAL_DAYS: i64 = 90;
const MOST_DAYS: i64 = 100_000;

/// Who is to go.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct Purge {
    /// Neither made nor archived within so many days: 90 unless said, and at least 1.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    pub days: Value,
    /// Only tells who would go.
    #[serde(default)]
    pub dry_run: bool,
}

/// Ids of people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct People {
    /// Cadets, with their records and accounts.
    pub cadets: Vec<i32>,
    /// Archived accounts, of these cadets or of nobody. Legacy: an account of a cadet that was never archived itself
    /// goes too, but is not named.
    pub users: Vec<i32>,
}

/// Who has gone, or would go.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Purged {
    /// The youngest that goes is older than this.
    #[serde(serialize_with = "iso")]
    pub cutoff: Option<NaiveDateTime>,
    /// Who would go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_purge: Option<People>,
    /// Who has gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purged: Option<People>,
    /// How many people have gone: cadets, and accounts of nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
}

/// Delete who was archived long ago
///
/// Cadets with their accounts, grades, ledger, attendance, letters, notices and files, and archived accounts of cadets
/// that belong to nobody. Accounts of staff and administrators stay, and so does the audit log.
#[utoipa::path(post, path = "/api/admin/purge/archived", tag = "users", request_body = Purge,
    responses((status = 200, body = Purged)))]
pub async fn purge_archived(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(purge): Json<Purge>,
) -> Result<Json<Purged>> {
    let days = days(&purge.days)?;
    let cutoff = (app.clock.now() - TimeDelta::days(days)).naive_utc();
    let mut change = app.db.change(&admin.actor()).await?;
    let (people, nobodies) = find(&mut change, cutoff).await?;
    let total = people.cadets.len() + nobodies.len();
    let cutoff = Some(cutoff);
    if purge.dry_run {
        return Ok(Json(Purged { cutoff, to_purge: Some(people), purged: None, total: None }));
    }
    accounts::delete_of_cadets(&mut change, &people.cadets).await?;
    accounts::delete(&mut change, &nobodies).await?;
    // Grades, ledger, attendance, letters and events go with the cadet by their foreign keys, files by triggers.
    change.execute(sql!("DELETE FROM cadets WHERE id = ANY($1)"), &[&people.cadets]).await?;
    if !people.cadets.is_empty() {
        events::publish(&mut change, "cadet_deleted", None, json!({ "cadetIds": people.cadets })).await?;
    }
    change.commit().await?;
    Ok(Json(Purged { cutoff, to_purge: None, purged: Some(people), total: Some(total) }))
}

/// Whole days. Legacy: 0 means 1.
fn days(sent: &Value) -> Result<i64> {
    let days = match sent {
        Value::Null => Some(USUAL_DAYS),
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    let within = days.filter(|days| (0..=MOST_DAYS).contains(days));
    let message = || invalid_field("days", format!("days must be a whole number from 1 to {MOST_DAYS}"));
    Ok(within.ok_or_else(message)?.max(1))
}

/// Who is to go, and which of the accounts belong to nobody.
///
/// When somebody was archived stands in the audit log; where it says nothing, it was before the log began or before
/// its oldest rows were deleted.
async fn find(change: &mut Change, cutoff: NaiveDateTime) -> Result<(People, Vec<i32>)> {
    let cadets = sql!(
        "SELECT id FROM cadets
         WHERE is_archived IS TRUE AND created_at < $1
           AND NOT EXISTS (SELECT FROM users WHERE users.cadet_id = cadets.id AND users.role <> 'cadet')
           AND NOT EXISTS (SELECT FROM audit_logs
                           WHERE table_name = 'cadets' AND record_id = cadets.id AND operation = 'UPDATE'
                             AND audit_logs.created_at >= $1 AND payload -> 'after' ->> 'is_archived' = 'true')
         ORDER BY id FOR UPDATE"
    );
    let cadets: Vec<i32> = change.all(cadets, &[&cutoff]).await?;
    let users = sql!(
        "SELECT id, cadet_id IS NULL FROM users
         WHERE role = 'cadet' AND is_archived IS TRUE
           AND (cadet_id = ANY($2)
                OR (cadet_id IS NULL AND created_at < $1
                    AND NOT EXISTS (SELECT FROM audit_logs
                                    WHERE table_name = 'users' AND record_id = users.id AND operation = 'UPDATE'
                                      AND audit_logs.created_at >= $1
                                      AND payload -> 'after' ->> 'is_archived' = 'true')))
         ORDER BY id FOR UPDATE"
    );
    let users: Vec<(i32, bool)> = change.all(users, &[&cutoff, &cadets]).await?;
    let nobodies = users.iter().filter(|(_, nobody)| *nobody).map(|(id, _)| *id).collect();
    Ok((People { cadets, users: users.into_iter().map(|(id, _)| id).collect() }, nobodies))
}
