//! Recording the attendance of the staff: one record for each day and person, whatever races.

use chrono::NaiveTime;
use serde_json::json;
use shared::{
    App, Result,
    db::{Change, Param},
    error::not_found,
    row, sql,
};

use super::{
    days,
    recording::{SCANNED, TIME_FORMAT, notice, time_now},
    rows::{Entry, Present},
    status::Status,
};
use crate::{events, notifications::notify};

/// A scan so soon after the arrival is the same one: a camera that reads twice, a request that is sent again. It
/// is not yet the departure.
const SAME_SCAN_SECONDS: i64 = 5;

row! {
    /// Who was scanned.
    #[derive(Clone, Debug)]
    pub struct Scanned {
        pub(super) id: i32,
        pub(super) rank: Option<String>,
        pub(super) first_name: String,
        pub(super) last_name: String,
        /// Serial number.
        pub(super) afpsn: Option<String>,
    }
}

row! {
    #[derive(Clone, Debug)]
    struct StaffRecord {
        remarks: Option<String>,
        time_in: Option<String>,
    }
}

/// What a scanner sends beside the code.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// How they attended.
    pub status: Status,
    /// When they came; none is now.
    pub time_in: Option<&'a str>,
    /// When they left; none is now.
    pub time_out: Option<&'a str>,
}

/// Writes down how a member of the staff attended. What the entry leaves out stays. True when the record is new.
///
/// Legacy: nobody gets a notification.
pub async fn mark(change: &mut Change, day_id: i32, staff_id: i32, entry: &Entry<'_>) -> Result<bool> {
    days::find(change, day_id).await?;
    find(change, staff_id).await?;
    let created = insert_missing(change, day_id, staff_id, entry).await?;
    if created || update(change, day_id, staff_id, entry).await? {
        publish(change, day_id, staff_id, entry.status).await?;
    }
    Ok(created)
}

/// Makes the record if there is none. It is looked for first, as a conflict would use up an id.
pub async fn insert_missing(
    change: &mut Change,
    day_id: i32,
    staff_id: i32,
    entry: &Entry<'_>,
) -> Result<bool> {
    let insert = sql!(
        "INSERT INTO staff_attendance_records (training_day_id, staff_id, status, remarks, time_in, time_out)
         SELECT $1, $2, $3, $4, $5, $6
         WHERE NOT EXISTS (SELECT FROM staff_attendance_records WHERE training_day_id = $1 AND staff_id = $2)
         ON CONFLICT (training_day_id, staff_id) DO NOTHING"
    );
    let status = entry.status.as_str();
    let params: [Param<'_>; 6] =
        [&day_id, &staff_id, &status, &entry.remarks, &entry.time_in, &entry.time_out];
    Ok(change.execute(insert, &params).await? == 1)
}

/// Changes the record; false if it stays the same.
async fn update(change: &mut Change, day_id: i32, staff_id: i32, entry: &Entry<'_>) -> Result<bool> {
    let update = sql!(
        "UPDATE staff_attendance_records AS old
         SET status = $3, remarks = coalesce($4, old.remarks), time_in = coalesce($5, old.time_in),
             time_out = coalesce($6, old.time_out)
         WHERE old.training_day_id = $1 AND old.staff_id = $2
           AND (old.status, old.remarks, old.time_in, old.time_out) IS DISTINCT FROM
               ($3, coalesce($4, old.remarks), coalesce($5, old.time_in), coalesce($6, old.time_out))"
    );
    let status = entry.status.as_str();
    let params: [Param<'_>; 6] =
        [&day_id, &staff_id, &status, &entry.remarks, &entry.time_in, &entry.time_out];
    Ok(change.execute(update, &params).await? == 1)
}

/// Records a scan: present for the first time sets the arrival, present again the departure. True when the record
/// is new.
pub async fn scan(
    change: &mut Change,
    app: &App,
    day_id: i32,
    staff_id: i32,
    scan: &Scan<'_>,
) -> Result<bool> {
    let day = days::find(change, day_id).await?;
    let now = time_now(app)?;
    let arrival = (scan.status == Status::Present).then(|| scan.time_in.unwrap_or(&now));
    let entry = Entry { status: scan.status, remarks: Some(SCANNED), time_in: arrival, time_out: None };
    let created = insert_missing(change, day_id, staff_id, &entry).await?;
    if !created && !scan_again(change, day_id, staff_id, scan, &now).await? {
        return Ok(false);
    }
    let told = notice(&day, scan.status.as_str(), Present::Scanned);
    notify::staff_member(change, staff_id, "attendance", &told).await?;
    publish(change, day_id, staff_id, scan.status).await?;
    Ok(created)
}

/// A scan of somebody who has a record. False when it changes nothing.
async fn scan_again(
    change: &mut Change,
    day_id: i32,
    staff_id: i32,
    scan: &Scan<'_>,
    now: &str,
) -> Result<bool> {
    let read = sql!(
        "SELECT remarks, time_in FROM staff_attendance_records
         WHERE training_day_id = $1 AND staff_id = $2 FOR UPDATE"
    );
    let Some(old) = change.one::<StaffRecord>(read, &[&day_id, &staff_id]).await? else { return Ok(false) };
    update(change, day_id, staff_id, &old.scanned(scan, now)).await
}

impl StaffRecord {
    /// What a scan changes.
    fn scanned<'a>(&self, scan: &Scan<'a>, now: &'a str) -> Entry<'a> {
        let remarks = is_blank(&self.remarks).then_some(SCANNED);
        let new = Entry { status: scan.status, remarks, time_in: None, time_out: None };
        if scan.status != Status::Present {
            new
        } else if is_blank(&self.time_in) {
            Entry { time_in: scan.time_in.or(Some(now)), ..new }
        } else {
            Entry { time_out: scan.time_out.or((!self.is_same_scan(scan, now)).then_some(now)), ..new }
        }
    }

    /// Whether this scan is the one that recorded the arrival.
    fn is_same_scan(&self, scan: &Scan<'_>, now: &str) -> bool {
        if scan.time_in.is_some() && scan.time_in == self.time_in.as_deref() {
            return true;
        }
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), TIME_FORMAT).ok();
        let both = self.time_in.as_deref().and_then(time).zip(time(now));
        both.is_some_and(|(arrival, now)| (0..SAME_SCAN_SECONDS).contains(&(now - arrival).num_seconds()))
    }
}

/// The person, or 404.
pub async fn find(change: &mut Change, staff_id: i32) -> Result<Scanned> {
    let find = sql!("SELECT id, rank, first_name, last_name, afpsn FROM training_staff WHERE id = $1");
    change.one(find, &[&staff_id]).await?.ok_or_else(|| not_found("Staff not found"))
}

/// Tells the clients that watch the staff.
pub async fn publish(change: &mut Change, day_id: i32, staff_id: i32, status: Status) -> Result<()> {
    let payload = json!({ "staffId": staff_id, "dayId": day_id, "status": status });
    events::publish(change, "staff_attendance_updated", None, payload).await
}

fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|text| text.trim().is_empty())
}
