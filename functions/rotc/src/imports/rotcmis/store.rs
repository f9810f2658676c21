//! Writing records of any days: the totals first, then the days, then the records.

use std::collections::HashMap;

use shared::{
    Result,
    db::Change,
    imports::{
        Effect,
        merge::{Gathered, Strategy},
    },
    sql,
};

use crate::{
    attendance::{
        import_records::{ListedEntry, Present, record_list},
        status::Status,
    },
    grades::attendance_total,
    imports::plan::Report,
};

/// A record: its row, how it names the cadet, the day, the cadet, how they attended.
pub type Listed = (usize, String, String, i32, Status);

/// Writes the records, and counts what became of each.
pub async fn store(
    change: &mut Change,
    strategy: Strategy,
    listed: Vec<Listed>,
    report: &mut Report,
) -> Result<()> {
    let mut cadet_ids: Vec<i32> = listed.iter().map(|(_, _, _, cadet_id, _)| *cadet_id).collect();
    cadet_ids.sort_unstable();
    attendance_total::hold(change, &cadet_ids).await?;
    let days = days(change, listed.iter().map(|(_, _, day, _, _)| day.clone()).collect()).await?;
    let overwrite = strategy != Strategy::Skip;
    let mut entries: Gathered<(i32, i32), ListedEntry> = Gathered::default();
    let mut sources = Vec::new();
    for (row, who, day, cadet_id, status) in listed {
        let day_id = days.get(&day).copied().unwrap_or_default();
        sources.push((row, who, (day_id, cadet_id)));
        let new = || ListedEntry { day_id, cadet_id, status, remarks: None, time_in: None, time_out: None };
        let (entry, is_new) = entries.entry((day_id, cadet_id), new);
        if overwrite && !is_new {
            entry.status = status;
        }
    }
    let entries = entries.into_records();
    let written =
        record_list(change, &entries, if overwrite { Present::Changed } else { Present::Stay }).await?;
    let mut effects: HashMap<(i32, i32), Effect> = HashMap::new();
    for record in written {
        let effect = if record.created { Effect::Created } else { Effect::Updated };
        effects.insert((record.training_day_id, record.cadet_id), effect);
        let ids = if record.created { &mut report.created_ids } else { &mut report.updated_ids };
        ids.push(record.id);
    }
    let kept = if overwrite { Effect::Unchanged } else { Effect::Skipped };
    for (row, who, key) in sources {
        // The first record of a cadet and day makes it, the others find it.
        let effect = effects.insert(key, kept).unwrap_or(kept);
        report.count(row, &who, effect, Vec::new());
    }
    Ok(())
}

/// The training days of these dates; those that are missing are made, after the totals are held.
async fn days(change: &mut Change, mut dates: Vec<String>) -> Result<HashMap<String, i32>> {
    dates.sort_unstable();
    dates.dedup();
    let find =
        sql!("SELECT date, id FROM training_days WHERE date = ANY($1) ORDER BY date, id DESC FOR KEY SHARE");
    let mut found: HashMap<String, i32> =
        change.all::<(String, i32)>(find, &[&dates]).await?.into_iter().collect();
    if dates.iter().all(|date| found.contains_key(date)) {
        return Ok(found);
    }
    // One after the other, so that two imports of a day make it once.
    change.execute(sql!("LOCK TABLE training_days IN SHARE ROW EXCLUSIVE MODE"), &[]).await?;
    let insert = sql!(
        "INSERT INTO training_days (date, title, description)
         SELECT wanted, 'Training ' || wanted, 'Imported from ROTCMIS' FROM unnest($1::text[]) AS wanted
         WHERE NOT EXISTS (SELECT FROM training_days WHERE date = wanted)
         ORDER BY wanted RETURNING date, id"
    );
    change.execute(insert, &[&dates]).await?;
    found = change.all::<(String, i32)>(find, &[&dates]).await?.into_iter().collect();
    Ok(found)
}
