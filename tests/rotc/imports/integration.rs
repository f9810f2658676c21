//! Scores, points and records of ROTCMIS, as the client imports them.

use futures_util::future::join_all;
use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, an_admin};

use super::{counts, file};

#[tokio::test]
async fn the_same_ledger_is_refused_for_ten_minutes_unless_it_is_meant() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    let admin = app.as_admin();
    admin.get("/api/attendance/days").await.is(200);
    let list = format!(
        "Student ID,Type,Points,Reason\n{0},Merit,10,Detail\n{0},demerit,4,\n{0},merit,1.5,\n",
        cadet.student_id
    );
    let path = "/api/integration/ledger/import";
    let import =
        async |path: &str| admin.form(Method::POST, path, &[file("files", "ledger.csv", list.clone())]).await;
    let answers = join_all((0..4).map(|_| import(path))).await;
    let done = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(done, 1, "{answers:?}");
    let refused = answers.iter().find(|answer| answer.status() != 200).expect("three are refused");
    refused.is(409).code("imported_already");
    let totals = "SELECT merit_points * 100 + demerit_points * 10 + lifetime_merit_points FROM grades WHERE cadet_id = $1";
    assert_eq!(app.value::<i32>(totals, &[&cadet.id]).await, 1050);
    let reasons = "SELECT string_agg(reason, ', ' ORDER BY id) FROM merit_demerit_logs";
    assert_eq!(app.value::<String>(reasons, &[]).await, "Detail, Imported Demerit");
    let events = "SELECT count(*) FROM sync_events WHERE event_type IN ('merit_added', 'demerit_added')";
    assert_eq!(app.value::<i64>(events, &[]).await, 2);
    let second = app.add(an_admin()).await;
    let theirs = app.as_user(second.user_id);
    theirs.form(Method::POST, path, &[file("files", "ledger.csv", list.clone())]).await.is(200);
    import(&format!("{path}?again=true")).await.is(200).has(json!({ "inserted": 2, "skipped": 1 }));
    assert_eq!(app.value::<i32>(totals, &[&cadet.id]).await, 3150);
}

#[tokio::test]
async fn scores_are_brought_into_range_and_empty_cells_keep_theirs() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE grades SET midterm_score = 80, status = 'INC' WHERE cadet_id = $1", &[&cadet.id])
        .await;
    let list = json!({ "rows": [
        { "sid": cadet.student_id, "prelims": "101", "midterm": "", "final": "abc", "attendance_present": 40 },
        { "email": "nobody@example.test", "prelim": 1 },
        { "prelim": 1 },
    ] });
    let (who, said) = (&cadet.student_id, "the prelim score 101 is not between 0 and 100, 100 was taken");
    let wrong = format!("Row 1: {who}: the final score \"abc\" is no number");
    let above = format!("Row 1: {who}: {said}");
    app.as_admin().get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    let check = "/api/integration/grades/validate";
    let checked =
        app.as_admin().form(Method::POST, check, &[file("files", "g.json", list.to_string())]).await;
    checked.is(200).has(json!({ "total": 3, "valid": 2, "errors": [
        { "row": 2, "message": "Row 2: nobody@example.test: no such cadet" },
        { "row": 3, "message": "Row 3: it does not say which cadet is meant" },
        { "row": 1, "message": wrong },
        { "row": 1, "message": above },
    ] }));
    assert_eq!(counts(&app).await, before);
    let import = "/api/integration/grades/import";
    let done = app.as_admin().form(Method::POST, import, &[file("files", "g.json", list.to_string())]).await;
    done.is(200).has(json!({ "message": "Grades import completed", "updated": 1, "skipped": 2, "errors": [
        "Row 2: nobody@example.test: no such cadet",
        "Row 3: it does not say which cadet is meant",
        wrong, above,
    ] }));
    let read = "SELECT concat_ws('/', prelim_score, midterm_score, final_score, status, attendance_present) FROM grades";
    assert_eq!(app.value::<String>(read, &[]).await, "100/80/0/INC/0");
}

