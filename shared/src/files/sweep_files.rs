//! Looking for stored files that nobody needs.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{DeleteFile, Listing, Store};
use crate::{
    App, Result,
    jobs::{Job, Task},
    sql,
};

/// A file younger than this may belong to a request that is still running, or to a record somebody is still writing.
const YOUNG: Duration = Duration::from_hours(24);

/// How long a file stands in the report before it is deleted.
pub const REPORTED_FOR: Duration = Duration::from_hours(24 * 7);

/// Walks through all stored files, reports those that no record refers to, and deletes those reported a week ago.
///
/// Safe to run twice: the report keeps the first date, and deleting looks once more whether a record refers to the file.
#[derive(Debug, Serialize, Deserialize)]
pub struct SweepFiles {}

impl Job for SweepFiles {
    const KIND: &'static str = "sweep_files";

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        for store in app.files.stores() {
            sweep(app, store).await?;
        }
        retire(app).await
    }
}

/// One page of the store at a time, each with one statement.
async fn sweep(app: &App, store: &dyn Store) -> Result<()> {
    let mut from = None;
    loop {
        let Listing { files, next } = store.list(from).await?;
        let old: DateTime<Utc> = app.clock.now() - TimeDelta::from_std(YOUNG)?;
        let files = files.into_iter().filter(|file| file.modified < old);
        let (addresses, sizes): (Vec<String>, Vec<i64>) =
            files.map(|file| (file.address, i64::try_from(file.bytes).unwrap_or(i64::MAX))).unzip();
        if !addresses.is_empty() {
            report(app, &addresses, &sizes).await?;
        }
        match next {
            Some(_) => from = next,
            None => return Ok(()),
        }
    }
}

/// Notes which of these files no record refers to, and forgets those that one refers to again. A name that records cannot be
/// asked for, as a file may have that was copied from a legacy server, is left alone.
async fn report(app: &App, addresses: &[String], sizes: &[i64]) -> Result<()> {
    let mut change = app.change_across_tenants("file sweep").await?;
    let forget = sql!(
        "DELETE FROM muster.orphan_files
         WHERE address = ANY($1)
           AND muster.file_key(address) IN (SELECT muster.file_key(address) FROM muster.file_references())"
    );
    change.execute(forget, &[&addresses]).await?;
    let note = sql!(
        "INSERT INTO muster.orphan_files (address, bytes, found_at)
         SELECT address, bytes, $3 FROM unnest($1::text[], $2::bigint[]) AS stored (address, bytes)
         WHERE muster.file_address(address) IS NOT NULL
           AND NOT EXISTS (SELECT FROM muster.file_references() AS known
                           WHERE muster.file_key(known.address) = muster.file_key(stored.address))
         ON CONFLICT (address) DO NOTHING"
    );
    change.execute(note, &[&addresses, &sizes, &app.clock.now()]).await?;
    change.commit().await
}

/// Starts the deletion of what was reported long ago.
async fn retire(app: &App) -> Result<()> {
    let mut change = app.change_across_tenants("file sweep").await?;
    let due: DateTime<Utc> = app.clock.now() - TimeDelta::from_std(REPORTED_FOR)?;
    let take = sql!("DELETE FROM muster.orphan_files WHERE found_at <= $1 RETURNING address");
    for address in change.all::<String>(take, &[&due]).await? {
        change.start(&DeleteFile { address }).await?;
    }
    change.commit().await
}
