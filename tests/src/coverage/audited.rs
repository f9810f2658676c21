//! Writes are audited.

use super::assert_listed;
use crate::TestApp;

/// Every table is audited, except those of `unaudited.txt`; `legacy` are functions of triggers that do it in a way of their own.
pub async fn every_table_is_audited(app: &TestApp, legacy: &[&str]) {
    let unaudited = app
        .query(
            "SELECT schemaname || '.' || tablename FROM pg_tables
             WHERE schemaname IN ('public', 'muster') AND (
                 -- INSERT, DELETE and UPDATE, as bits
                 SELECT bit_or(tgtype::int & (4 | 8 | 16)) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                 WHERE tgrelid = format('%I.%I', schemaname, tablename)::regclass AND tgenabled <> 'D'
                   AND (proname IN ('audit_insert', 'audit_update') OR proname = ANY ($1))
             ) IS DISTINCT FROM (4 | 8 | 16)",
            &[&legacy],
        )
        .await;

    let unaudited = unaudited.iter().map(|row| row.get(0)).collect();
    let name = app.system.name;
    let advice =
        format!("these tables have no audit trigger; add them to migrations/{name}/R__watched_tables.sql");
    assert_listed(&unaudited, app.system, "unaudited.txt", &advice);
}
