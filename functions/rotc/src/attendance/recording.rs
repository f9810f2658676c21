//! Recording the attendance of cadets: the rules behind every way to do it.
//!
//! There is one record for each day and cadet. All writers first take the grades row of the cadet, so two of
//! them at the same moment write one after the other, and the total of attended days is that of the records.
//! What a later recording leaves out is kept: a status may change, times and remarks are not lost by it.

use serde_json::{Value, json};
use shared::{
    App, Result,
    db::{Change, Param},
    row, sql,
};

use super::{
    days::{self, TrainingDay},
    status::Status,
};
use crate::{events, grades::attendance_total, notifications::notify};

/// What is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// How they attended.
    pub status: Status,
    /// A remark; none keeps the present one.
    pub remarks: Option<&'a str>,
    /// When they came, in any words; none keeps what is there.
    pub time_in: Option<&'a str>,
    /// When they left; none keeps what is there.
    pub time_out: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// Empty texts as none.
    pub fn filled(status: Status, [remarks, time_in, time_out]: [&'a Option<String>; 3]) -> Self {
        Self { status, remarks: filled(remarks), time_in: filled(time_in), time_out: filled(time_out) }
    }
}

/// Who records it, which decides what happens to a record that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Somebody writes it down: what they say wins.
    Mark,
    /// Somebody comes by and is scanned: the status changes, but the first arrival and what was noted before stay.
    Scan,
    /// Only those who have no record yet.
    New,
}

row! {
    /// A record that was made or changed.
    #[derive(Clone, Copy, Debug)]
    pub struct Written {
        /// The record.
        pub id: i32,
        /// Whose it is.
        pub cadet_id: i32,
        /// Whether it is new.
        pub created: bool,
    }
}

/// Records `entry` for these cadets, who must exist and be listed once. Gives the records that are new or have
/// changed: the cadets of those are counted anew and told, the others notice nothing.
pub async fn record(
    change: &mut Change,
    day_id: i32,
    cadet_ids: &[i32],
    entry: &Entry<'_>,
    manner: Manner,
) -> Result<Vec<Written>> {
    attendance_total::hold(change, cadet_ids).await?;
    let day = days::find(change, day_id).await?;
    let mut written = insert_missing(change, day_id, cadet_ids, entry).await?;
    if manner != Manner::New && written.len() < cadet_ids.len() {
        written.extend(update_others(change, day_id, cadet_ids, entry, manner, &written).await?);
    }
    let touched: Vec<i32> = written.iter().map(|record| record.cadet_id).collect();
    follow(change, &day, &touched, entry.status, manner).await?;
    Ok(written)
}

/// Makes the records that are not there yet. Those that are there are looked for first, as a conflict would use up
/// an id.
async fn insert_missing(
    change: &mut Change,
    day_id: i32,
    cadet_ids: &[i32],
    entry: &Entry<'_>,
) -> Result<Vec<Written>> {
    let insert = sql!(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks, time_in, time_out)
         SELECT $1, person.cadet_id, $3, $4, $5, $6 FROM unnest($2::int[]) AS person (cadet_id)
         WHERE NOT EXISTS (SELECT FROM attendance_records AS old
                           WHERE old.training_day_id = $1 AND old.cadet_id = person.cadet_id)
         ORDER BY person.cadet_id
         ON CONFLICT (training_day_id, cadet_id) DO NOTHING
         RETURNING id, cadet_id, true AS created"
    );
    let status = entry.status.as_str();
    let params: [Param<'_>; 6] =
        [&day_id, &cadet_ids, &status, &entry.remarks, &entry.time_in, &entry.time_out];
    change.all(insert, &params).await
}

