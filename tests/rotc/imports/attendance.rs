//! Lists of attendance.

use http::Method;
use serde_json::{Value, json};
use tests::{Answer, Cadet, TestApp, TrainingDay, a_cadet, a_training_day, field};

use super::{counts, file, send};

const PATH: &str = "/api/attendance/import";

async fn import(
    app: &TestApp,
    path: &str,
    day: &TrainingDay,
    name: &str,
    body: impl Into<Vec<u8>>,
) -> Answer {
    let day = field("dayId", &day.id.to_string());
    app.as_admin().form(Method::POST, path, &[day, file("file", name, body)]).await
}

async fn record(app: &TestApp, day: &TrainingDay, cadet: &Cadet) -> Vec<Option<String>> {
    let read = "SELECT status, remarks, time_in, time_out FROM attendance_records
                WHERE training_day_id = $1 AND cadet_id = $2";
    let rows = app.query(read, &[&day.id, &cadet.id]).await;
    rows.first().map(|row| (0..4).map(|at| row.get(at)).collect()).unwrap_or_default()
}

fn texts(values: [&str; 4]) -> Vec<Option<String>> {
    values.map(|value| (!value.is_empty()).then(|| value.to_owned())).to_vec()
}

#[tokio::test]
async fn a_list_records_counts_and_tells_and_empty_cells_keep_what_was_there() {
    let app = TestApp::rotc().await;
    let (first, second, day) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_training_day()).await);
    let list = format!(
        "Student ID;Status;Remarks;Time In;Time Out\n{};P;early;6:55 AM;11:00 AM\n{};sick;;;\n1999-0001;P;;;\n",
        first.student_id, second.student_id
    );
    let answer = import(&app, PATH, &day, "list.csv", list).await;
    answer.is(200).has(json!({
        "message": "Import complete. Success: 1, Skipped: 1, Failed: 1",
        "errors": ["Error processing row 3: status \"sick\" is not one of present, absent, late and excused"],
    }));
    assert_eq!(record(&app, &day, &first).await, texts(["present", "early", "06:55", "11:00"]));
    let total = "SELECT attendance_present FROM grades WHERE cadet_id = $1";
    assert_eq!(app.value::<i32>(total, &[&first.id]).await, 1);
    let later = format!("Name,Status,Time In\n\"{}, Juan\",late,-\n", first.last_name);
    import(&app, PATH, &day, "list.csv", later)
        .await
        .is(200)
        .message("Import complete. Success: 1, Skipped: 0, Failed: 0");
    assert_eq!(record(&app, &day, &first).await, texts(["late", "early", "06:55", "11:00"]));
    let events = "SELECT string_agg(payload ->> 'status', ' ' ORDER BY id) FROM sync_events WHERE event_type = 'attendance_updated'";
    assert_eq!(app.value::<String>(events, &[]).await, "present late");
    assert_eq!(
        app.value::<i64>("SELECT count(*) FROM notifications", &[]).await,
        0,
        "a list gives no notices"
    );
}

#[tokio::test]
async fn a_preview_and_a_reconciliation_write_nothing() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    app.as_admin().get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    let list = format!("Student ID,Status\n{},late\n", cadet.student_id);
    let parts =
        [field("dayId", &day.id.to_string()), field("preview", "true"), file("file", "list.csv", list)];
    let answer = app.as_admin().form(Method::POST, PATH, &parts).await;
    answer.is(200).has(json!({ "preview": { "created": 1, "rows": [{ "row": 2, "effect": "created" }] } }));
    let rows: &[&[&str]] = &[
        &["Student ID", "Status", "Time In", "Time Out"],
        &[&cadet.student_id, "present", "8:00 AM", "7:00 AM"],
        &[&cadet.student_id, "late", "8:00 AM", "9:30 AM"],
        &["1999-0001", "late", "", ""],
    ];
    let path = "/api/attendance/reconcile";
    let answer = import(&app, path, &day, "list.xlsx", super::workbook(rows)).await;
    answer.is(200).has(json!({
        "successCount": 2, "skippedCount": 1, "failCount": 0,
        "anomalies": [{ "cadet_id": cadet.id, "reason": "invalid_time_order" }],
        "stats": { "totalParsed": 3, "matched": 2, "unmatched": 1, "duplicates": 1, "successRate": 66 },
    }));
    assert_eq!(answer.json()["matched"][1]["duration_min"], 90);
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn only_admins_import_attendance_and_only_of_days_that_exist() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let day = TrainingDay { id: 99_999, ..app.add(a_training_day()).await };
    import(&app, PATH, &day, "list.csv", "Name\nx\n").await.is(404).message("Training day not found");
    for path in ["import", "import-url", "import-local", "reconcile"] {
        let path = format!("/api/attendance/{path}");
        app.as_staff().post(&path, json!({})).await.is(403);
        app.as_cadet(&cadet).post(&path, json!({})).await.is(403);
    }
    let local = json!({ "file_path": "/etc/passwd", "dayId": 1 });
    app.as_admin().post("/api/attendance/import-local", local).await.is(410);
    send(&app.as_admin(), PATH, "list.csv", "Name\nx\n").await.is(400).message("Day ID is required");
}

#[tokio::test]
async fn a_name_that_fits_two_cadets_is_left_out() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    for _ in 0..2 {
        let twin = app.add(a_cadet()).await;
        app.execute("UPDATE cadets SET last_name = 'Twinning' WHERE id = $1", &[&twin.id]).await;
    }
    let answer = import(&app, PATH, &day, "list.csv", "Name,Status\nJuan Twinning,present\n").await;
    answer.is(200).message("Import complete. Success: 0, Skipped: 1, Failed: 0");
    let warnings: Value = answer.json()["warnings"].clone();
    assert_eq!(warnings, json!(["Row 2: Juan Twinning: fits several cadets"]));
}

#[tokio::test]
async fn a_name_next_to_an_unknown_student_id_is_nobody_and_misspelt_names_are_told() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    app.execute("UPDATE cadets SET first_name = 'Ava', last_name = 'Cruz' WHERE id = $1", &[&cadet.id]).await;
    let list = "Student ID,Name,Status\n1999-0999,Ana Cruz,present\n";
    let answer = import(&app, PATH, &day, "list.csv", list).await;
    answer.is(200).has(json!({
        "message": "Import complete. Success: 0, Skipped: 1, Failed: 0",
        "warnings": ["Row 2: Ana Cruz: no such cadet"],
    }));
    assert!(record(&app, &day, &cadet).await.is_empty());
    let register = format!("Ava Cruz ({})", cadet.student_id);
    let path = format!("{PATH}?preview=true");
    let answer = import(&app, &path, &day, "list.csv", "Name,Status\nAna Cruz,present\n").await;
    answer.is(200).has(json!({ "preview": {
        "rows": [{ "row": 2, "who": register }],
        "warnings": [{ "row": 2, "message": format!("Row 2: Ana Cruz was taken for {register}") }],
    } }));
    let answer = import(&app, PATH, &day, "list.csv", "Name,Status\n\"Cruz, Ava\",present\n").await;
    answer.is(200).message("Import complete. Success: 1, Skipped: 0, Failed: 0");
    assert!(answer.json().get("warnings").is_none(), "that is the name");
}
