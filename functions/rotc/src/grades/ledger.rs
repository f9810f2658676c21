//! The ledger of merits and demerits, and the totals of `grades` that follow it.
//!
//! The audit row and the events of an entry are written by the triggers of the two tables.

use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    error::{invalid_field, not_found},
    http::lenient::Loose,
    row, sql,
};
use utoipa::ToSchema;

use super::{attendance_total, mails};
use crate::access::User;

/// An equal entry within so long is the same request, sent twice.
const SAME_REQUEST_SECONDS: i64 = 3;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EntryKind {
    /// Points for conduct above expectation.
    Merit,
    /// Points against.
    Demerit,
}

impl EntryKind {
    /// The text of `merit_demerit_logs.type`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Merit => "merit",
            Self::Demerit => "demerit",
        }
    }
}

/// An entry to make.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Whom it is about.
    pub cadet_id: i32,
    /// Merit or demerit.
    pub kind: EntryKind,
    /// More than zero.
    pub points: i32,
    /// Why, in the words of the issuer.
    pub reason: Option<String>,
}

/// The type a text names.
pub fn kind(text: Option<&str>) -> Result<EntryKind> {
    [EntryKind::Merit, EntryKind::Demerit]
        .into_iter()
        .find(|kind| Some(kind.as_str()) == text)
        .ok_or_else(|| invalid_field("type", "Type must be either 'merit' or 'demerit'."))
}

/// Points a client sent, as a number or as a text.
pub fn points(sent: &Loose) -> Result<i32> {
    sent.whole()
        .filter(|points| *points > 0)
        .ok_or_else(|| invalid_field("points", "Points must be a positive integer."))
}

/// Writes an entry, adds its points to the cadet's totals and tells the cadet by mail.
///
/// A request that arrives twice within three seconds is entered once. None if there is no such cadet.
pub async fn enter(change: &mut Change, app: &App, issuer: &User, entry: &NewEntry) -> Result<Option<i32>> {
    let known = sql!("SELECT id FROM cadets WHERE id = $1 FOR KEY SHARE");
    if change.one::<i32>(known, &[&entry.cadet_id]).await?.is_none() {
        return Ok(None);
    }
    // First the row: it starts with the sums of the ledger, which must not have the new entry yet.
    attendance_total::ensure(change, &[entry.cadet_id]).await?;
    attendance_total::lock(change, &[entry.cadet_id]).await?;
    if let Some(id) = sent_twice(change, app, issuer, entry).await? {
        return Ok(Some(id));
    }
    let add = sql!(
        "UPDATE grades SET merit_points = coalesce(merit_points, 0) + $2,
                demerit_points = coalesce(demerit_points, 0) + $3,
                lifetime_merit_points = coalesce(lifetime_merit_points, 0) + $2
         WHERE cadet_id = $1"
    );
    let (merit, demerit) = match entry.kind {
        EntryKind::Merit => (entry.points, 0),
        EntryKind::Demerit => (0, entry.points),
    };
    change.execute(add, &[&entry.cadet_id, &merit, &demerit]).await?;
    let issuer_name = issuer_name(change, issuer).await?;
    let id = write(change, app.clock.now().naive_utc(), issuer.id, &issuer_name, entry).await?;
    mails::new_entry(change, entry).await?;
    Ok(Some(id))
}

/// The same entry by the same person a moment ago: one click or one request that arrived twice. The caller
/// holds the lock of the grades row, so two at the same moment see each other.
async fn sent_twice(change: &mut Change, app: &App, issuer: &User, entry: &NewEntry) -> Result<Option<i32>> {
    let find = sql!(
        "SELECT id FROM merit_demerit_logs
         WHERE cadet_id = $1 AND type = $2 AND points = $3 AND reason IS NOT DISTINCT FROM $4
           AND issued_by_user_id = $5 AND date_recorded > $6
         ORDER BY id DESC LIMIT 1"
    );
    let since = app.clock.now().naive_utc() - TimeDelta::seconds(SAME_REQUEST_SECONDS);
    let kind = entry.kind.as_str();
    change.one(find, &[&entry.cadet_id, &kind, &entry.points, &entry.reason, &issuer.id, &since]).await
}

/// Writes a correction of a total (points may be negative). The caller has changed the total.
pub async fn enter_correction(change: &mut Change, app: &App, issuer: &User, entry: &NewEntry) -> Result<()> {
    let issuer_name = issuer_name(change, issuer).await?;
    write(change, app.clock.now().naive_utc(), issuer.id, &issuer_name, entry).await?;
    Ok(())
}

async fn write(
    change: &mut Change,
    now: NaiveDateTime,
    issuer_id: i32,
    issuer_name: &str,
    entry: &NewEntry,
) -> Result<i32> {
    let insert = sql!(
        "INSERT INTO merit_demerit_logs
                (cadet_id, type, points, reason, date_recorded, issued_by_user_id, issued_by_name)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"
    );
    let kind = entry.kind.as_str();
    change
        .only(insert, &[&entry.cadet_id, &kind, &entry.points, &entry.reason, &now, &issuer_id, &issuer_name])
        .await
}

/// Removes an entry and takes its points back from the cadet's totals.
///
/// Legacy: a total may become negative, and the lifetime merits stay.
pub async fn remove(change: &mut Change, id: i32) -> Result<()> {
    let delete = sql!("DELETE FROM merit_demerit_logs WHERE id = $1 RETURNING cadet_id, type, points");
    let removed: Option<(Option<i32>, String, i32)> = change.one(delete, &[&id]).await?;
    let (cadet_id, kind, points) = removed.ok_or_else(|| not_found("Log not found"))?;
    let subtract = sql!(
        "UPDATE grades SET
                merit_points = coalesce(merit_points, 0) - CASE $2 WHEN 'merit' THEN $3 ELSE 0 END,
                demerit_points = coalesce(demerit_points, 0) - CASE $2 WHEN 'demerit' THEN $3 ELSE 0 END
         WHERE cadet_id = $1"
    );
    change.execute(subtract, &[&cadet_id, &kind, &points]).await?;
    Ok(())
}

row! {
    struct IssuingStaff {
        rank: Option<String>,
        last_name: String,
        first_name: String,
    }
}

/// How an issuer is named in the ledger: `<rank> <last name>, <first name>` for staff, else the user name.
pub async fn issuer_name(change: &mut Change, issuer: &User) -> Result<String> {
    let Some(staff_id) = issuer.staff_id else { return Ok(issuer.username.clone()) };
    let find = sql!("SELECT rank, last_name, first_name FROM training_staff WHERE id = $1");
    let staff: Option<IssuingStaff> = change.one(find, &[&staff_id]).await?;
    Ok(staff.map_or_else(|| issuer.username.clone(), |staff| staff.name()))
}

impl IssuingStaff {
    fn name(&self) -> String {
        let rank = self.rank.as_deref().unwrap_or_default();
        let ranked = joined(" ", rank, &self.last_name);
        joined(", ", &ranked, &self.first_name)
    }
}

/// Both texts with `separator` between them, unless one is empty.
fn joined(separator: &str, left: &str, right: &str) -> String {
    let parts: Vec<&str> = [left.trim(), right.trim()].into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(separator)
}
