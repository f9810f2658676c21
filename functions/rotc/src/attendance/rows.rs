//! The attendance records of cadets in the table: one for each day and cadet, whoever writes it. What an entry leaves
//! out is kept: a status may change, times and remarks are not lost by it.

use serde_json::{Value, json};
use shared::{Result, db::Change, row, sql};

use super::status::Status;
use crate::events;

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

/// What becomes of the records that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// They stay as they are.
    Stay,
    /// They keep their status, and get what they do not have yet.
    Filled,
    /// Somebody comes by and is scanned: the status changes, but the first arrival and what was noted before stay.
    Scanned,
    /// They take over what the entry says.
    Changed,
}

row! {
    /// A record that was made or changed.
    #[derive(Clone, Debug)]
    pub struct Written {
        /// The record.
        pub id: i32,
        /// Its day.
        pub training_day_id: i32,
        /// Whose it is.
        pub cadet_id: i32,
        /// How they attended.
        pub status: String,
        /// Whether it is new.
        pub created: bool,
    }
}

/// Entries as PostgreSQL takes them.
#[derive(Default)]
pub struct Columns<'a> {
    days: Vec<i32>,
    cadets: Vec<i32>,
    statuses: Vec<&'static str>,
    remarks: Vec<Option<&'a str>>,
    times_in: Vec<Option<&'a str>>,
    times_out: Vec<Option<&'a str>>,
}

/// Of a day, a cadet and what is recorded of them.
impl<'a> FromIterator<(i32, i32, Entry<'a>)> for Columns<'a> {
    fn from_iter<T: IntoIterator<Item = (i32, i32, Entry<'a>)>>(entries: T) -> Self {
        let mut columns = Self::default();
        for (day_id, cadet_id, entry) in entries {
            columns.days.push(day_id);
            columns.cadets.push(cadet_id);
            columns.statuses.push(entry.status.as_str());
            columns.remarks.push(entry.remarks);
            columns.times_in.push(entry.time_in);
            columns.times_out.push(entry.time_out);
        }
        columns
    }
}

/// Writes a list in which every cadet stands once for each day. Gives the records that are new or have changed.
/// `no_remarks` is what a new record without remarks gets.
pub async fn write(
    change: &mut Change,
    list: &Columns<'_>,
    present: Present,
    no_remarks: Option<&str>,
) -> Result<Vec<Written>> {
    let mut written = insert_missing(change, list, no_remarks).await?;
    if present != Present::Stay && written.len() < list.cadets.len() {
        written.extend(update_others(change, list, &written, present).await?);
    }
    Ok(written)
}

/// Makes the records that are not there yet, in the order of the list. Those that are there are looked for first, as a
/// conflict would use up an id.
async fn insert_missing(
    change: &mut Change,
    list: &Columns<'_>,
    no_remarks: Option<&str>,
) -> Result<Vec<Written>> {
    let insert = sql!(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks, time_in, time_out)
         SELECT new.day_id, new.cadet_id, new.status, coalesce(new.remarks, $7), new.time_in, new.time_out
         FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
              WITH ORDINALITY AS new (day_id, cadet_id, status, remarks, time_in, time_out, place)
         WHERE NOT EXISTS (SELECT FROM attendance_records AS old
                           WHERE old.training_day_id = new.day_id AND old.cadet_id = new.cadet_id)
         ORDER BY new.place
         ON CONFLICT (training_day_id, cadet_id) DO NOTHING
         RETURNING id, training_day_id, cadet_id, status, true AS created"
    );
    let Columns { days, cadets, statuses, remarks, times_in, times_out } = list;
    change.all(insert, &[days, cadets, statuses, remarks, times_in, times_out, &no_remarks]).await
}

/// Changes the records that were there. Rows that stay the same are not touched and not given.
async fn update_others(
    change: &mut Change,
    list: &Columns<'_>,
    created: &[Written],
    present: Present,
) -> Result<Vec<Written>> {
    let update = sql!(
        "UPDATE attendance_records AS old
         SET status = new.status, remarks = new.remarks, time_in = new.time_in, time_out = new.time_out
         FROM (SELECT record.id, CASE WHEN $8 THEN record.status ELSE list.status END AS status,
                      CASE WHEN ($8 OR $9) AND record.remarks <> '' THEN record.remarks
                           ELSE coalesce(list.remarks, record.remarks) END AS remarks,
                      CASE WHEN ($8 OR $9) AND record.time_in <> '' THEN record.time_in
                           ELSE coalesce(list.time_in, record.time_in) END AS time_in,
                      CASE WHEN $9 OR $8 AND record.time_out <> '' THEN record.time_out
                           ELSE coalesce(list.time_out, record.time_out) END AS time_out
               FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
                    AS list (day_id, cadet_id, status, remarks, time_in, time_out)
               JOIN attendance_records AS record
                    ON record.training_day_id = list.day_id AND record.cadet_id = list.cadet_id) AS new
         WHERE old.id = new.id AND old.id <> ALL($7)
           AND (old.status, old.remarks, old.time_in, old.time_out) IS DISTINCT FROM
               (new.status, new.remarks, new.time_in, new.time_out)
         RETURNING old.id, old.training_day_id, old.cadet_id, old.status, false AS created"
    );
    let created: Vec<i32> = created.iter().map(|record| record.id).collect();
    let Columns { days, cadets, statuses, remarks, times_in, times_out } = list;
    let (fills, scans) = (present == Present::Filled, present == Present::Scanned);
    change
        .all(update, &[days, cadets, statuses, remarks, times_in, times_out, &created, &fills, &scans])
        .await
}

/// Tells the clients that watch the cadets of these records.
pub async fn publish(change: &mut Change, written: &[Written]) -> Result<()> {
    publish_each(
        change,
        written.iter().map(|record| (record.training_day_id, record.cadet_id, Some(&*record.status))),
    )
    .await
}

/// Tells the clients that watch these cadets that their records of the day are gone.
pub async fn publish_removed(change: &mut Change, day_id: i32, cadet_ids: &[i32]) -> Result<()> {
    publish_each(change, cadet_ids.iter().map(|cadet_id| (day_id, *cadet_id, None))).await
}

async fn publish_each(
    change: &mut Change,
    records: impl Iterator<Item = (i32, i32, Option<&str>)>,
) -> Result<()> {
    let event = |(day_id, cadet_id, status)| {
        (cadet_id, json!({ "cadetId": cadet_id, "dayId": day_id, "status": status }))
    };
    let (cadet_ids, payloads): (Vec<i32>, Vec<Value>) = records.map(event).unzip();
    events::publish_each(change, "attendance_updated", &cadet_ids, &payloads).await
}
