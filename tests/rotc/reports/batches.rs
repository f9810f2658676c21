//! Many documents at once.

use std::{
    io::{Cursor, Read},
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;
use rotc::reports::{batch_profiles, letterhead::letterhead};
use serde_json::{Value, json};
use shared::http::written;
use tests::{TestApp, a_cadet, a_staff_member, an_admin};

use super::{activity, logged, pages};

/// The result of a job.
async fn result(app: &TestApp, answer: &Value) -> Value {
    let id = answer["task_id"].as_str().expect("an id").to_owned();
    app.value("SELECT result FROM muster.jobs WHERE id::text = $1 AND status = 'done'", &[&id]).await
}

#[tokio::test]
async fn the_profiles_of_many_cadets_come_as_a_zip_with_a_pdf_each() {
    let app = TestApp::rotc().await;
    let (one, two) = (app.add(a_cadet()).await, app.add(a_cadet()).await);

    let answer =
        app.as_staff().post("/api/reports/batch/cadets", json!({ "cadet_ids": [two.id, one.id] })).await;

    answer.is(202).has(json!({ "message": "Batch PDF generation started for 2 cadets", "cadet_count": 2 }));
    app.work().await;
    let result = result(&app, &answer.json()).await;
    assert_eq!(result["count"], 2);
    let file = app.as_staff().get(result["path"].as_str().expect("a path")).await;
    assert_eq!(file.is(200).header("content-type"), "application/zip");
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes().to_vec())).expect("an archive");
    assert_eq!(archive.len(), 2);
    for at in 0..2 {
        let mut pdf = Vec::new();
        let mut entry = archive.by_index(at).expect("a file");
        let name = entry.name().expect("a name").into_owned();
        assert!(name.starts_with("cadet_profile_") && name.ends_with(".pdf"), "{name}");
        entry.read_to_end(&mut pdf).expect("a PDF");
        assert!(pages(&pdf).join("").contains("Cadet profile"));
    }
    assert_eq!(logged(&app, "GENERATE", "batch_profiles").await, 2);
    assert_eq!(logged(&app, "DOWNLOAD", "batch_profiles").await, 1);
}

#[tokio::test]
async fn a_batch_tells_how_far_it_is() {
    let app = TestApp::rotc().await;
    let (one, two) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let (worker, ids) = (app.app.clone(), vec![one.id, two.id]);
    let head = letterhead(&worker).await.expect("a letterhead");
    let told = Arc::<Mutex<Vec<(u64, u64)>>>::default();
    let telling = told.clone();

    let mut archive = written(move |pieces| async move {
        let told = |done, of| telling.lock().expect("nobody panicked").push((done, of));
        batch_profiles::write(&worker, &ids, &head, &pieces, told).await
    });
    while archive.next().await.expect("no error").is_some() {}

    assert_eq!(*told.lock().expect("nobody panicked"), [(2, 2)]);
}

#[tokio::test]
async fn a_company_can_be_more_than_can_be_listed() {
    let app = TestApp::rotc().await;
    app.execute(
        "INSERT INTO cadets (first_name, last_name, student_id, company)
         SELECT 'Given', 'Family', 'A-' || n, 'Alpha' FROM generate_series(1, 101) AS n",
        &[],
    )
    .await;
    app.add(a_cadet().in_company("Bravo")).await;

    let answer = app.as_admin().post("/api/reports/batch/transcripts", json!({ "company": "Alpha" })).await;

    answer.is(202).has(json!({ "cadet_count": 101 }));
    app.work().await;
    let result = result(&app, &answer.json()).await;
    let file = app.as_admin().get(result["path"].as_str().expect("a path")).await;
    assert_eq!(file.is(200).header("content-disposition"), "attachment; filename=\"transcripts.pdf\"");
    assert_eq!(pages(file.bytes()).len(), 101);
}