/// What follows from new and changed records: the totals, the notice, the event.
pub async fn follow(
    change: &mut Change,
    day: &TrainingDay,
    cadet_ids: &[i32],
    status: Status,
    manner: Manner,
) -> Result<()> {
    if cadet_ids.is_empty() {
        return Ok(());
    }
    attendance_total::recount(change, cadet_ids).await?;
    notify::cadets(change, cadet_ids, "attendance", &notice(day, status, manner)).await?;
    publish(change, day.id, cadet_ids, Some(status)).await
}

/// What a person is told.
pub fn notice(day: &TrainingDay, status: Status, manner: Manner) -> String {
    let done = if manner == Manner::Scan { "recorded" } else { "marked" };
    let (title, date, status) = (&day.title, &day.date, status.as_str());
    format!("Your attendance for {title} ({date}) has been {done} as {status}.")
}

/// Tells the clients that watch these cadets; without a status the record is gone.
pub async fn publish(
    change: &mut Change,
    day_id: i32,
    cadet_ids: &[i32],
    status: Option<Status>,
) -> Result<()> {
    let payload = |cadet_id: &i32| json!({ "cadetId": cadet_id, "dayId": day_id, "status": status });
    let payloads: Vec<Value> = cadet_ids.iter().map(payload).collect();
    events::publish_each(change, "attendance_updated", cadet_ids, &payloads).await
}

/// How a scan writes the time, as the legacy server did.
pub const TIME_FORMAT: &str = "%-I:%M:%S %p";

/// What a scan notes as a remark.
pub const SCANNED: &str = "Scanned via QR";

/// The present time of day (UTC), as a scan writes it.
pub fn time_now(app: &App) -> String {
    app.clock.now().format(TIME_FORMAT).to_string()
}

/// Those of these cadets that exist, by id.
pub async fn existing(change: &mut Change, cadet_ids: &[i32]) -> Result<Vec<i32>> {
    let list = sql!("SELECT id FROM cadets WHERE id = ANY($1) ORDER BY id");
    change.all(list, &[&cadet_ids]).await
}

/// A text that says something.
pub fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.trim().is_empty())
}

/// Changes the records that were there. Rows that stay the same are not touched and not given.
async fn update_others(
    change: &mut Change,
    day_id: i32,
    cadet_ids: &[i32],
    entry: &Entry<'_>,
    manner: Manner,
    created: &[Written],
) -> Result<Vec<Written>> {
    let mark = sql!(
        "UPDATE attendance_records AS old
         SET status = $3, remarks = coalesce($4, old.remarks), time_in = coalesce($5, old.time_in),
             time_out = coalesce($7, old.time_out)
         WHERE old.training_day_id = $1 AND old.cadet_id = ANY($2) AND old.id <> ALL($6)
           AND (old.status, old.remarks, old.time_in, old.time_out) IS DISTINCT FROM
               ($3, coalesce($4, old.remarks), coalesce($5, old.time_in), coalesce($7, old.time_out))
         RETURNING id, cadet_id, false AS created"
    );
    let scan = sql!(
        "UPDATE attendance_records AS old
         SET status = $3, remarks = coalesce(nullif(old.remarks, ''), $4, old.remarks),
             time_in = coalesce(nullif(old.time_in, ''), $5, old.time_in)
         WHERE old.training_day_id = $1 AND old.cadet_id = ANY($2) AND old.id <> ALL($6)
           AND (old.status, old.remarks, old.time_in) IS DISTINCT FROM
               ($3, coalesce(nullif(old.remarks, ''), $4, old.remarks),
                coalesce(nullif(old.time_in, ''), $5, old.time_in))
         RETURNING id, cadet_id, false AS created"
    );
    let created: Vec<i32> = created.iter().map(|record| record.id).collect();
    let status = entry.status.as_str();
    let params: [Param<'_>; 7] =
        [&day_id, &cadet_ids, &status, &entry.remarks, &entry.time_in, &created, &entry.time_out];
    match manner {
        Manner::Scan => change.all(scan, &params[..6]).await,
        Manner::Mark | Manner::New => change.all(mark, &params).await,
    }
}
