//! Removing what nobody needs any more, every night.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Job, Task};
use crate::{App, Result, db::Sql, files::Listing, sql};

/// Rows of one transaction: others wait for none of them for long.
const BATCH: i64 = 5_000;

/// A file younger than this may belong to a request or a job that is about to write it down.
const YOUNG: TimeDelta = TimeDelta::days(1);

/// Something that goes when it is old or nothing needs it.
#[derive(Debug)]
pub enum CleanUpRule {
    /// Rows.
    Rows {
        /// What they are, in the log.
        what: &'static str,
        /// How old they are when they go.
        after_days: i64,
        /// A `DELETE` of at most `$2` rows that are older than the moment `$1`.
        delete: Sql,
    },
    /// Files in private storage that are at least a day old.
    Files {
        /// How their names begin.
        folder: &'static str,
        /// Which of the names `$1` (`text[]`) may go.
        unneeded: Sql,
    },
}

/// Removes what the rules of Muster and of the system name ([`crate::system::System::clean_up`]).
///
/// Safe to run twice: what is gone is gone.
#[derive(Debug, Serialize, Deserialize)]
pub struct CleanUp {}

impl Job for CleanUp {
    const KIND: &'static str = "clean_up";

    const EVERY: Option<Duration> = Some(Duration::from_hours(24));

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = &task.app;
        for rule in RULES.iter().chain(app.system.clean_up) {
            let (what, deleted) = match *rule {
                CleanUpRule::Rows { what, after_days, delete } => {
                    (what, delete_rows(app, after_days, delete).await?)
                }
                CleanUpRule::Files { folder, unneeded } => {
                    (folder, delete_files(app, folder, unneeded).await?)
                }
            };
            if deleted > 0 {
                tracing::info!(what, deleted, "cleaned up");
            }
        }
        Ok(())
    }
}

/// Of every system.
static RULES: &[CleanUpRule] = &[
    CleanUpRule::Rows {
        what: "sessions",
        // As long as a refresh token lives, which is then told apart from one that never was.
        after_days: 7,
        delete: sql!(
            "DELETE FROM muster.sessions WHERE id IN (
                 SELECT id FROM muster.sessions
                 WHERE absolute_expires_at < $1 OR idle_expires_at < $1 OR revoked_at < $1 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "signin_links",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.signin_links WHERE id IN (
                 SELECT id FROM muster.signin_links WHERE expires_at < $1 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "signin_failures",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.signin_failures WHERE ctid IN (
                 SELECT ctid FROM muster.signin_failures WHERE at < $1 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "lockouts",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.lockouts WHERE account IN (
                 SELECT account FROM muster.lockouts WHERE locked_until < $1 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "rate_limits",
        after_days: 1,
        delete: sql!(
            "DELETE FROM muster.rate_limits WHERE key IN (
                 SELECT key FROM muster.rate_limits WHERE window_start < $1 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "jobs",
        after_days: 30,
        delete: sql!(
            "DELETE FROM muster.jobs WHERE id IN (
                 SELECT id FROM muster.jobs WHERE status IN ('done', 'failed', 'cancelled') AND finished_at < $1 LIMIT $2)"
        ),
    },
    CleanUpRule::Rows {
        what: "mails",
        after_days: 30,
        delete: sql!(
            "DELETE FROM muster.mails WHERE id IN (
                 SELECT id FROM muster.mails WHERE sent_at < $1 OR refused_at < $1 LIMIT $2)"
        ),
    },
    // A job that ends removes its own files, unless it is cancelled, given up, or cannot reach the store.
    CleanUpRule::Files {
        folder: "imports/",
        unneeded: sql!(
            "SELECT name FROM unnest($1::text[]) AS stored (name)
             WHERE NOT EXISTS (SELECT FROM muster.jobs
                               WHERE status IN ('queued', 'running')
                                 AND payload -> 'files' @> jsonb_build_array(jsonb_build_object('place', name)))"
        ),
    },
    // Whoever asked for one was sent to an address that holds for minutes.
    CleanUpRule::Files { folder: "downloads/", unneeded: sql!("SELECT name FROM unnest($1::text[]) AS stored (name)") },
];

/// Deletes one batch after the other, and says how many rows.
async fn delete_rows(app: &App, after_days: i64, delete: Sql) -> Result<u64> {
    let before: DateTime<Utc> = app.clock.now() - TimeDelta::days(after_days);
    let mut all = 0;
    loop {
        let mut change = app.change_across_tenants("clean-up").await?;
        let deleted = change.execute(delete, &[&before, &BATCH]).await?;
        change.commit().await?;
        all += deleted;
        if deleted < BATCH.unsigned_abs() {
            return Ok(all);
        }
    }
}

/// Deletes the files of a folder one page after the other, and says how many.
async fn delete_files(app: &App, folder: &str, unneeded: Sql) -> Result<u64> {
    let (mut from, mut all) = (None, 0);
    loop {
        let Listing { files, next } = app.files.vault().list(folder, from).await?;
        let old = app.clock.now() - YOUNG;
        let names: Vec<String> =
            files.into_iter().filter(|file| file.modified < old).map(|file| file.address).collect();
        if !names.is_empty() {
            let unneeded: Vec<String> =
                app.read_across_tenants("clean-up").await?.all(unneeded, &[&names]).await?;
            for name in &unneeded {
                app.files.vault().delete(name).await?;
            }
            all += u64::try_from(unneeded.len())?;
        }
        match next {
            Some(_) => from = next,
            None => return Ok(all),
        }
    }
}
