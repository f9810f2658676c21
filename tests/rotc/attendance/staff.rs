//! The attendance of the staff.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{Answer, StaffMember, TestApp, TrainingDay, a_staff_member, a_training_day};

use super::{count, events, notices};

async fn scan(app: &TestApp, day: &TrainingDay, staff: &StaffMember, more: Value) -> Answer {
    let code = json!({ "id": staff.id, "role": "training_staff", "unique_id": "STAFF-1" });
    let mut body = json!({ "dayId": day.id, "qrData": code.to_string() });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    app.as_admin().post("/api/attendance/staff/scan", body).await
}

async fn record(app: &TestApp, staff: &StaffMember) -> [String; 4] {
    let find = "SELECT status, remarks, time_in, time_out FROM staff_attendance_records WHERE staff_id = $1";
    let rows = app.query(find, &[&staff.id]).await;
    assert_eq!(rows.len(), 1);
    [0, 1, 2, 3].map(|column| rows[0].get::<_, Option<String>>(column).unwrap_or_default())
}

#[tokio::test]
async fn the_first_scan_is_the_arrival_and_the_last_the_departure() {
    let app = TestApp::rotc().await;
    let (staff, day) = (app.add(a_staff_member()).await, app.add(a_training_day()).await);
    scan(&app, &day, &staff, json!({})).await.is(200).has(json!({
        "message": "Staff attendance recorded", "status": "present", "staff": { "afpsn": "N/A" },
    }));
    assert_eq!(record(&app, &staff).await, ["present", "Scanned via QR", "8:00:00 AM", ""]);
    app.clock.advance(TimeDelta::seconds(2));
    scan(&app, &day, &staff, json!({})).await.is(200).message("Staff attendance updated");
    assert_eq!(record(&app, &staff).await[3], "", "a code that is read twice is not the departure");
    assert_eq!(notices(&app, staff.user_id).await.len(), 1);
    for (hours, left) in [(3, "11:00:02 AM"), (1, "12:00:02 PM")] {
        app.clock.advance(TimeDelta::hours(hours));
        scan(&app, &day, &staff, json!({})).await.is(200);
        assert_eq!(record(&app, &staff).await[2..], ["8:00:00 AM", left]);
    }
    let told = "Your attendance for Drill (2026-02-01) has been recorded as present.";
    assert_eq!(notices(&app, staff.user_id).await, [told; 3]);
    let event = json!({ "staffId": staff.id, "dayId": day.id, "status": "present" });
    assert_eq!(events(&app, "staff_attendance_updated").await, vec![event; 3]);
}

#[tokio::test]
async fn the_scanner_may_say_the_times_and_another_status_leaves_them() {
    let app = TestApp::rotc().await;
    let (staff, late, day) =
        (app.add(a_staff_member()).await, app.add(a_staff_member()).await, app.add(a_training_day()).await);
    for _ in 0..2 {
        scan(&app, &day, &staff, json!({ "time_in": "7:00:00 AM" })).await.is(200);
        assert_eq!(record(&app, &staff).await[2..], ["7:00:00 AM", ""], "sent twice is scanned once");
    }
    scan(&app, &day, &staff, json!({ "time_out": "11:00:00 AM" })).await.is(200);
    assert_eq!(record(&app, &staff).await[2..], ["7:00:00 AM", "11:00:00 AM"]);
    scan(&app, &day, &staff, json!({ "status": "excused" })).await.is(200);
    assert_eq!(record(&app, &staff).await, ["excused", "Scanned via QR", "7:00:00 AM", "11:00:00 AM"]);
    scan(&app, &day, &late, json!({ "status": "late" })).await.is(200);
    assert_eq!(record(&app, &late).await[2..], ["", ""]);
}

