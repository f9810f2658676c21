//! The numbers of records that were checked.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::CheckedRecord;
use crate::attendance::status::Status;

/// How many records are which.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordsSummary {
    total: usize,
    valid: usize,
    invalid: usize,
    duplicates: usize,
    by_status: BTreeMap<String, usize>,
    /// Valid records in percent.
    data_quality: u32,
}

/// Marks the records of which there are several for one person and day.
pub fn mark_duplicates(records: &mut [CheckedRecord]) {
    let key = |record: &CheckedRecord| {
        let who = record.student_id.clone().or(record.name.as_ref().map(|name| name.to_lowercase()))?;
        Some((who, record.date.as_ref()?.get(..10)?.to_owned()))
    };
    let mut counts: HashMap<(String, String), usize> = HashMap::new();
    for key in records.iter().filter_map(key) {
        *counts.entry(key).or_default() += 1;
    }
    for record in records {
        record.is_duplicate_in_batch = key(record).is_some_and(|key| counts[&key] > 1);
    }
}

pub fn summary(records: &[CheckedRecord]) -> RecordsSummary {
    let total = records.len();
    let valid = records.iter().filter(|record| record.errors.is_empty()).count();
    let mut by_status = BTreeMap::new();
    for record in records {
        let status = record.status.map_or("invalid", Status::as_str);
        *by_status.entry(status.to_owned()).or_default() += 1;
    }
    // Halves are rounded up, as JavaScript does.
    let data_quality = (valid * 200 + total).checked_div(2 * total).unwrap_or_default();
    RecordsSummary {
        total,
        valid,
        invalid: total - valid,
        duplicates: records.iter().filter(|record| record.is_duplicate_in_batch).count(),
        by_status,
        data_quality: u32::try_from(data_quality).unwrap_or_default(),
    }
}
