//! Recording what a list says: many cadets, each with their own status and times, perhaps of many days.

use shared::{Result, db::Change};

pub use super::rows::Present;
use super::{
    rows::{self, Columns, Entry, Written},
    status::Status,
};
use crate::grades::attendance_total;

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

impl ListedEntry {
    fn entry(&self) -> Entry<'_> {
        Entry {
            status: self.status,
            remarks: self.remarks.as_deref(),
            time_in: self.time_in.as_deref(),
            time_out: self.time_out.as_deref(),
        }
    }
}

/// Records a list in which every cadet stands once for each day. The caller holds the grades rows
/// ([`attendance_total::hold`]). Gives the records that are new or have changed.
///
/// Legacy: nobody gets a notice of an imported list.
pub async fn record_list(
    change: &mut Change,
    entries: &[ListedEntry],
    present: Present,
) -> Result<Vec<Written>> {
    let list: Columns<'_> =
        entries.iter().map(|entry| (entry.day_id, entry.cadet_id, entry.entry())).collect();
    let written = rows::write(change, &list, present, Some("")).await?;
    let mut touched: Vec<i32> = written.iter().map(|record| record.cadet_id).collect();
    touched.sort_unstable();
    touched.dedup();
    attendance_total::recount(change, &touched).await?;
    rows::publish(change, &written).await?;
    Ok(written)
}
