//! Checking in with the code of the day.

use chrono::TimeDelta;
use serde_json::json;
use tests::{Answer, Cadet, TestApp, TrainingDay, a_cadet, a_training_day};

use super::{attended, count, events, notices, texts};

const PATH: &str = "/api/attendance/qr_checkin";

async fn code(app: &TestApp, day: &TrainingDay) -> String {
    let answer = app.as_staff().get(&format!("/api/training-days/{}/qr_code", day.id)).await;
    let code = answer.is(200).json()["data"]["qr_code"].as_str().expect("a text").to_owned();
    assert!(code.len() == 16 && code.bytes().all(|byte| byte.is_ascii_hexdigit()), "{code}");
    code
}

async fn check_in(app: &TestApp, day: &TrainingDay, cadet: &Cadet, code: &str) -> Answer {
    let body = json!({ "training_day_id": day.id, "cadet_id": cadet.id, "qr_code": code });
    app.as_cadet(cadet).post(PATH, body).await
}

#[tokio::test]
async fn the_code_says_for_which_day_it_is_and_how_long() {
    let app = TestApp::rotc().await;
    let day = app.add(a_training_day()).await;
    app.clock.advance(TimeDelta::minutes(7));
    let path = format!("/api/training-days/{}/qr_code", day.id);
    app.as_staff().get(&path).await.is(200).has(json!({ "success": true, "data": {
        "training_day_id": day.id, "title": "Drill", "date": "2026-02-01",
        "refresh_at": "2026-02-02T08:15:00.000Z", "expires_at": "2026-02-02T08:30:00.000Z",
    } }));
    app.as_admin().get("/api/training-days/99999/qr_code").await.is(404).message("Training day not found");
}

#[tokio::test]
async fn a_cadet_checks_in_once() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let code = code(&app, &day).await;
    check_in(&app, &day, &cadet, &code).await.is(201).has(json!({ "success": true, "data": {
        "training_day": day.id, "cadet": cadet.id, "status": "present", "time_in": "8:00:00 AM", "time_out": null,
    } }));
    app.clock.advance(TimeDelta::minutes(5));
    check_in(&app, &day, &cadet, &code).await.is(200).has(json!({ "data": { "time_in": "8:00:00 AM" } }));
    assert_eq!(attended(&app, &cadet).await, 1);
    let told = "Your attendance for Drill (2026-02-01) has been marked as present.";
    assert_eq!(notices(&app, cadet.user_id).await, [told]);
    assert_eq!(events(&app, "attendance_updated").await.len(), 1);

    let other = app.add(a_cadet()).await;
    let without_id = json!({ "training_day_id": day.id, "qr_code": code.to_uppercase() });
    app.as_cadet(&other).post(PATH, without_id).await.is(201).has(json!({ "data": { "cadet": other.id } }));
}

#[tokio::test]
async fn the_code_changes_and_the_one_before_is_still_accepted_for_a_while() {
    let app = TestApp::rotc().await;
    let (first, second, day) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_training_day()).await);
    let old = code(&app, &day).await;
    app.clock.advance(TimeDelta::minutes(15));
    let new = code(&app, &day).await;
    assert_ne!(old, new);
    check_in(&app, &day, &first, &old).await.is(201);
    app.clock.advance(TimeDelta::minutes(15));
    check_in(&app, &day, &second, &old).await.is(400).message("Invalid QR code");
    check_in(&app, &day, &second, &new).await.is(201);
}

#[tokio::test]
async fn a_code_expires_at_the_moment_it_says() {
    let app = TestApp::rotc().await;
    let (first, second, day) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_training_day()).await);
    let code = code(&app, &day).await;
    app.clock.advance(TimeDelta::seconds(30 * 60 - 1));
    check_in(&app, &day, &first, &code).await.is(201);
    app.clock.advance(TimeDelta::seconds(1));
    check_in(&app, &day, &second, &code).await.is(400).message("Invalid QR code");
    assert_eq!(count(&app, "attendance_records").await, 1);
}

