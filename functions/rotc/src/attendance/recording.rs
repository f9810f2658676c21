//! Recording the attendance of cadets: the rules behind every way to do it.
//!
//! All writers first take the grades row of the cadet, so two of them at the same moment write one after the other, and
//! the total of attended days is that of the records.

use shared::{App, Result, db::Change, sql};

use super::{
    days::{self, TrainingDay},
    rows::{self, Columns, Entry, Present, Written},
    status::Status,
};
use crate::{grades::attendance_total, notifications::notify, school_time};

impl<'a> Entry<'a> {
    /// Empty texts as none.
    pub fn filled(status: Status, [remarks, time_in, time_out]: [&'a Option<String>; 3]) -> Self {
        Self { status, remarks: filled(remarks), time_in: filled(time_in), time_out: filled(time_out) }
    }
}

/// Records `entry` for these cadets, who must exist and be listed once. Gives the records that are new or have
/// changed: the cadets of those are counted anew and told, the others notice nothing.
pub async fn record(
    change: &mut Change,
    day_id: i32,
    cadet_ids: &[i32],
    entry: &Entry<'_>,
    present: Present,
) -> Result<Vec<Written>> {
    attendance_total::hold(change, cadet_ids).await?;
    let day = days::find(change, day_id).await?;
    let list: Columns<'_> = cadet_ids.iter().map(|cadet_id| (day_id, *cadet_id, *entry)).collect();
    let written = rows::write(change, &list, present, None).await?;
    follow(change, &day, &written, present).await?;
    Ok(written)
}

/// What follows from new and changed records of a day, all of one status: the totals, the notice, the event.
pub async fn follow(
    change: &mut Change,
    day: &TrainingDay,
    written: &[Written],
    present: Present,
) -> Result<()> {
    let Some(Written { status, .. }) = written.first() else { return Ok(()) };
    let cadet_ids: Vec<i32> = written.iter().map(|record| record.cadet_id).collect();
    attendance_total::recount(change, &cadet_ids).await?;
    notify::cadets(change, &cadet_ids, "attendance", &notice(day, status, present)).await?;
    rows::publish(change, written).await
}

/// What a person is told.
pub fn notice(day: &TrainingDay, status: &str, present: Present) -> String {
    let done = if present == Present::Scanned { "recorded" } else { "marked" };
    let (title, date) = (&day.title, &day.date);
    format!("Your attendance for {title} ({date}) has been {done} as {status}.")
}

/// How a scan writes the time, as the legacy server did.
pub const TIME_FORMAT: &str = "%-I:%M:%S %p";

/// What a scan notes as a remark.
pub const SCANNED: &str = "Scanned via QR";

/// The present time of day at the school, as a scan writes it.
pub fn time_now(app: &App) -> Result<String> {
    Ok(school_time::now(app)?.format(TIME_FORMAT).to_string())
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
