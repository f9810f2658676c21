//! Scanning the codes of cadets.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, TestApp, TrainingDay, a_cadet, a_training_day, own_settings};

use super::{attended, count, events, notices, texts};

async fn scan(app: &TestApp, day: &TrainingDay, data: impl Into<Value>) -> Answer {
    let body = json!({ "dayId": day.id, "qrData": data.into() });
    app.as_admin().post("/api/attendance/scan", body).await
}

#[tokio::test]
async fn a_scan_records_the_arrival_and_shows_who_it_was() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    scan(&app, &day, cadet.student_id.as_str()).await.is(200).has(json!({
        "message": "Attendance recorded", "status": "present",
        "cadet": { "name": format!("Cdt Juan {}", cadet.last_name), "student_id": cadet.student_id },
    }));
    assert_eq!(texts(&app, &day, &cadet).await, ["present", "Scanned via QR", "8:00:00 AM", ""]);
    assert_eq!(attended(&app, &cadet).await, 1);
    let told = "Your attendance for Drill (2026-02-01) has been recorded as present.";
    assert_eq!(notices(&app, cadet.user_id).await, [told]);
    let event = json!({ "cadetId": cadet.id, "dayId": day.id, "status": "present" });
    assert_eq!(events(&app, "attendance_updated").await, [event]);
}

#[tokio::test]
async fn scanned_text_never_means_an_internal_id() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let id = cadet.id;
    for text in [
        id.to_string(),
        format!("{id:07}"),
        format!("{{\"student_id\":\"{id}\"}}"),
        format!("{{\"id\":\"0{id}\"}}"),
    ] {
        scan(&app, &day, text.as_str()).await.is(404).message("Cadet not found");
    }
    assert_eq!(count(&app, "attendance_records").await, 0);
}

#[tokio::test]
async fn school_time_zone_decides_what_a_scan_and_an_import_without_a_date_write() {
    for (zone, time, date) in [
        ("Asia/Manila", "1:58:00 AM", "2026-02-03"),
        ("UTC", "5:58:00 PM", "2026-02-02"),
        ("+14:00", "7:58:00 AM", "2026-02-03"),
    ] {
        let own = own_settings(&rotc::SYSTEM, &[("SCHOOL_TIME_ZONE", zone)]);
        let app = TestApp::with(|config| config.own = own).await;
        let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
        app.clock.advance(TimeDelta::minutes(9 * 60 + 58));
        scan(&app, &day, cadet.student_id.as_str()).await.is(200);
        assert_eq!(texts(&app, &day, &cadet).await[2], time, "{zone}");
        let records = json!({ "records": [{ "student_id": cadet.student_id, "status": "present" }] });
        app.as_admin().post("/api/integration/rotcmis/import", records).await.is(200);
        let made = "SELECT date FROM training_days ORDER BY id DESC LIMIT 1";
        assert_eq!(app.value::<String>(made, &[]).await, date, "{zone}");
    }
}

#[tokio::test]
async fn a_second_scan_keeps_the_first_arrival_and_tells_nobody() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    scan(&app, &day, cadet.id).await.is(200).message("Attendance recorded");
    app.clock.advance(TimeDelta::hours(3));
    scan(&app, &day, cadet.id).await.is(200).message("Attendance updated");
    assert_eq!(texts(&app, &day, &cadet).await[2..], ["8:00:00 AM", ""]);
    assert_eq!(notices(&app, cadet.user_id).await.len(), 1);
}

#[tokio::test]
async fn a_scan_changes_the_status_but_neither_times_nor_remarks_of_a_mark() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let mark = json!({
        "dayId": day.id, "cadetId": cadet.id, "status": "absent", "remarks": "sick?", "time_in": "7:00", "time_out": "9:00",
    });
    app.as_admin().post("/api/attendance/mark", mark).await.is(200);
    let code = json!({ "id": cadet.id, "Status": "LATE", "Time In": "8:15 AM", "Time Out": "11:45 AM" });
    scan(&app, &day, code.to_string())
        .await
        .is(200)
        .has(json!({ "message": "Attendance updated", "status": "late" }));
    assert_eq!(texts(&app, &day, &cadet).await, ["late", "sick?", "7:00", "9:00"]);
    assert_eq!(attended(&app, &cadet).await, 1);
}

#[tokio::test]
async fn the_code_may_say_status_and_times() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let code = json!({ "student_id": cadet.student_id, "Status": "Excused", "Time In": "7:00 AM", "Time Out": "11:00 AM" });
    let body = json!({ "dayId": day.id, "qrData": code.to_string(), "status": "late" });
    app.as_admin().post("/api/attendance/scan", body).await.is(200).has(json!({ "status": "excused" }));
    assert_eq!(texts(&app, &day, &cadet).await, ["excused", "Scanned via QR", "7:00 AM", "11:00 AM"]);
}

#[tokio::test]
async fn a_cadet_is_found_by_student_id_before_id_and_by_user_name_last() {
    let app = TestApp::rotc().await;
    let (cadet, other, day) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_training_day()).await);
    let number = cadet.id.to_string();
    app.execute("UPDATE cadets SET student_id = $2 WHERE id = $1", &[&other.id, &number]).await;
    scan(&app, &day, number.as_str()).await.is(200).has(json!({ "cadet": { "student_id": number } }));
    assert_eq!(texts(&app, &day, &other).await[0], "present");
    let code = json!({ "id": 999_999, "Username": cadet.student_id }).to_string();
    scan(&app, &day, code).await.is(200).has(json!({ "cadet": { "student_id": cadet.student_id } }));
    let body = json!({ "dayId": day.id, "qrData": cadet.student_id, "status": "late" });
    app.as_admin().post("/api/attendance/scan", body).await.is(200).has(json!({ "status": "late" }));
}

#[tokio::test]
async fn hostile_codes_are_refused_and_change_nothing() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    for data in [
        json!("nope"),
        json!("'; DROP TABLE cadets; --"),
        json!(format!("{{\"id\":{}", cadet.id)),
        json!("[[[[[[[[[["),
        json!("[".repeat(7000)),
        json!("999999999999999999999999"),
        json!("-1"),
        json!(-1),
        json!(1e300),
        json!(0.5),
        json!("{\"id\":null}"),
        json!("{\"id\":[1]}"),
        json!("{\"id\":{\"id\":1}}"),
        json!("\u{202e}%"),
        json!("%"),
    ] {
        scan(&app, &day, data).await.is(404).message("Cadet not found");
    }
    for data in [json!({ "id": cadet.id }), json!([cadet.id]), json!(true), json!("x".repeat(8000))] {
        scan(&app, &day, data).await.is(400).message("Invalid QR Code format");
    }
    scan(&app, &day, json!("a\u{0}b")).await.is(400);
    for data in [json!(null), json!(""), json!("  ")] {
        scan(&app, &day, data).await.is(400).message("QR data is required");
    }
    let body = json!({ "qrData": cadet.student_id });
    app.as_admin().post("/api/attendance/scan", body).await.is(400).message("Day ID is required");
    let body = json!({ "dayId": day.id, "qrData": cadet.student_id, "status": "bogus" });
    app.as_admin().post("/api/attendance/scan", body).await.is(400);
    let body = json!({ "dayId": 99999, "qrData": cadet.student_id });
    app.as_admin().post("/api/attendance/scan", body).await.is(404).message("Training day not found");
    assert_eq!(count(&app, "attendance_records").await, 0);
}
