//! Changes that others have committed: other processes, the legacy server, somebody with `psql`.
//!
//! Triggers insert a row into `muster.table_changes` for every table that a transaction writes. A process remembers the
//! snapshot in which it last read them, and asks for the rows of the transactions that were still invisible in it. That is
//! exact: a row becomes visible together with its change, however long the transaction took and in whatever order
//! transactions end; those rolled back leave none.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Versions, versions::ALL};
use crate::{
    App, Result,
    db::{Db, Sql},
    row, sql,
};

/// How old the knowledge of a process may be.
const MAX_AGE: TimeDelta = TimeDelta::seconds(1);

/// A process that has not asked for longer may have missed rows that are gone: anything may have changed.
const MAX_GAP: TimeDelta = TimeDelta::minutes(5);

/// How long rows stay at least. Longer than the gap, because a snapshot may be taken later than its time says.
const KEEP: TimeDelta = TimeDelta::minutes(15);

/// Rows read at most; when there are more, anything may have changed.
const MOST_ROWS: i64 = 10_000;

/// The snapshot that has seen no transaction.
const NOTHING_SEEN: &str = "1:1:";

/// Up to where a process has read the changes.
#[derive(Clone, Debug)]
pub(super) struct Position {
    snapshot: String,
    /// Another time is another server: a replica that was promoted, a restored backup. Snapshots of the old one mean nothing.
    server_started: DateTime<Utc>,
    at: DateTime<Utc>,
}

row! {
    struct News {
        snapshot: String,
        server_started: DateTime<Utc>,
        // `xid table`
        changes: Vec<String>,
    }
}

impl Versions {
    /// Reads what anybody has committed, unless that was done less than a second ago by the wall clock (a function that
    /// was frozen must ask again). Callers must hold no connection; those who come meanwhile wait for the same query.
    pub async fn refresh(&self, db: &Db) -> Result<()> {
        if self.is_fresh(db.clock().now()) {
            return Ok(());
        }
        let mut position = self.position.lock().await;
        // Before the query: what is committed while it runs may be missing in it.
        let now = db.clock().now();
        if self.is_fresh(now) {
            return Ok(());
        }
        let known =
            position.clone().filter(|known| (TimeDelta::zero()..=MAX_GAP).contains(&(now - known.at)));
        // What Redis has may be older than this process; what this process has is not.
        let most = if known.is_none() && !self.is_shared() { 0 } else { MOST_ROWS };
        let own = std::mem::take(&mut *self.own());
        let since = known.as_ref().map_or(NOTHING_SEEN, |known| &known.snapshot);
        let news: News = db.read().await?.only(CHANGED, &[&since, &most]).await?;
        let too_many = most > 0 && news.changes.len() >= usize::try_from(most)?;
        let other_server = known.as_ref().is_some_and(|known| known.server_started != news.server_started);
        if too_many || other_server {
            self.all_changed().await;
        } else {
            let mut changes = by_transaction(&news.changes);
            match known {
                // This process has not asked before, or not for long: it knows nothing.
                None => self.count([ALL]),
                Some(_) => {
                    changes.retain(|transaction, _| !own.contains(*transaction));
                    self.count(changes.values().flatten().copied());
                }
            }
            self.tell_committed(&changes).await;
        }
        self.tell_complete().await;
        *position = Some(Position { snapshot: news.snapshot, server_started: news.server_started, at: now });
        self.checked_at.store(now.timestamp_micros(), Ordering::Release);
        Ok(())
    }

    fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        let checked_at = DateTime::from_timestamp_micros(self.checked_at.load(Ordering::Acquire));
        // A clock that was set back makes the age negative.
        checked_at.is_some_and(|at| (TimeDelta::zero()..MAX_AGE).contains(&(now - at)))
    }
}

/// Tables by the transaction that has written them.
fn by_transaction(changes: &[String]) -> BTreeMap<&str, Vec<&str>> {
    let mut tables = BTreeMap::<&str, Vec<&str>>::new();
    for (transaction, table) in changes.iter().filter_map(|change| change.split_once(' ')) {
        tables.entry(transaction).or_default().push(table);
    }
    tables
}

/// The changes committed since a snapshot. Rows of a restored backup may carry transactions that this server has yet to reach.
const CHANGED: Sql = sql!(
    "SELECT pg_current_snapshot()::text AS snapshot, pg_postmaster_start_time() AS server_started,
            array(SELECT xid::text || ' ' || table_name FROM muster.table_changes
                  WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot)
                    AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)
                    AND pg_visible_in_snapshot(xid, pg_current_snapshot())
                  LIMIT $2) AS changes"
);

/// Deletes the rows that every process has read, or will not ask for.
///
/// By what a snapshot of that time has seen, and not by the time of the row: a transaction that ran for an hour becomes
/// visible with its commit. Safe to run at once in several processes.
pub(crate) async fn trim(app: &App) -> Result<()> {
    if app.config.database.read_only {
        return Ok(());
    }
    let any: bool =
        app.db.read().await?.only(sql!("SELECT EXISTS (SELECT FROM muster.table_changes)"), &[]).await?;
    if !any {
        return Ok(());
    }
    let trim = sql!(
        "WITH old AS (
             SELECT taken_at, snapshot FROM muster.table_change_snapshots
             WHERE taken_at <= $2 ORDER BY taken_at DESC LIMIT 1),
         trimmed AS (
             DELETE FROM muster.table_changes USING old WHERE xid < pg_snapshot_xmin(old.snapshot)),
         forgotten AS (
             DELETE FROM muster.table_change_snapshots AS earlier USING old WHERE earlier.taken_at < old.taken_at)
         INSERT INTO muster.table_change_snapshots (taken_at, snapshot) VALUES ($1, pg_current_snapshot())
         ON CONFLICT (taken_at) DO NOTHING"
    );
    let now = app.clock.now();
    let mut change = app.db.change_for_system("trim table changes").await?;
    change.execute(trim, &[&now, &(now - KEEP)]).await?;
    change.commit().await
}
