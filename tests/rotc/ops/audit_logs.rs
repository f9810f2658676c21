//! The audit log: found, exported, forgotten.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};
use chrono::TimeDelta;
use serde_json::{Value, json};
use shared::jobs;
use tests::{TestApp, a_cadet};

/// Puts a row into the log.
async fn log(
    app: &TestApp,
    table: &str,
    operation: &str,
    user_id: Option<i32>,
    days_ago: i64,
    payload: &Value,
) -> i32 {
    let at = (app.clock.now() - TimeDelta::days(days_ago)).naive_utc();
    let insert = "INSERT INTO audit_logs (table_name, operation, record_id, user_id, payload, created_at)
                  VALUES ($1, $2, 7, $3, $4, $5) RETURNING id";
    app.value(insert, &[&table, &operation, &user_id, payload, &at]).await
}

fn ids(body: &Value) -> Vec<i64> {
    body["data"]["logs"].as_array().expect("logs").iter().filter_map(|log| log["id"].as_i64()).collect()
}

#[tokio::test]
async fn audit_rows_are_found_by_table_operation_person_and_day() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/audit-logs").await.is(200);
    let old = i64::from(log(&app, "x_days", "INSERT", Some(41), 3, &json!({ "a": 1 })).await);
    let middle = i64::from(log(&app, "x_days", "UPDATE", Some(42), 2, &json!({})).await);
    let new = i64::from(log(&app, "x_days", "DELETE", None, 1, &json!({})).await);

    let find = async |query: &str| {
        let url = format!("/api/audit-logs?table_name=x_days&{query}");
        ids(&app.as_admin().get(&url).await.is(200).json())
    };
    assert_eq!(find("").await, [new, middle, old], "newest first");
    assert_eq!(find("operation=CREATE").await, [old]);
    assert_eq!(find("operation=insert").await, [old]);
    assert_eq!(find("user_id=42").await, [middle]);
    assert_eq!(find("start_date=2026-01-31").await, [new, middle]);
    assert_eq!(find("end_date=2026-01-31").await, [middle, old], "the whole last day");
    assert_eq!(find("date_from=2026-01-31T08:00:01Z&date_to=2026-02-01").await, [new]);
    assert_eq!(find("page=2&limit=2").await, [old]);

    let page = app.as_admin().get("/api/audit-logs?table_name=x_days&page=2&limit=2").await;
    page.has(
        json!({ "success": true, "data": { "pagination": { "page": 2, "limit": 2, "total": 3, "pages": 2 },
        "logs": [{ "id": old, "table_name": "x_days", "operation": "INSERT", "record_id": 7, "user_id": 41,
                   "payload": { "a": 1 }, "created_at": "2026-01-30T08:00:00.000Z" }] } }),
    );
    for wrong in ["start_date=yesterday", "end_date=2026-13-01", "user_id=x", "start_date=+262000-01-01"] {
        app.as_admin().get(&format!("/api/audit-logs?{wrong}")).await.is(400);
    }
}

#[tokio::test]
async fn events_are_found_by_state_cadet_and_kind() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("DELETE FROM sync_events", &[]).await;
    let insert =
        "INSERT INTO sync_events (event_type, cadet_id, payload, processed) VALUES ($1, $2, '{\"n\":1}', $3)";
    for (kind, of, sent) in
        [("a", Some(cadet.id), Some(true)), ("b", Some(cadet.id), None), ("a", None, Some(false))]
    {
        app.execute(insert, &[&kind, &of, &sent]).await;
    }

    let count = async |query: &str| {
        let answer = app.as_admin().get(&format!("/api/sync-events?{query}")).await;
        answer.is(200).json()["data"]["pagination"]["total"].clone()
    };
    assert_eq!(count("").await, 3);
    assert_eq!(count("processed=false").await, 2, "what has no state waits");
    assert_eq!(count("processed=1").await, 1);
    assert_eq!(count(&format!("cadet_id={}&event_type=a", cadet.id)).await, 1);
    app.as_admin().get("/api/sync-events?processed=maybe").await.is(400);
    let one = app.as_admin().get("/api/sync-events?processed=true").await;
    one.has(json!({ "data": { "events": [{ "event_type": "a", "cadet_id": cadet.id, "payload": { "n": 1 }, "processed": true }] } }));
}

