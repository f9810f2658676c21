//! Recording what a list says: many cadets, each with their own status and times, perhaps of many days.

use serde_json::{Value, json};
use shared::{Result, db::Change, row, sql};

use super::status::Status;
use crate::{events, grades::attendance_total};

/// What a list says of one cadet on one day.
#[derive(Clone, Debug)]
pub struct ListedEntry {
    /// The training day, which must exist.
    pub day_id: i32,
    /// The cadet, who must exist.
    pub cadet_id: i32,
    /// How they attended.
    pub status: Status,
    /// A remark; none keeps the present one.
    pub remarks: Option<String>,
    /// When they came; none keeps what is there.
    pub time_in: Option<String>,
    /// When they left; none keeps what is there.
    pub time_out: Option<String>,
}

row! {
    /// A record that was made or changed.
    #[derive(Clone, Copy, Debug)]
    pub struct WrittenEntry {
        /// The record.
        pub id: i32,
        /// Its day.
        pub training_day_id: i32,
        /// Whose it is.
        pub cadet_id: i32,
        /// Whether it is new.
        pub created: bool,
    }
}

/// What becomes of the records that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Present {
    /// They stay as they are.
    Stay,
    /// They keep their status, and get what they do not have yet.
    Filled,
    /// They take over what the list says.
    Changed,
}

/// Records a list in which every cadet stands once for each day. The caller holds the grades rows
/// ([`attendance_total::hold`]). Gives the records that are new or have changed.
///
/// Legacy: nobody gets a notice of an imported list.
pub async fn record_list(
    change: &mut Change,
    entries: &[ListedEntry],
    present: Present,
) -> Result<Vec<WrittenEntry>> {
    let columns = Columns::of(entries);
    let mut written = insert_missing(change, &columns).await?;
    if present != Present::Stay {
        written.extend(update_others(change, &columns, &written, present).await?);
    }
    let mut touched: Vec<i32> = written.iter().map(|record| record.cadet_id).collect();
    touched.sort_unstable();
    touched.dedup();
    attendance_total::recount(change, &touched).await?;
    publish(change, entries, &written).await?;
    Ok(written)
}

/// The list as PostgreSQL takes it.
struct Columns<'a> {
    days: Vec<i32>,
    cadets: Vec<i32>,
    statuses: Vec<&'static str>,
    remarks: Vec<Option<&'a str>>,
    times_in: Vec<Option<&'a str>>,
    times_out: Vec<Option<&'a str>>,
}

impl<'a> Columns<'a> {
    fn of(entries: &'a [ListedEntry]) -> Self {
        let mut columns = Self {
            days: Vec::new(),
            cadets: Vec::new(),
            statuses: Vec::new(),
            remarks: Vec::new(),
            times_in: Vec::new(),
            times_out: Vec::new(),
        };
        for entry in entries {
            columns.days.push(entry.day_id);
            columns.cadets.push(entry.cadet_id);
            columns.statuses.push(entry.status.as_str());
            columns.remarks.push(entry.remarks.as_deref());
            columns.times_in.push(entry.time_in.as_deref());
            columns.times_out.push(entry.time_out.as_deref());
        }
        columns
    }
}

/// Makes the records that are not there yet, in the order of the list. Those that are there are looked for first, as a
/// conflict would use up an id.
async fn insert_missing(change: &mut Change, list: &Columns<'_>) -> Result<Vec<WrittenEntry>> {
    let insert = sql!(
        "INSERT INTO attendance_records (training_day_id, cadet_id, status, remarks, time_in, time_out)
         SELECT new.day_id, new.cadet_id, new.status, coalesce(new.remarks, ''), new.time_in, new.time_out
         FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
              WITH ORDINALITY AS new (day_id, cadet_id, status, remarks, time_in, time_out, place)
         WHERE NOT EXISTS (SELECT FROM attendance_records AS old
                           WHERE old.training_day_id = new.day_id AND old.cadet_id = new.cadet_id)
         ORDER BY new.place
         ON CONFLICT (training_day_id, cadet_id) DO NOTHING
         RETURNING id, training_day_id, cadet_id, true AS created"
    );
    let Columns { days, cadets, statuses, remarks, times_in, times_out } = list;
    change.all(insert, &[days, cadets, statuses, remarks, times_in, times_out]).await
}

/// Changes the records that were there. Rows that stay the same are not touched and not given.
async fn update_others(
    change: &mut Change,
    list: &Columns<'_>,
    created: &[WrittenEntry],
    present: Present,
) -> Result<Vec<WrittenEntry>> {
    let update = sql!(
        "UPDATE attendance_records AS old
         SET status = new.status, remarks = new.remarks, time_in = new.time_in, time_out = new.time_out
         FROM (SELECT record.id, CASE WHEN $8 THEN record.status ELSE list.status END AS status,
                      CASE WHEN $8 AND record.remarks <> '' THEN record.remarks
                           ELSE coalesce(list.remarks, record.remarks) END AS remarks,
                      CASE WHEN $8 AND record.time_in <> '' THEN record.time_in
                           ELSE coalesce(list.time_in, record.time_in) END AS time_in,
                      CASE WHEN $8 AND record.time_out <> '' THEN record.time_out
                           ELSE coalesce(list.time_out, record.time_out) END AS time_out
               FROM unnest($1::int[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
                    AS list (day_id, cadet_id, status, remarks, time_in, time_out)
               JOIN attendance_records AS record
                    ON record.training_day_id = list.day_id AND record.cadet_id = list.cadet_id) AS new
         WHERE old.id = new.id AND old.id <> ALL($7)
           AND (old.status, old.remarks, old.time_in, old.time_out) IS DISTINCT FROM
               (new.status, new.remarks, new.time_in, new.time_out)
         RETURNING old.id, old.training_day_id, old.cadet_id, false AS created"
    );
    let created: Vec<i32> = created.iter().map(|record| record.id).collect();
    let Columns { days, cadets, statuses, remarks, times_in, times_out } = list;
    let fills = present == Present::Filled;
    change.all(update, &[days, cadets, statuses, remarks, times_in, times_out, &created, &fills]).await
}

async fn publish(change: &mut Change, entries: &[ListedEntry], written: &[WrittenEntry]) -> Result<()> {
    let touched: std::collections::HashSet<(i32, i32)> =
        written.iter().map(|record| (record.training_day_id, record.cadet_id)).collect();
    let (mut cadet_ids, mut payloads) = (Vec::new(), Vec::<Value>::new());
    for entry in entries.iter().filter(|entry| touched.contains(&(entry.day_id, entry.cadet_id))) {
        cadet_ids.push(entry.cadet_id);
        payloads.push(json!({ "cadetId": entry.cadet_id, "dayId": entry.day_id, "status": entry.status }));
    }
    events::publish_each(change, "attendance_updated", &cadet_ids, &payloads).await
}
