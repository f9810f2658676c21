//! Lambda function `clearance-migrate`: brings the database to the present schema; safe to run again.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_job(&clearance::SYSTEM, async |app| {
        let applied = shared::db::migrate::run(&app.config.database, &clearance::SYSTEM).await?;
        let applied = applied.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok(serde_json::json!({ "applied": applied }))
    })
}