#[tokio::test]
async fn an_export_survives_awkward_cells_and_runs_nothing() {
    let app = TestApp::rotc().await;
    let id =
        log(&app, "=cmd|' /C calc'!A0", "@SUM(1)", Some(1), 0, &json!({ "a": "say \"so\",\nñ 😀" })).await;
    let url = "/api/audit-logs/export?user_id=1&start_date=2026-02-02";

    let csv = app.as_admin().get(url).await;
    assert_eq!(csv.is(200).header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=audit_logs_20260202_080000.csv");
    let text = csv.text();
    assert!(
        text.starts_with("\u{feff}ID,Table Name,Operation,Record ID,User ID,Payload,Created At\r\n"),
        "{text}"
    );
    let row = format!(
        "{id},'=cmd|' /C calc'!A0,'@SUM(1),7,1,\"{{\"\"a\"\":\"\"say \\\"\"so\\\"\",\\nñ 😀\"\"}}\",2026-02-02T08:00:00.000Z\r\n"
    );
    assert!(text.ends_with(&row), "{text}\n{row}");

    let excel = app.as_admin().get(&format!("{url}&format=excel")).await;
    let mut book = Xlsx::new(Cursor::new(excel.is(200).bytes().to_vec())).expect("a workbook");
    let sheet = book.worksheet_range("Audit Logs").expect("a sheet");
    let row: Vec<&Data> = sheet.rows().nth(1).expect("a row").iter().collect();
    assert_eq!(row[0], &Data::Float(f64::from(id)));
    assert_eq!(row[1], &Data::String("'=cmd|' /C calc'!A0".to_owned()));
    assert_eq!(row[5], &Data::String("{\"a\":\"say \\\"so\\\",\\nñ 😀\"}".to_owned()));
    let time = row[6].as_datetime().map(|time| time.to_string());
    assert!(row[6].is_datetime() && time.as_deref() == Some("2026-02-02 08:00:00"), "{:?}", row[6]);
    app.as_admin()
        .get("/api/audit-logs/export?format=json")
        .await
        .is(400)
        .message("Invalid format. Use csv or excel");
}

#[tokio::test]
async fn a_large_export_has_every_row_and_comes_through_the_store_where_answers_have_a_limit() {
    let fill = "INSERT INTO audit_logs (table_name, operation, record_id, payload)
                SELECT 'x_many', 'INSERT', n, jsonb_build_object('text', repeat('x', 400)) FROM generate_series(1, 30000) AS n";
    let url = "/api/audit-logs/export?table_name=x_many";

    let app = TestApp::with(|config| config.files.direct = false).await;
    app.execute(fill, &[]).await;
    let streamed = app.as_admin().get(url).await;
    assert_eq!(streamed.is(200).text().lines().count(), 30_001);

    let app = TestApp::rotc().await;
    app.execute(fill, &[]).await;
    let away = app.as_admin().get(url).await;
    let address = away.is(307).header("location").to_owned();
    assert!(address.contains("/private/downloads/") && address.contains("X-Amz-Signature="), "{address}");
    let fetched = app
        .app
        .outbound
        .client()
        .expect("a client")
        .get(&address)
        .send()
        .await
        .expect("the store answers")
        .text()
        .await
        .expect("a text");
    assert_eq!(fetched.lines().count(), 30_001);
}

#[tokio::test]
async fn old_audit_rows_are_forgotten_and_one_row_tells_so() {
    let app = TestApp::rotc().await;
    let (old, new) = (
        log(&app, "x", "UPDATE", None, 366, &json!({})).await,
        log(&app, "x", "UPDATE", None, 300, &json!({})).await,
    );
    let fill = "INSERT INTO audit_logs (table_name, operation, created_at)
                SELECT 'x', 'INSERT', TIMESTAMP '2020-01-01' FROM generate_series(1, 6000)";
    app.execute(fill, &[]).await;
    let there =
        async |id: i32| app.value::<i64>("SELECT count(*) FROM audit_logs WHERE id = $1", &[&id]).await == 1;
    let told = async || {
        app.query("SELECT payload->>'deleted' FROM audit_logs WHERE operation = 'RETENTION' ORDER BY id", &[])
            .await
            .iter()
            .map(|row| row.get::<_, String>(0))
            .collect::<Vec<_>>()
    };
    let run = async || {
        jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("jobs are planned");
        app.work().await
    };

    assert_eq!(run().await.postponed, 0);
    assert!(!there(old).await && there(new).await);
    assert_eq!(told().await, ["6001"]);

    app.clock.advance(TimeDelta::hours(25));
    app.execute("INSERT INTO system_settings (key, value) VALUES ('audit_retention_days', 'soon')", &[])
        .await;
    run().await;
    assert!(there(new).await, "a setting that is no number deletes nothing");
    assert_eq!(told().await.len(), 1, "nothing old, nothing to tell");

    app.clock.advance(TimeDelta::hours(25));
    app.execute("UPDATE system_settings SET value = '30' WHERE key = 'audit_retention_days'", &[]).await;
    run().await;
    assert!(!there(new).await);
    assert_eq!(told().await, ["6001", "1"]);
}