#[tokio::test]
async fn forged_codes_are_refused() {
    let app = TestApp::rotc().await;
    let (cadet, day, other) = (
        app.add(a_cadet()).await,
        app.add(a_training_day()).await,
        app.add(a_training_day().on("2026-02-08")).await,
    );
    let genuine = code(&app, &day).await;
    let nearly = format!("{}{}", &genuine[..15], if genuine.ends_with('0') { '1' } else { '0' });
    let of_another_day = code(&app, &other).await;
    let guessed: String = {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(format!("{}:{}:Drill", day.id, day.date));
        hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    };
    for forged in [
        nearly.as_str(),
        &of_another_day,
        &guessed,
        &genuine[..14],
        &format!("{genuine}00"),
        "",
        "bad",
        "zzzzzzzzzzzzzzzz",
        "0000000000000000",
        "ñññññññññññññññ",
        &"f".repeat(4000),
    ] {
        check_in(&app, &day, &cadet, forged).await.is(400).message("Invalid QR code");
    }
    check_in(&app, &day, &cadet, "a\u{0}b").await.is(400);
    let body = json!({ "training_day_id": day.id, "cadet_id": cadet.id });
    app.as_cadet(&cadet).post(PATH, body).await.is(400).message("This field is required.");
    app.as_admin().post(PATH, json!({})).await.is(400).has(json!({ "error": true }));
    assert_eq!(count(&app, "attendance_records").await, 0);
    check_in(&app, &day, &cadet, &genuine).await.is(201);
}

#[tokio::test]
async fn the_code_of_another_installation_is_worth_nothing() {
    let app = TestApp::rotc().await;
    let theirs =
        TestApp::with(|config| config.signing_key = Some("another key for tests, long enough".into())).await;
    let (cadet, day, their_day) =
        (app.add(a_cadet()).await, app.add(a_training_day()).await, theirs.add(a_training_day()).await);
    assert_eq!(day.id, their_day.id);
    check_in(&app, &day, &cadet, &code(&theirs, &their_day).await).await.is(400).message("Invalid QR code");
}

#[tokio::test]
async fn cadets_check_in_themselves_only_and_staff_anybody() {
    let app = TestApp::rotc().await;
    let (cadet, other, day) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_training_day()).await);
    let code = code(&app, &day).await;
    let for_other = json!({ "training_day_id": day.id, "cadet_id": other.id, "qr_code": code });
    app.as_cadet(&cadet).post(PATH, for_other.clone()).await.is(403);
    assert_eq!(count(&app, "attendance_records").await, 0);
    app.as_staff().post(PATH, for_other.clone()).await.is(201).has(json!({ "data": { "cadet": other.id } }));
    app.as_admin().post(PATH, for_other).await.is(200);
    let nobody = json!({ "training_day_id": day.id, "cadet_id": 99999, "qr_code": code });
    app.as_staff().post(PATH, nobody).await.is(404).message("Cadet not found");
    app.as_admin().delete(&format!("/api/training-days/{}", day.id)).await.is(200);
    check_in(&app, &day, &cadet, &code).await.is(404).message("Training day not found");
}

#[tokio::test]
async fn a_cadet_does_not_change_what_the_staff_recorded() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let mark = json!({ "dayId": day.id, "cadetId": cadet.id, "status": "absent", "remarks": "left" });
    app.as_admin().post("/api/attendance/mark", mark).await.is(200);
    let code = code(&app, &day).await;
    let refused = check_in(&app, &day, &cadet, &code).await;
    refused.is(409).message("Your attendance is already recorded as absent");
    assert_eq!(texts(&app, &day, &cadet).await, ["absent", "left", "", ""]);
    let by_staff = json!({ "training_day_id": day.id, "cadet_id": cadet.id, "qr_code": code });
    app.as_staff()
        .post(PATH, by_staff)
        .await
        .is(200)
        .has(json!({ "data": { "status": "present", "remarks": "left" } }));
    assert_eq!(attended(&app, &cadet).await, 1);
}
