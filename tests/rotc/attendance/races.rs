//! Many at the same moment: one record for each day and person, and totals that are those of the records.

use futures_util::future::{join, join_all};
use serde_json::{Value, json};
use tests::{Client, TestApp, a_cadet, a_staff_member, a_training_day, an_admin};

use super::{attended, count, events, notices, texts};

/// Two administrators whose sessions are open.
async fn two_admins(app: &TestApp) -> [Client<'_>; 2] {
    let second = app.add(an_admin()).await;
    let admins = [app.as_admin(), app.as_user(second.user_id)];
    for admin in &admins {
        admin.get("/api/attendance/days").await.is(200);
    }
    admins
}

#[tokio::test]
async fn twenty_scans_of_one_cadet_by_two_scanners_make_one_record() {
    let app = TestApp::crowded().await;
    let (cadet, day) = (app.add(a_cadet().without_grades()).await, app.add(a_training_day()).await);
    let admins = two_admins(&app).await;
    let body = json!({ "dayId": day.id, "qrData": cadet.student_id });
    let scans = (0..20).map(|n| admins[n % 2].post("/api/attendance/scan", body.clone()));
    let answers = join_all(scans).await;
    let recorded: Vec<Value> =
        answers.iter().map(|answer| answer.is(200).json()["message"].clone()).collect();
    let first = recorded.iter().filter(|message| *message == "Attendance recorded").count();
    let again = recorded.iter().filter(|message| *message == "Attendance updated").count();
    assert_eq!((first, again), (1, 19), "{recorded:?}");
    assert_eq!(texts(&app, &day, &cadet).await, ["present", "Scanned via QR", "8:00:00 AM", ""]);
    assert_eq!(attended(&app, &cadet).await, 1);
    assert_eq!(notices(&app, cadet.user_id).await.len(), 1);
    assert_eq!(events(&app, "attendance_updated").await.len(), 1);
}

#[tokio::test]
async fn marks_scans_and_bulk_requests_of_the_same_cadets_do_not_block_each_other() {
    let app = TestApp::crowded().await;
    let day = app.add(a_training_day()).await;
    let cadets = join_all((0..6).map(|_| app.add(a_cadet().without_grades()))).await;
    let ids: Vec<i32> = cadets.iter().map(|cadet| cadet.id).collect();
    let admins = two_admins(&app).await;
    let bulk = |status: &str| json!({ "training_day_id": day.id, "cadet_ids": ids, "status": status });
    let request = async |n: usize| {
        let (id, admin) = (ids[n % ids.len()], &admins[n % 2]);
        let mark = json!({ "dayId": day.id, "cadetId": id, "status": "absent" });
        match n % 4 {
            0 => admin.post("/api/attendance/bulk_mark", bulk("late")).await,
            1 => admin.post("/api/attendance/scan", json!({ "dayId": day.id, "qrData": id })).await,
            2 => admin.post("/api/attendance/mark", mark).await,
            _ => admin.post("/api/attendance/bulk_create", bulk("excused")).await,
        }
    };
    for answer in join_all((0..24).map(request)).await {
        assert!(answer.status() < 300, "{answer}");
    }
    for cadet in &cadets {
        attended(&app, cadet).await;
    }
    assert_eq!(count(&app, "attendance_records").await, 6);
}

#[tokio::test]
async fn a_day_that_is_deleted_while_cadets_are_scanned_leaves_right_totals() {
    let app = TestApp::crowded().await;
    let day = app.add(a_training_day()).await;
    let cadets = join_all((0..10).map(|_| app.add(a_cadet()))).await;
    let [admin, other] = two_admins(&app).await;
    let ids: Vec<i32> = cadets.iter().take(5).map(|cadet| cadet.id).collect();
    let body = json!({ "training_day_id": day.id, "cadet_ids": ids, "status": "present" });
    admin.post("/api/attendance/bulk_mark", body).await.is(200);
    let scan = |id: i32| admin.post("/api/attendance/scan", json!({ "dayId": day.id, "qrData": id }));
    let path = format!("/api/attendance/days/{}", day.id);
    let scans = join_all(cadets.iter().map(|cadet| scan(cadet.id)));
    let (scans, deleted) = join(scans, other.delete(&path)).await;
    for answer in &scans {
        assert!([200, 404, 409].contains(&answer.status()), "{answer}");
    }
    if deleted.status() == 409 {
        other.delete(&path).await.is(200);
    } else {
        deleted.is(200);
    }
    assert_eq!(count(&app, "attendance_records").await, 0);
    for cadet in &cadets {
        assert_eq!(attended(&app, cadet).await, 0);
    }
}

#[tokio::test]
async fn many_scans_of_one_member_of_the_staff_make_one_record_without_a_departure() {
    let app = TestApp::crowded().await;
    let (staff, day) = (app.add(a_staff_member()).await, app.add(a_training_day()).await);
    let admins = two_admins(&app).await;
    let body = json!({ "dayId": day.id, "qrData": json!({ "id": staff.id }).to_string() });
    let scans = (0..12).map(|n| admins[n % 2].post("/api/attendance/staff/scan", body.clone()));
    for answer in join_all(scans).await {
        answer.is(200);
    }
    let open = "staff_attendance_records WHERE time_in = '8:00:00 AM' AND time_out IS NULL";
    assert_eq!((count(&app, open).await, count(&app, "staff_attendance_records").await), (1, 1));
    assert_eq!(notices(&app, staff.user_id).await.len(), 1);
}

#[tokio::test]
async fn many_check_ins_and_creations_make_one_record() {
    let app = TestApp::crowded().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let [admin, _] = two_admins(&app).await;
    let shown = admin.get(&format!("/api/training-days/{}/qr_code", day.id)).await;
    let check_in = json!({ "training_day_id": day.id, "cadet_id": cadet.id, "qr_code": shown.json()["data"]["qr_code"] });
    let create = json!({ "training_day": day.id, "cadet": cadet.id, "status": "present" });
    let check_ins = join_all((0..6).map(|_| admin.post("/api/attendance/qr_checkin", check_in.clone())));
    let creations = join_all((0..6).map(|_| admin.post("/api/attendance", create.clone())));
    let (check_ins, creations) = join(check_ins, creations).await;
    assert!(check_ins.iter().all(|answer| [200, 201].contains(&answer.status())), "{check_ins:?}");
    assert!(creations.iter().all(|answer| [201, 409].contains(&answer.status())), "{creations:?}");
    let made = check_ins.iter().chain(&creations).filter(|answer| answer.status() == 201).count();
    assert_eq!((made, attended(&app, &cadet).await), (1, 1));
}
