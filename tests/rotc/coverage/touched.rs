use std::collections::BTreeSet;

use tests::TestApp;

use super::assert_listed;

/// A cache forgets what a change has outdated because the tables tell; of one that does not it keeps everything.
#[tokio::test]
async fn every_table_and_column_tells_that_it_was_written_except_the_listed_ones() {
    let app = TestApp::rotc().await;
    let tables = app
        .query(
            "SELECT format('%I.%I', schemaname, tablename), tablename,
                    array(SELECT attname FROM pg_attribute
                          WHERE attrelid = format('%I.%I', schemaname, tablename)::regclass
                            AND attnum > 0 AND NOT attisdropped)
             FROM pg_tables WHERE schemaname IN ('public', 'muster')",
            &[],
        )
        .await;
    let mut silent = BTreeSet::new();
    for row in &tables {
        let (table, name, columns): (String, String, Vec<String>) = (row.get(0), row.get(1), row.get(2));
        let told = format!(",{name},");
        // Beside itself, where a trigger on it writes an event.
        if !touched(&app, &format!("DELETE FROM {table} WHERE false")).await.contains(&told) {
            silent.insert(table);
            continue;
        }
        let insert = format!("INSERT INTO {table} SELECT * FROM {table} WHERE false");
        assert!(touched(&app, &insert).await.contains(&told), "{insert}");
        assert!(
            touched(&app, &format!("TRUNCATE {table} CASCADE")).await.contains(&told),
            "TRUNCATE {table}"
        );
        for column in columns {
            let update = format!("UPDATE {table} SET {column} = {column} WHERE false");
            if !touched(&app, &update).await.contains(&told) {
                silent.insert(format!("{table}.{column}"));
            }
        }
    }
    let advice = "these do not tell that they change; add them to migrations/rotc/R__watched_tables.sql";
    assert_listed(&silent, include_str!("untouched.txt"), "untouched.txt", advice);
}

/// What a transaction with this statement, run twice, says it has written.
async fn touched(app: &TestApp, statement: &str) -> String {
    app.execute("BEGIN", &[]).await;
    app.execute(statement, &[]).await;
    app.execute(statement, &[]).await;
    let told = app.value("SELECT coalesce(current_setting('muster.touched', true), '')", &[]).await;
    app.execute("ROLLBACK", &[]).await;
    told
}
