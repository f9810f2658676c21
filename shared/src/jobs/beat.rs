//! What goes on beside a job: saying that its worker lives, and how far it is.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant, sleep_until};

use super::Task;
use crate::{
    Result,
    db::unit_of_work,
    queue::{Message, VISIBILITY},
    sql,
};

/// How often a worker says that it lives: three times in the time it would be given up after.
const BEAT: Duration = Duration::from_secs(20);

/// How often progress is noted at most.
const PROGRESS: Duration = Duration::from_millis(500);

/// Extends the claim and the message, and notes the progress, until the job is no longer this worker's.
pub(super) async fn until_lost(task: &Task, message: Option<&Message>) {
    let mut progress = task.progress.subscribe();
    let mut beat = Instant::now() + BEAT;
    loop {
        tokio::select! {
            // The task in hand keeps the sender, so this ends by news only.
            _news = progress.changed() => {}
            () = sleep_until(beat) => {}
        }
        let now = *progress.borrow_and_update();
        match unit_of_work(note(task, now)).await {
            Ok(Noted::Ours) => {}
            Ok(Noted::Later) => progress.mark_changed(),
            Ok(Noted::Lost) => return,
            // The lease may survive it, and `finish` looks again.
            Err(cause) => {
                tracing::warn!(job = %task.id, %cause, "a job's worker could not say that it lives")
            }
        }
        if Instant::now() < beat {
            sleep_until(Instant::now() + PROGRESS).await;
            continue;
        }
        beat = Instant::now() + BEAT;
        if let Some(message) = message
            && let Err(cause) = task.app.broker.extend(message).await
        {
            tracing::warn!(job = %task.id, %cause, "a message could not be kept from other workers");
        }
    }
}

/// What came of noting that a worker lives.
enum Noted {
    /// The job is this worker's.
    Ours,
    /// The job holds the only connection. With one connection the claim is as long as the job may take; the progress is
    /// noted when the connection is free.
    Later,
    /// The job is another worker's by now, or was cancelled.
    Lost,
}

async fn note(task: &Task, progress: super::Progress) -> Result<Noted> {
    let lease_until = task.app.clock.now() + TimeDelta::from_std(VISIBILITY)?;
    let known = progress.of > 0;
    let done = known.then(|| i64::try_from(progress.done)).transpose()?;
    let of = known.then(|| i64::try_from(progress.of)).transpose()?;
    let note = sql!(
        "UPDATE muster.jobs
         SET lease_until = greatest(lease_until, $3), progress_done = $4, progress_of = $5
         WHERE id = $1 AND tries = $2 AND status = 'running'"
    );
    let Some(mut change) = task.app.db.change_if_free("jobs").await? else {
        return Ok(Noted::Later);
    };
    let ours = change.execute(note, &[&task.id, &task.tries, &lease_until, &done, &of]).await? > 0;
    change.commit().await?;
    // A job that has finished in its own transaction is not lost: it is about to end.
    Ok(if ours || has_finished(task).await? { Noted::Ours } else { Noted::Lost })
}

async fn has_finished(task: &Task) -> Result<bool> {
    let find =
        sql!("SELECT EXISTS (SELECT FROM muster.jobs WHERE id = $1 AND tries = $2 AND status = 'done')");
    task.app.db.read().await?.only(find, &[&task.id, &task.tries]).await
}
