use std::collections::BTreeSet;

use tests::TestApp;

use super::assert_listed;

/// A cache forgets what a change has outdated because the tables tell; one that does not is never forgotten.
#[tokio::test]
async fn every_table_tells_that_it_was_written_except_the_listed_ones() {
    let app = TestApp::rotc().await;
    // 1 is per row, 2 before; 4, 8 and 16 are the three kinds of writes.
    let tables = app
        .query(
            "SELECT format('%I.%I', schemaname, tablename), ',' || tablename || ',', EXISTS (
                 SELECT FROM pg_trigger
                 WHERE tgrelid = format('%I.%I', schemaname, tablename)::regclass
                   AND tgfoid = 'muster.touch'::regproc AND tgenabled <> 'D' AND tgtype & 31 = 28)
             FROM pg_tables WHERE schemaname IN ('public', 'muster')",
            &[],
        )
        .await;
    let mut untouched = BTreeSet::new();
    for row in &tables {
        let (table, name, triggered): (String, String, bool) = (row.get(0), row.get(1), row.get(2));
        app.execute("BEGIN", &[]).await;
        app.execute(&format!("DELETE FROM {table} WHERE false"), &[]).await;
        app.execute(&format!("DELETE FROM {table} WHERE false"), &[]).await;
        let touched: Option<String> = app.value("SELECT current_setting('muster.touched', true)", &[]).await;
        app.execute("ROLLBACK", &[]).await;
        if !triggered || touched.as_deref() != Some(&name) {
            untouched.insert(table);
        }
    }
    let advice =
        "these tables do not tell that they change; add them to migrations/rotc/R__touched_tables.sql";
    assert_listed(&untouched, include_str!("untouched.txt"), "untouched.txt", advice);
}