#[tokio::test]
async fn a_row_without_a_readable_score_is_wrong() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for score in ["85 points", "\"85,5\""] {
        let list = format!("Student ID,Final\n{},{score}\n", cadet.student_id);
        let check = "/api/integration/grades/validate";
        let checked = app.as_admin().form(Method::POST, check, &[file("files", "g.csv", list.clone())]).await;
        let (who, said) = (&cadet.student_id, score.trim_matches('"'));
        let error = format!("Row 2: {who}: the final score \"{said}\" is no number");
        checked.is(200).has(json!({ "total": 1, "valid": 0, "errors": [{ "row": 2, "message": error }] }));
        let import = "/api/integration/grades/import";
        let done = app.as_admin().form(Method::POST, import, &[file("files", "g.csv", list)]).await;
        done.is(200).has(json!({ "updated": 0, "skipped": 1, "errors": [error] }));
    }
}

#[tokio::test]
async fn records_of_rotcmis_make_their_day_once_and_count() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    let second = app.add(an_admin()).await;
    let admins = [app.as_admin(), app.as_user(second.user_id)];
    for admin in &admins {
        admin.get("/api/attendance/days").await.is(200);
    }
    let record = json!({ "student_id": cadet.student_id, "status": "P", "date": "2026-01-10" });
    let path = "/api/integration/rotcmis/import";
    let body = json!({ "records": [record], "strategy": "skip-duplicates" });
    let answers = join_all((0..6).map(|n| admins[n % 2].post(path, body.clone()))).await;
    let inserted: i64 =
        answers.iter().map(|a| a.is(200).json()["result"]["inserted"].as_i64().unwrap_or(9)).sum();
    assert_eq!(inserted, 1);
    let days = "SELECT string_agg(title || '/' || description, ',') FROM training_days";
    assert_eq!(app.value::<String>(days, &[]).await, "Training 2026-01-10/Imported from ROTCMIS");
    let total = "SELECT attendance_present FROM grades WHERE cadet_id = $1";
    assert_eq!(app.value::<i32>(total, &[&cadet.id]).await, 1);
    let absent = json!({ "records": [{ "student_id": cadet.student_id, "status": "absent", "date": "2026-01-10" }], "strategy": "overwrite" });
    admins[0].post(path, absent).await.is(200).has(json!({ "result": { "inserted": 0, "updated": 1 } }));
    assert_eq!(app.value::<i32>(total, &[&cadet.id]).await, 0);
}

#[tokio::test]
async fn files_of_rotcmis_are_checked_without_writing() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    let list =
        "Student Number,Date,Status\n2026-1,2026-01-10,P\n2026-1,2026-01-10,A\n,,\n2026-2,soon,maybe\n";
    let path = "/api/integration/rotcmis/validate";
    let answer = app.as_admin().form(Method::POST, path, &[file("files", "r.csv", list)]).await;
    answer.is(200).has(
        json!({ "summary": { "total": 3, "valid": 2, "invalid": 1, "duplicates": 2, "dataQuality": 67 } }),
    );
    let bad = app.as_admin().form(Method::POST, path, &[file("files", "r.json", "{not json")]).await;
    bad.is(400).message("Validation error: The file is not valid JSON");
    assert_eq!(counts(&app).await, before);
    app.anonymous().get("/api/integration/status").await.is(200).has(json!({ "status": "ok" }));
}

#[tokio::test]
async fn only_admins_import_scores_points_and_records() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    for path in [
        "rotcmis/validate",
        "rotcmis/import",
        "grades/validate",
        "grades/import",
        "ledger/validate",
        "ledger/import",
    ] {
        let path = format!("/api/integration/{path}");
        app.as_staff().post(&path, json!({})).await.is(403);
        app.as_cadet(&cadet).post(&path, json!({})).await.is(403);
        app.as_admin().post(&path, json!({})).await.is(400);
    }
    let list = format!("Student ID,Type,Points\n{},merit,3\n", cadet.student_id);
    let path = "/api/integration/ledger/validate";
    let checked = app.as_admin().form(Method::POST, path, &[file("files", "l.csv", list)]).await;
    checked.is(200).has(
        json!({ "total": 1, "valid": 1, "preview": [{ "type": "merit", "points": "3" }], "errors": [] }),
    );
}