#[tokio::test]
async fn certificates_of_a_batch_can_be_checked_one_by_one() {
    let app = TestApp::rotc().await;
    let id = activity(&app, "Parade", "achievement").await;
    let body = json!({ "activity_id": id, "cadet_names": ["Ana", "Ben"] });

    let answer = app.as_staff().post("/api/reports/batch/certificates", body.clone()).await;

    answer.is(202).has(
        json!({ "message": "Batch certificate generation started for 2 cadets", "certificate_count": 2 }),
    );
    app.work().await;
    let result = result(&app, &answer.json()).await;
    let file = app.as_staff().get(result["path"].as_str().expect("a path")).await;
    let pages = pages(file.is(200).bytes());
    assert_eq!(pages.len(), 2);
    for (page, name) in pages.iter().zip(["Ana", "Ben"]) {
        assert!(page.contains(name), "{page}");
        let code: String =
            app.value("SELECT code FROM muster.certificates WHERE snapshot ->> 'name' = $1", &[&name]).await;
        app.anonymous()
            .get(&format!("/api/certificates/verify/{code}"))
            .await
            .is(200)
            .has(json!({ "status": "issued" }));
    }
    app.as_staff().post("/api/reports/batch/certificates", body).await.is(202);
    app.work().await;
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.certificates", &[]).await, 2);
}

#[tokio::test]
async fn a_printed_file_is_for_who_asked_for_it_and_administrators_and_goes_after_a_week() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let (other, admin) = (app.add(a_staff_member()).await, app.add(an_admin()).await);
    let answer = app.as_staff().post("/api/reports/batch/cadets", json!({ "cadet_ids": [cadet.id] })).await;
    let path = format!("/api/reports/files/{}", answer.is(202).json()["task_id"].as_str().expect("an id"));
    app.as_staff().get(&path).await.is(404);
    app.work().await;

    app.as_staff().get(&path).await.is(200);
    app.as_user(admin.user_id).get(&path).await.is(200);
    app.as_user(other.user_id).get(&path).await.is(404);
    app.as_cadet(&cadet).get(&path).await.is(403);
    app.anonymous().get(&path).await.is(401);

    let stored = app.stored_files().len();
    app.clock.advance(TimeDelta::days(8));
    shared::jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("jobs are planned");
    app.work().await;
    assert_eq!(app.stored_files().len(), stored - 1);
    app.as_admin().get(&path).await.is(404);
}

#[tokio::test]
async fn a_job_that_runs_twice_makes_one_file() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_staff().post("/api/reports/batch/cadets", json!({ "cadet_ids": [cadet.id] })).await.is(202);
    app.work().await;
    let files = app.stored_files().len();

    app.execute(
        "UPDATE muster.jobs SET status = 'queued', finished_at = NULL WHERE kind = 'batch_profiles'",
        &[],
    )
    .await;
    app.work().await;

    assert_eq!(app.stored_files().len(), files);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.report_files", &[]).await, 1);
}

#[tokio::test]
async fn a_batch_of_nobody_or_of_too_many_is_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let id = activity(&app, "Parade", "achievement").await;
    let staff = app.as_staff();
    for batch in ["cadets", "transcripts"] {
        let url = format!("/api/reports/batch/{batch}");
        staff.post(&url, json!({})).await.is(400).message("cadet_ids must be a non-empty list");
        staff.post(&url, json!({ "cadet_ids": [] })).await.is(400);
        staff.post(&url, json!({ "cadet_ids": (1..=101).collect::<Vec<i32>>() })).await.is(400);
        staff.post(&url, json!({ "cadet_ids": [cadet.id, cadet.id] })).await.is(400);
        staff
            .post(&url, json!({ "cadet_ids": [cadet.id, 999] }))
            .await
            .is(404)
            .message("Cadet with ID 999 not found");
        staff.post(&url, json!({ "company": "Nope" })).await.is(404);
        app.as_cadet(&cadet).post(&url, json!({ "cadet_ids": [cadet.id] })).await.is(403);
    }
    let url = "/api/reports/batch/certificates";
    staff.post(url, json!({})).await.is(400).message("activity_id is required");
    staff
        .post(url, json!({ "activity_id": id }))
        .await
        .is(400)
        .message("cadet_names must be a non-empty list");
    staff.post(url, json!({ "activity_id": id, "cadet_names": ["A", " "] })).await.is(400);
    staff.post(url, json!({ "activity_id": 999, "cadet_names": ["A"] })).await.is(404);
    staff.post(url, json!({ "activity_id": id, "cadet_names": ["A"], "cadet_ids": [1] })).await.is(400);
    app.as_cadet(&cadet).post(url, json!({ "activity_id": id, "cadet_names": ["A"] })).await.is(403);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.certificates", &[]).await, 0);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.jobs", &[]).await, 0);
}
