//! Lambda function `rotc-migrate`: brings the database to the present schema; safe to run again.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_job(&rotc::SYSTEM, async |app| {
        let applied = shared::db::migrate::run(&app.config.database, &rotc::SYSTEM).await?;
        let applied = applied.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok(serde_json::json!({ "applied": applied }))
    })
}
