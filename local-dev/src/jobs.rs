//! The worker of this process: does the jobs that changes have started.

use std::time::Duration;

use shared::{App, Result, jobs, system::System};

/// How often it looks for jobs nobody told it about: those of other processes, and those to try again.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Does jobs as they come, for as long as the server runs.
pub async fn work_for_ever(system: &'static System, app: App) {
    loop {
        if let Err(error) = work(system, &app).await {
            tracing::warn!(%error, "jobs could not be done");
        }
        drop(tokio::time::timeout(LOOK_EVERY, app.db.job_started().notified()).await);
    }
}

async fn work(system: &System, app: &App) -> Result<()> {
    jobs::plan(app, system.jobs).await?;
    jobs::run_due(app, system.jobs).await?;
    Ok(())
}
