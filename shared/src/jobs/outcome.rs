//! Noting what came of a job.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use super::{JobKind, Jobs, Task, is_lost, worker::Outcome};
use crate::{
    App, Error, Result,
    db::{Actor, Scope},
    error::Kind,
    queue::LONGEST_DELAY,
    reports::Failed,
    sql,
};

/// What the person who started a job is told when the reason is ours.
const OUR_FAULT: &str = "Something went wrong on our side.";

/// Ends, postpones or fails a job, unless it has ended itself or is another worker's by now.
pub(super) async fn note(task: &Task, jobs: &Jobs, kind: &JobKind, ended: Result<()>) -> Result<Outcome> {
    match ended {
        Ok(()) => finish(task).await,
        Err(cause) if is_lost(&cause) => Ok(Outcome::NotOurs),
        // What is wrong stays wrong: a letter that nobody can open is not read four more times.
        Err(cause) if task.tries >= kind.tries || cause.kind() == Kind::Invalid => {
            tracing::error!(job = %task.id, kind = kind.name, %cause, "a job failed for good");
            fail(&task.app, jobs, kind, task.id, task.tries, &cause).await
        }
        Err(cause) => {
            tracing::warn!(job = %task.id, kind = kind.name, %cause, "a job will be tried again");
            postpone(task, kind, &cause).await
        }
    }
}

/// The longest wait for another try.
const LONGEST_WAIT: Duration = Duration::from_hours(6);

/// A job that has finished itself is done already.
async fn finish(task: &Task) -> Result<Outcome> {
    let finish = sql!(
        "UPDATE muster.jobs
         SET status = 'done', last_error = NULL, problem = NULL, finished_at = coalesce(finished_at, $3), lease_until = NULL
         WHERE id = $1 AND tries = $2 AND status IN ('running', 'done')"
    );
    let mut change = task.app.db.change_for_access(&Actor::default(), "jobs").await?;
    let finished = change.execute(finish, &[&task.id, &task.tries, &task.app.clock.now()]).await?;
    change.commit().await?;
    Ok(if finished == 0 { Outcome::NotOurs } else { Outcome::Done })
}

/// Tries again after 1, 2, 4 ... minutes, or whatever the first wait of its kind is, at most six hours. What waits longer than a queue can hold it back is sent by the
/// sweep.
async fn postpone(task: &Task, kind: &JobKind, cause: &Error) -> Result<Outcome> {
    let doubled = 1_u32 << task.tries.clamp(1, 10).saturating_sub(1);
    let wait = kind.wait.saturating_mul(doubled).min(LONGEST_WAIT);
    let run_at = task.app.clock.now() + TimeDelta::from_std(wait)?;
    let postpone = sql!(
        "UPDATE muster.jobs
         SET status = 'queued', run_at = $3, last_error = $4, problem = $5, lease_until = NULL, sent_at = NULL
         WHERE id = $1 AND tries = $2 AND status = 'running'"
    );
    let mut change = task.app.db.change_for_access(&Actor::default(), "jobs").await?;
    let params: [crate::db::Param<'_>; 5] =
        [&task.id, &task.tries, &run_at, &cause.to_string(), &problem(cause)];
    let postponed = change.execute(postpone, &params).await?;
    change.commit().await?;
    if postponed == 0 {
        return Ok(Outcome::NotOurs);
    }
    if wait <= LONGEST_DELAY {
        task.app.db.send(&[(kind.queue, task.id)], wait).await;
    }
    Ok(Outcome::Postponed)
}

/// Gives a job up: the administrators are told in the same transaction, so once.
pub(super) async fn fail(
    app: &App,
    jobs: &Jobs,
    kind: &JobKind,
    id: Uuid,
    tries: i32,
    cause: &Error,
) -> Result<Outcome> {
    let fail = sql!(
        "UPDATE muster.jobs
         SET status = 'failed', last_error = $3, problem = $4, finished_at = $5, lease_until = NULL
         WHERE id = $1 AND tries = $2 AND status = 'running' RETURNING coalesce(scope, 'null')"
    );
    let mut change = app.db.change_for_access(&Actor::default(), "jobs").await?;
    let params: [crate::db::Param<'_>; 5] =
        [&id, &tries, &cause.to_string(), &problem(cause), &app.clock.now()];
    let failed: Option<Value> = change.one(fail, &params).await?;
    let Some(scope) = failed else { return Ok(Outcome::NotOurs) };
    // Whoever is told of it is somebody of the tenant; a scope that cannot be read must not keep the job from ending.
    if let Ok(Some(scope)) = serde_json::from_value::<Option<Scope>>(scope) {
        change.act_as(&Actor { scope, ..Actor::default() }).await?;
    }
    (jobs.failed)(app, &mut change, kind, id).await?;
    change.commit().await?;
    let (what, id_text) = (format!("job {}", kind.name), id.to_string());
    let failed = Failed { system: app.system.name, id: &id_text, what: &what };
    app.reports.report(cause.problem(), &failed, app.ids.uuid(), app.clock.now()).await;
    if let Err(cause) = app.broker.bury(kind.queue, id).await {
        tracing::warn!(job = %id, %cause, "a failed job is not among the dead letters");
    }
    Ok(Outcome::Failed)
}

/// The reason in words for whoever started the job.
fn problem(cause: &Error) -> String {
    if cause.kind() == Kind::Internal { OUR_FAULT.to_owned() } else { cause.message().to_owned() }
}
