//! Writes are told.

use std::collections::BTreeSet;

use super::assert_listed;
use crate::TestApp;

/// A cache forgets what a change has outdated because the tables tell; of one that does not it keeps everything. Exceptions
/// stand in `untouched.txt`.
pub async fn every_column_tells(app: &TestApp) {
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
        if !touched(app, &format!("DELETE FROM {table} WHERE false")).await.contains(&told) {
            silent.insert(table);
            continue;
        }
        let insert = format!("INSERT INTO {table} SELECT * FROM {table} WHERE false");
        assert!(touched(app, &insert).await.contains(&told), "{insert}");
        assert!(touched(app, &format!("TRUNCATE {table} CASCADE")).await.contains(&told), "TRUNCATE {table}");
        for column in columns {
            let update = format!("UPDATE {table} SET {column} = {column} WHERE false");
            if !touched(app, &update).await.contains(&told) {
                silent.insert(format!("{table}.{column}"));
            }
        }
    }
    let name = app.system.name;
    let advice =
        format!("these do not tell that they change; add them to migrations/{name}/R__watched_tables.sql");
    assert_listed(&silent, app.system, "untouched.txt", &advice);
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
