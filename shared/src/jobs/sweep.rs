//! Repairing what was lost between jobs and queues.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{Jobs, Queue, outcome};
use crate::{App, Result, cache, error::unavailable_because, http::idempotency, mail, row, sql};

/// A job that was not sent for so long was forgotten, by a process that died after the commit.
const FORGOTTEN: TimeDelta = TimeDelta::minutes(2);

/// A message on its way for so long may be lost.
const LOST: TimeDelta = TimeDelta::minutes(15);

/// Messages of one sweep; the next sends more.
const MOST: i64 = 1_000;

row! {
    struct Abandoned {
        id: Uuid,
        kind: String,
        tries: i32,
    }
}

/// Sends what waits without a message to its queue again, and gives up the jobs whose workers died at every try. Tells how
/// many were sent.
///
/// Safe to run at once in several processes: a doubled message finds nothing to do, and a job is given up once.
pub async fn sweep(app: &App, jobs: &Jobs) -> Result<usize> {
    mail::adopt(app).await?;
    cache::trim(app).await?;
    idempotency::trim(app).await?;
    give_up(app, jobs).await?;
    let now = app.clock.now();
    // Messages in the memory of a process are gone with it, whatever is noted about them.
    let (forgotten, lost) = match app.broker.is_volatile() {
        true => (None, None),
        false => (Some(now - FORGOTTEN), Some(now - LOST)),
    };
    let find = sql!(
        "SELECT queue, id FROM muster.jobs
         WHERE kind = ANY($1)
           AND (status = 'queued' AND (run_at IS NULL OR run_at <= $2)
                AND ($3::timestamptz IS NULL OR CASE WHEN sent_at IS NULL THEN coalesce(run_at, created_at) <= $3
                                                     ELSE sent_at <= $4 END)
             OR status = 'running' AND lease_until <= $2
                AND ($3 IS NULL OR sent_at IS NULL OR sent_at <= lease_until OR sent_at <= $4))
         ORDER BY created_at, id LIMIT $5"
    );
    let names: Vec<&str> = jobs.runnable(app).map(|kind| kind.name).collect();
    let params: [crate::db::Param<'_>; 5] = [&names, &now, &forgotten, &lost, &MOST];
    let waiting: Vec<(String, Uuid)> = app.db.read().await?.all(find, &params).await?;
    let waiting: Vec<(Queue, Uuid)> =
        waiting.into_iter().filter_map(|(queue, id)| Some((Queue::parse(&queue)?, id))).collect();
    app.db.send(&waiting, std::time::Duration::ZERO).await;
    Ok(waiting.len())
}

/// Gives up the jobs that no try of a worker has survived.
async fn give_up(app: &App, jobs: &Jobs) -> Result<()> {
    let tries: BTreeMap<&str, i32> = jobs.runnable(app).map(|kind| (kind.name, kind.tries)).collect();
    let (names, most): (Vec<&str>, Vec<i32>) = tries.into_iter().unzip();
    let find = sql!(
        "SELECT id, kind, jobs.tries
         FROM muster.jobs JOIN unnest($1::text[], $2::int[]) AS ours (kind, tries) USING (kind)
         WHERE status = 'running' AND lease_until <= $3 AND jobs.tries >= ours.tries"
    );
    let now: DateTime<Utc> = app.clock.now();
    let abandoned: Vec<Abandoned> = app.db.read().await?.all(find, &[&names, &most, &now]).await?;
    for job in abandoned {
        let Some(kind) = jobs.kind(&job.kind) else { continue };
        let cause = unavailable_because("The worker stopped in the middle of the job each time.");
        tracing::error!(job = %job.id, kind = kind.name, "no worker has survived a job");
        outcome::fail(app, jobs, kind, job.id, job.tries, &cause).await?;
    }
    Ok(())
}
