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
    recording::{Entry, Manner, SCANNED, TIME_FORMAT, notice, time_now},
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
        /// The person.
        pub id: i32,
        /// Rank.
        pub rank: Option<String>,
        /// First name.
        pub first_name: String,
        /// Last name.
        pub last_name: String,
        /// Serial number.
        pub afpsn: Option<String>,
    }
}

row! {
    #[derive(Clone, Debug, PartialEq)]
    struct StaffRecord {
        id: i32,
        status: String,
        remarks: Option<String>,
        time_in: Option<String>,
        time_out: Option<String>,
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
    let now = time_now(app);
    let arrival = (scan.status == Status::Present).then(|| scan.time_in.unwrap_or(&now));
    let entry = Entry { status: scan.status, remarks: Some(SCANNED), time_in: arrival, time_out: None };
    let created = insert_missing(change, day_id, staff_id, &entry).await?;
    if !created && !scan_again(change, day_id, staff_id, scan, &now).await? {
        return Ok(false);
    }
    let told = notice(&day, scan.status, Manner::Scan);
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
        "SELECT id, status, remarks, time_in, time_out FROM staff_attendance_records
         WHERE training_day_id = $1 AND staff_id = $2 FOR UPDATE"
    );
    let Some(old) = change.one::<StaffRecord>(read, &[&day_id, &staff_id]).await? else { return Ok(false) };
    let new = old.scanned(scan, now);
    if new == old {
        return Ok(false);
    }
    let update = sql!(
        "UPDATE staff_attendance_records SET status = $2, remarks = $3, time_in = $4, time_out = $5 WHERE id = $1"
    );
    change.execute(update, &[&new.id, &new.status, &new.remarks, &new.time_in, &new.time_out]).await?;
    Ok(true)
}

impl StaffRecord {
    /// The record after a scan.
    fn scanned(&self, scan: &Scan<'_>, now: &str) -> Self {
        let mut new = self.clone();
        scan.status.as_str().clone_into(&mut new.status);
        if is_blank(&self.remarks) {
            new.remarks = Some(SCANNED.to_owned());
        }
        if scan.status != Status::Present {
            return new;
        }
        if is_blank(&self.time_in) {
            new.time_in = Some(scan.time_in.unwrap_or(now).to_owned());
        } else if let Some(left) = scan.time_out {
            new.time_out = Some(left.to_owned());
        } else if !self.is_same_scan(scan, now) {
            new.time_out = Some(now.to_owned());
        }
        new
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