#[tokio::test]
async fn codes_of_the_staff_that_make_no_sense_are_refused() {
    let app = TestApp::rotc().await;
    let (staff, day) = (app.add(a_staff_member()).await, app.add(a_training_day()).await);
    let send = async |body: Value| app.as_admin().post("/api/attendance/staff/scan", body).await;
    for data in
        [json!("plain"), json!(null), json!({ "id": staff.id }), json!("{\"id\":"), json!("x".repeat(9000))]
    {
        send(json!({ "dayId": day.id, "qrData": data })).await.is(400).message("Invalid QR Code format");
    }
    for data in ["{\"x\":1}", "{\"id\":\"abc\"}", "{\"id\":-1}", "{\"id\":1e99}", "7", "[1]", "{\"id\":null}"]
    {
        let refused = send(json!({ "dayId": day.id, "qrData": data })).await;
        refused.is(400).message("Invalid Staff ID in QR Code");
    }
    send(json!({ "dayId": day.id, "qrData": "{\"id\":999}" })).await.is(404).message("Staff not found");
    let code = json!({ "id": staff.id }).to_string();
    send(json!({ "dayId": 99999, "qrData": code })).await.is(404).message("Training day not found");
    send(json!({ "dayId": day.id, "qrData": code, "status": "bogus" })).await.is(400);
    send(json!({ "qrData": code })).await.is(400).message("Day ID is required");
    assert_eq!(count(&app, "staff_attendance_records").await, 0);
}

#[tokio::test]
async fn marks_of_the_staff_wipe_nothing_and_tell_nobody() {
    let app = TestApp::rotc().await;
    let (staff, day) = (app.add(a_staff_member()).await, app.add(a_training_day()).await);
    let mark = async |more: Value| {
        let mut body = json!({ "dayId": day.id, "staffId": staff.id });
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        app.as_admin().post("/api/attendance/mark/staff", body).await
    };
    mark(json!({ "status": "present", "remarks": "ok", "time_in": "07:00" })).await.is(200).message("Marked");
    mark(json!({ "status": "absent", "remarks": "", "time_in": null })).await.is(200).message("Updated");
    assert_eq!(record(&app, &staff).await, ["absent", "ok", "07:00", ""]);
    mark(json!({ "status": "absent" })).await.is(200).message("Updated");
    assert_eq!(events(&app, "staff_attendance_updated").await.len(), 2);
    assert_eq!(notices(&app, staff.user_id).await.len(), 0);
    mark(json!({ "status": "bogus" })).await.is(400);
    mark(json!({ "status": "present", "staffId": 999 })).await.is(404).message("Staff not found");
    mark(json!({ "status": "present", "dayId": 999 })).await.is(404).message("Training day not found");
    mark(json!({ "status": "present", "staffId": null })).await.is(400).message("Staff ID is required");
}

#[tokio::test]
async fn the_resource_api_keeps_status_and_remarks_of_the_staff() {
    let app = TestApp::rotc().await;
    let (staff, day) = (app.add(a_staff_member()).await, app.add(a_training_day()).await);
    let body = json!({ "training_day": day.id, "staff": staff.id, "status": "late", "remarks": "bus", "time_in": "8:10" });
    let made = app.as_staff().post("/api/staff-attendance/", body.clone()).await;
    made.is(201).has(json!({ "success": true, "data": {
        "training_day": day.id, "staff": staff.id, "status": "late", "remarks": "bus", "time_in": "8:10", "time_out": null,
    } }));
    let again = app.as_staff().post("/api/staff-attendance", body).await;
    again.is(409).message("Attendance record already exists for this staff member and training day.");
    let list = app.as_staff().get(&format!("/api/staff-attendance/{}", day.id)).await;
    list.is(200)
        .has(json!({ "success": true, "page": 1, "limit": 50, "total": 1, "data": [{ "staff": staff.id }] }));
    app.as_admin().get("/api/staff-attendance/99999").await.is(404).message("Training day not found");
    let unknown = json!({ "training_day_id": day.id, "staff_id": 99999 });
    app.as_staff().post("/api/staff-attendance", unknown).await.is(404).message("Staff not found");
    let empty = app.as_staff().post("/api/staff-attendance", json!({})).await;
    empty.is(400).has(json!({ "error": true, "details": { "training_day": ["This field is required."] } }));
    assert_eq!(events(&app, "staff_attendance_updated").await.len(), 1);
}
