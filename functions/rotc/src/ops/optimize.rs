//! Making the database fast again: missing indexes, fresh statistics.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, db::Sql, http::Json, metrics::Numbers, sql};
use utoipa::ToSchema;

use crate::access::Admin;

/// The indexes of the legacy server, and ours on its tables. Each is made only where it is missing.
const INDEXES: Sql = sql!(file "../../../../migrations/rotc/V0004__indexes.sql");

/// What was done.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Optimized {
    /// One sentence.
    pub message: &'static str,
    /// Whether everything succeeded.
    pub success: bool,
    /// Indexes that were missing and are there now.
    pub indexes_created: usize,
    /// Indexes that were there.
    pub indexes_existing: usize,
    /// Indexes that are still missing.
    pub indexes_failed: usize,
    /// Always 0: the schema is changed by `muster migrate` only.
    pub migrations_run: usize,
    /// What failed.
    pub errors: Vec<String>,
    /// The numbers before.
    pub before: Numbers,
    /// The numbers after.
    pub after: Numbers,
    /// Always true.
    pub cache_cleared: bool,
}

/// Make the database fast again
///
/// Makes missing indexes, lets the database count its tables anew, forgets kept answers. May be repeated.
#[utoipa::path(post, path = "/api/admin/force-optimize-db", tag = "ops", responses((status = 200, body = Optimized)))]
pub async fn optimize_database(Admin(admin): Admin, State(app): State<App>) -> Result<Json<Optimized>> {
    let (before, wanted) = (Numbers::now(&app).await, names());
    let existing = existing(&app, &wanted).await?;
    let mut errors = Vec::new();
    if existing < wanted.len()
        && let Err(cause) = create(&app, &admin).await
    {
        tracing::error!(%cause, "indexes could not be made");
        errors
            .push("Indexes could not be created, please try again when fewer people are at work".to_owned());
    }
    let now_there = self::existing(&app, &wanted).await?;
    if let Err(cause) = analyse(&app, &admin).await {
        tracing::error!(%cause, "tables could not be counted");
        errors.push("Statistics could not be renewed".to_owned());
    }
    app.cache.clear().await;
    Ok(Json(Optimized {
        message: "Database optimization completed",
        success: errors.is_empty(),
        indexes_created: now_there.saturating_sub(existing),
        indexes_existing: existing,
        indexes_failed: wanted.len().saturating_sub(now_there),
        migrations_run: 0,
        errors,
        before,
        after: Numbers::now(&app).await,
        cache_cleared: true,
    }))
}

/// The names of the indexes in the file.
fn names() -> Vec<&'static str> {
    let starts = INDEXES.text().lines().filter_map(|line| line.strip_prefix("CREATE INDEX IF NOT EXISTS "));
    starts.filter_map(|rest| rest.split_whitespace().next()).collect()
}

async fn existing(app: &App, wanted: &[&str]) -> Result<usize> {
    let count =
        sql!("SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND indexname::text = ANY($1)");
    let found: i64 = app.db.read().await?.only(count, &[&wanted]).await?;
    Ok(usize::try_from(found)?)
}

/// Makes what is missing. A table that others hold for long ends it, so that nobody waits behind it.
async fn create(app: &App, admin: &crate::access::User) -> Result<()> {
    let mut change = app.db.change(&admin.actor()).await?;
    let hurry =
        sql!("SELECT set_config('lock_timeout', '3s', true), set_config('statement_timeout', '20s', true)");
    change.one::<(String, String)>(hurry, &[]).await?;
    change.run(INDEXES).await?;
    change.commit().await
}

async fn analyse(app: &App, admin: &crate::access::User) -> Result<()> {
    let mut change = app.db.change(&admin.actor()).await?;
    let analyse = sql!(
        "ANALYZE users, cadets, training_staff, grades, training_days, attendance_records, staff_attendance_records,
             excuse_letters, merit_demerit_logs, activities, admin_messages, staff_messages, notifications, audit_logs,
             sync_events"
    );
    change.execute(analyse, &[]).await?;
    change.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_of_the_file_is_known_by_name() {
        let statements = INDEXES.text().matches("CREATE INDEX").count();
        assert_eq!(names().len(), statements);
        assert!(names().contains(&"idx_perf_notifications_user_read"));
    }
}
