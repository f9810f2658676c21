//! The worker of an ordinary server: receives messages and does the jobs they name, a few of each queue at a time.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::{Jobs, Queue, plan, receive, sweep};
use crate::{App, Result, db::Actor, queue::Message, sql, system::System};

/// How long one call waits for messages.
const WAIT: Duration = Duration::from_secs(20);

/// How long to wait before a broker that is away is asked again.
const AWAY: Duration = Duration::from_secs(5);

/// Messages of one call.
const BATCH: usize = 10;

/// How often it looks for what was lost: often where other processes of the same database cannot tell it.
const SWEEP: Duration = Duration::from_mins(1);
const SWEEP_ALONE: Duration = Duration::from_secs(5);

/// How long jobs may go on after the end was asked for. What is not done then is taken over by another worker.
const GRACE: Duration = Duration::from_secs(20);

/// A worker that was not seen for so long is gone.
const GONE: TimeDelta = TimeDelta::days(1);

/// Does jobs as they come, until `stop` turns true; then finishes those it has begun.
pub async fn work(system: &'static System, app: App, mut stop: watch::Receiver<bool>) {
    let name = format!("{} {}", system.name, std::process::id());
    let mut tasks = JoinSet::new();
    for queue in Queue::ALL {
        tasks.spawn(serve(app.clone(), system.jobs, queue, stop.clone()));
    }
    let id = app.ids.uuid();
    tokio::select! {
        () = keep_in_order(system.jobs, &app, id, &name) => {}
        // An error means that the sender is gone, which also means the end.
        _ = stop.wait_for(|stop| *stop) => {}
    }
    let ended = timeout(GRACE, async { while tasks.join_next().await.is_some() {} }).await;
    if ended.is_err() {
        tracing::warn!("jobs were stopped in the middle; another worker takes them over");
    }
    if let Err(cause) = leave(&app, id).await {
        tracing::debug!(%cause, "a worker left without a word");
    }
}

/// Does the jobs of one queue.
async fn serve(app: App, jobs: &'static Jobs, queue: Queue, mut stop: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(app.config.queue.jobs_at_once));
    let mut running = JoinSet::new();
    loop {
        let next = async {
            let slot = slots.clone().acquire_owned().await;
            let most = (slots.available_permits() + 1).min(BATCH);
            (slot, app.broker.receive(queue, most, WAIT).await)
        };
        let (slot, received) = tokio::select! {
            next = next => next,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        drop(slot);
        match received {
            Ok(messages) => {
                for message in messages {
                    // There are as many as were asked for, so none waits long.
                    let slot = slots.clone().acquire_owned().await;
                    let app = app.clone();
                    running.spawn(async move {
                        take(&app, jobs, &message).await;
                        drop(slot);
                    });
                }
            }
            Err(cause) => {
                tracing::warn!(queue = queue.name(), %cause, "no messages can be received");
                sleep(AWAY).await;
            }
        }
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

/// A message that could not be dealt with comes again when its time is over.
async fn take(app: &App, jobs: &Jobs, message: &Message) {
    if let Err(cause) = receive(app, jobs, message).await {
        tracing::warn!(message = message.body, %cause, "a message could not be dealt with");
    }
}

/// Starts what the clock starts, sends what was lost, and says that this worker lives.
async fn keep_in_order(jobs: &Jobs, app: &App, id: Uuid, name: &str) {
    let often = if app.broker.is_volatile() { SWEEP_ALONE } else { SWEEP };
    loop {
        if let Err(cause) = round(app, jobs, id, name).await {
            tracing::warn!(%cause, "jobs could not be put in order");
        }
        sleep(often).await;
    }
}

/// What the function of the clock does every minute: it stands for the functions that the queues start.
pub async fn put_in_order(app: &App, system: &System) -> Result<usize> {
    round(app, system.jobs, Uuid::nil(), system.name).await
}

async fn round(app: &App, jobs: &Jobs, id: Uuid, name: &str) -> Result<usize> {
    plan(app, jobs).await?;
    let sent = sweep(app, jobs).await?;
    seen(app, id, name).await?;
    Ok(sent)
}

/// Notes that a worker lives, once a minute.
async fn seen(app: &App, id: Uuid, name: &str) -> Result<()> {
    let queues: Vec<&str> = Queue::ALL.iter().map(|queue| queue.name()).collect();
    let at_once = i32::try_from(app.config.queue.jobs_at_once).unwrap_or(i32::MAX);
    let now = app.clock.now();
    let mut change = app.db.change_for_access(&Actor::default(), "jobs").await?;
    let note = sql!(
        "INSERT INTO muster.workers AS known (id, name, queues, at_once, started_at, seen_at)
         VALUES ($1, $2, $3, $4, $5, $5)
         ON CONFLICT (id) DO UPDATE SET seen_at = $5 WHERE known.seen_at < $5::timestamptz - interval '50 seconds'"
    );
    change.execute(note, &[&id, &name, &queues, &at_once, &now]).await?;
    change.execute(sql!("DELETE FROM muster.workers WHERE seen_at < $1"), &[&(now - GONE)]).await?;
    change.commit().await
}

async fn leave(app: &App, id: Uuid) -> Result<()> {
    let mut change = app.db.change_for_access(&Actor::default(), "jobs").await?;
    change.execute(sql!("DELETE FROM muster.workers WHERE id = $1"), &[&id]).await?;
    change.commit().await
}
