//! Backups: complete, without secrets, for administrators only.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

/// Tables that hold what the legacy server kept.
async fn tables(app: &TestApp) -> Vec<String> {
    let list = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
    app.query(list, &[]).await.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn a_backup_has_every_row_and_column_but_passwords_and_push_keys() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("correct horse")).await;
    app.execute("UPDATE grades SET prelim_score = 85.5 WHERE cadet_id = $1", &[&cadet.id]).await;
    app.execute(
        "UPDATE cadets SET address = $2, birthdate = '2004-10-10' WHERE id = $1",
        &[&cadet.id, &"Ñ \"q\"\n{\\"],
    )
    .await;
    let push = "INSERT INTO push_subscriptions (user_id, endpoint, keys) VALUES ($1, 'https://push.test/secret-endpoint', '{\"auth\":\"secret-key\"}')";
    app.execute(push, &[&cadet.user_id]).await;

    let answer = app.as_admin().get("/api/admin/backup/download").await;

    assert_eq!(
        answer.is(200).header("content-disposition"),
        "attachment; filename=rotc-backup-2026-02-02.json"
    );
    let text = answer.text();
    for secret in ["password", "$2b$", "$2a$", "secret-key", "secret-endpoint"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let backup = answer.json();
    assert_eq!(backup["timestamp"], "2026-02-02T08:00:00.000Z");
    let data = backup["data"].as_object().expect("tables");
    for table in tables(&app).await {
        let count: i64 = app.value(&format!("SELECT count(*) FROM {table}"), &[]).await;
        let rows = data[&table].as_array().unwrap_or_else(|| panic!("{table} is missing"));
        // The log grows with every request.
        assert!(rows.len() as i64 == count || table == "audit_logs", "{table}: {} of {count}", rows.len());
        columns(&app, &table, rows).await;
    }
    let of = |table: &str, column: &str, id: i32| {
        data[table]
            .as_array()
            .expect("rows")
            .iter()
            .find(|row| row[column] == id)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(of("cadets", "id", cadet.id)["address"], "Ñ \"q\"\n{\\");
    assert_eq!(of("cadets", "id", cadet.id)["birthdate"], "2004-10-10");
    assert_eq!(of("grades", "cadet_id", cadet.id)["prelim_score"], json!(85.5));
    assert_eq!(of("grades", "cadet_id", cadet.id)["final_score"], json!(0));
    assert!(
        text.contains("\n  \"data\": {\n    \"cadets\": [\n      {\n        \"id\": "),
        "laid out for people"
    );
    let reread: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(reread, backup);
}

/// Every column of the table is a member of its first row.
async fn columns(app: &TestApp, table: &str, rows: &[Value]) {
    let Some(row) = rows.first().and_then(Value::as_object) else { return };
    let list = "SELECT column_name::text FROM information_schema.columns
                WHERE table_schema = 'public' AND table_name = $1 AND column_name NOT IN ('password', 'keys', 'endpoint')";
    for column in app.query(list, &[&table]).await {
        let column: String = column.get(0);
        assert!(row.contains_key(&column), "{table}.{column}");
    }
}

#[tokio::test]
async fn a_saved_backup_is_fetched_by_administrators_and_not_swept_away() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let saved = app.as_admin().post("/api/admin/backup/save", json!({})).await;

    let path = "/uploads/backups/rotc-backup-2026-02-02.json";
    saved.is(200).has(json!({ "message": "Backup saved", "path": path }));
    let fetched = app.as_admin().get(path).await;
    assert_eq!(fetched.is(200).json()["data"]["cadets"][0]["id"], cadet.id);
    app.as_cadet(&cadet).get(path).await.is(403);
    app.anonymous().get(path).await.is(401);
    for other in [
        "/uploads/backups/rotc-backup-1999-01-01.json",
        "/uploads/backups/x.json",
        "/uploads/backups/rotc-backup-..%2Fx",
    ] {
        app.as_admin().get(other).await.is(404);
    }
    app.as_admin().get("/uploads/rotc-backup-2026-02-02.json").await.is(404);
    let listed = app.app.files.stores().last().expect("a store").list(None).await.expect("a list");
    assert!(listed.files.is_empty(), "the sweep of files nobody needs does not see backups");
    assert_eq!(app.value::<i64>("SELECT count(*) FROM audit_logs WHERE operation = 'BACKUP'", &[]).await, 1);
}

#[tokio::test]
async fn a_large_table_is_streamed_and_a_snapshot_of_one_moment() {
    let app = TestApp::with(|config| {
        config.files.direct = false;
        config.database.pool_size = 2;
    })
    .await;
    fill(&app).await;

    let answer = app.as_admin().get("/api/admin/backup/download").await;

    assert!(answer.is(200).bytes().len() > 10 * 1024 * 1024);
    assert_eq!(answer.json()["data"]["notifications"].as_array().map(Vec::len), Some(60_000));
}

#[tokio::test]
async fn a_large_backup_comes_through_the_store_where_answers_have_a_limit() {
    let app = TestApp::rotc().await;
    fill(&app).await;

    let away = app.as_admin().get("/api/admin/backup/download").await;
    let address = away.is(307).header("location").to_owned();
    let fetched: Value = app
        .app
        .outbound
        .client()
        .expect("a client")
        .get(&address)
        .send()
        .await
        .expect("the store answers")
        .json()
        .await
        .expect("JSON");
    assert_eq!(fetched["data"]["notifications"].as_array().map(Vec::len), Some(60_000));

    app.as_admin().post("/api/admin/backup/save", json!({})).await.is(200);
    app.as_admin().get("/uploads/backups/rotc-backup-2026-02-02.json").await.is(307);
}

async fn fill(app: &TestApp) {
    app.execute("ALTER TABLE notifications DISABLE TRIGGER USER", &[]).await;
    let many = "INSERT INTO notifications (message, type) SELECT repeat('perf ', 40), 'perf_alert' FROM generate_series(1, 60000)";
    app.execute(many, &[]).await;
}
