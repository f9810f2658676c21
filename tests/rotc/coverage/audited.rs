use tests::TestApp;

use super::assert_listed;

#[tokio::test]
async fn every_table_is_audited_except_the_listed_ones() {
    let app = TestApp::rotc().await;

    let unaudited = app
        .query(
            "SELECT schemaname || '.' || tablename FROM pg_tables
             WHERE schemaname IN ('public', 'muster') AND (
                 -- INSERT, DELETE and UPDATE, as bits
                 SELECT bit_or(tgtype::int & (4 | 8 | 16)) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
                 WHERE tgrelid = format('%I.%I', schemaname, tablename)::regclass AND tgenabled <> 'D'
                   AND proname IN ('audit_insert', 'audit_update', 'fn_merit_demerit_audit')
             ) IS DISTINCT FROM (4 | 8 | 16)",
            &[],
        )
        .await;

    let unaudited = unaudited.iter().map(|row| row.get(0)).collect();
    let advice = "these tables have no audit trigger; add them to migrations/rotc/R__watched_tables.sql";
    assert_listed(&unaudited, include_str!("unaudited.txt"), "unaudited.txt", advice);
}
