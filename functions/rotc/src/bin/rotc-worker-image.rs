//! Lambda function `rotc-worker-image`: does the jobs on stored files; safe to run twice at once.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_job(async |app| {
        shared::jobs::plan(&app, rotc::jobs::JOBS).await?;
        let tally = shared::jobs::run_due(&app, rotc::jobs::JOBS).await?;
        Ok(serde_json::to_value(tally)?)
    })
}
