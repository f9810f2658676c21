//! Letters in the resource API.

use http::Method;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_training_day};

use super::{CLIENT, RESOURCE, count, file_of, letter, submitted};
use crate::storage::{PDF, field, file, stored};

#[tokio::test]
async fn letters_are_submitted_with_and_without_a_file() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let own = app.as_cadet(&cadet).form(Method::POST, RESOURCE, &letter("Fever")).await;
    own.is(201).message("Resource created successfully").has(json!({ "success": true, "data": {
        "cadet": cadet.id, "cadet_name": format!("Juan {}", cadet.last_name), "student_id": cadet.student_id,
        "training_day": day.id, "date_absent": "2026-02-01", "reason": "Fever", "status": "pending",
        "ocr_text": null, "ocr_confidence": null, "ocr_processed_at": null,
        "created_at": "2026-02-02T08:00:00.000Z",
    } }));
    assert_eq!(stored(&app.app).await.len(), 1);
    let bodies = [
        json!({ "cadet_id": cadet.id, "date_absent": "2026-02-01", "reason": "a", "training_day_id": day.id }),
        json!({ "cadet": cadet.id.to_string(), "date_absent": "2026-02-01", "reason": "b", "training_day": day.id }),
    ];
    for body in bodies {
        let answer = app.as_staff().post(RESOURCE, body).await;
        answer
            .is(201)
            .has(json!({ "data": { "file_url": null, "training_day": day.id, "cadet": cadet.id } }));
    }
    let no_day = json!({ "date_absent": "2026-01-31", "reason": "c", "status": "approved" });
    let answer = app.as_cadet(&cadet).post(RESOURCE, no_day).await;
    answer.is(201).has(json!({ "data": { "training_day": null, "status": "pending" } }));
}

#[tokio::test]
async fn letters_that_make_no_sense_are_refused() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let day = app.add(a_training_day().on("2026-01-25")).await;
    let missing = app.as_staff().post(RESOURCE, json!({})).await;
    missing.is(400).has(json!({ "error": true, "message": "This field is required.", "details": {
        "cadet_id": ["This field is required."], "date_absent": ["This field is required."],
        "reason": ["This field is required."],
    } }));
    let missing = app.as_cadet(&cadet).post(RESOURCE, json!({})).await.json();
    assert_eq!(missing["details"]["cadet_id"], Value::Null);
    let with = |more: Value| {
        let mut body = json!({ "cadet_id": cadet.id, "date_absent": "2026-02-01", "reason": "r" });
        body.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        body
    };
    let wrong = [
        json!({ "cadet_id": "x" }),
        json!({ "date_absent": "2026-02-30" }),
        json!({ "date_absent": "tomorrow" }),
        json!({ "reason": "" }),
        json!({ "reason": 5 }),
        json!({ "training_day_id": 99999 }),
        json!({ "training_day_id": day.id }),
        json!({ "training_day_id": 1e300 }),
        json!({ "file_url": 5 }),
    ];
    for more in wrong {
        let answer = app.as_staff().post(RESOURCE, with(more.clone())).await;
        assert_eq!(answer.status(), 400, "{more}: {answer}");
    }
    app.as_staff()
        .post(RESOURCE, with(json!({ "cadet_id": 99999 })))
        .await
        .is(404)
        .message("Cadet not found");
    let others = app.as_cadet(&cadet).post(RESOURCE, with(json!({ "cadet_id": other.id }))).await;
    others.is(403).has(json!({ "code": "FORBIDDEN" }));
    let parts = [
        field("cadet_id", &cadet.id.to_string()),
        field("date_absent", "2026-02-01"),
        field("reason", "r"),
        field("file_url", "/uploads/letter-1.pdf"),
        file("file", "l.pdf", PDF),
    ];
    app.as_staff().form(Method::POST, RESOURCE, &parts).await.is(400);
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
}

#[tokio::test]
async fn only_ones_own_files_can_be_named() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let cloud = "https://res.cloudinary.com/demo/raw/upload/v1/letter.pdf";
    let uploads = [
        ("/uploads/letter-own.pdf", cadet.user_id, "excuse_letter"),
        (cloud, cadet.user_id, "excuse_letter"),
        ("/uploads/letter-other.pdf", other.user_id, "excuse_letter"),
        ("/uploads/profile-own.png", cadet.user_id, "profile_pic"),
    ];
    for (address, user_id, kind) in uploads {
        let insert = "INSERT INTO muster.uploads (address, uploaded_by, kind) VALUES ($1, $2::int, $3)";
        app.execute(insert, &[&address, &user_id, &kind]).await;
    }
    let others_letter = submitted(&app, &other, "Fever").await;
    let others_letter = file_of(&app, others_letter).await;
    let body = |cadet_id: i32, address: &str| json!({ "cadet_id": cadet_id, "date_absent": "2026-02-01", "reason": address, "file_url": address });

    let foreign = [
        "/uploads/letter-other.pdf",
        "/uploads/profile-own.png",
        &others_letter,
        "/uploads/letter-nobody.pdf",
        "https://example.test/letter.pdf",
        "https://res.cloudinary.com/demo/raw/upload/v1/other.pdf",
        "/etc/passwd",
        "data:text/html,x",
        "/uploads/../secret",
    ];
    for address in foreign {
        let answer = app.as_cadet(&cadet).post(RESOURCE, body(cadet.id, address)).await;
        answer.is(400).message("file_url must be a file that you have uploaded");
    }
    assert_eq!(count(&app).await, 1);
    for (sent, kept) in [
        ("/uploads/letter-own.pdf", "/uploads/letter-own.pdf"),
        ("https://rotc.example.test/uploads/letter-own.pdf?t=1", "/uploads/letter-own.pdf"),
        (cloud, cloud),
    ] {
        let answer = app.as_cadet(&cadet).post(RESOURCE, body(cadet.id, sent)).await;
        answer.is(201).has(json!({ "data": { "file_url": kept } }));
    }
    // A file that is this cadet's letter already, and for the staff any letter that was uploaded.
    app.as_cadet(&other).post(RESOURCE, body(other.id, &others_letter)).await.is(201);
    app.as_staff().post(RESOURCE, body(other.id, &others_letter)).await.is(201);
    app.as_staff().post(RESOURCE, body(cadet.id, "/uploads/letter-other.pdf")).await.is(201);
    app.as_staff().post(RESOURCE, body(cadet.id, &others_letter)).await.is(400);
}

#[tokio::test]
async fn lists_are_filtered_and_show_cadets_their_own() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    for (cadet, status) in
        [(&cadet, "pending"), (&cadet, "approved"), (&other, "approved"), (&other, "Rejected")]
    {
        let insert =
            "INSERT INTO excuse_letters (cadet_id, date_absent, status) VALUES ($1, '2026-02-01', $2)";
        app.execute(insert, &[&cadet.id, &status]).await;
    }
    let total = async |answer: tests::Answer| {
        let json = answer.is(200).has(json!({ "success": true, "page": 1 })).json();
        assert_eq!(
            json["data"].as_array().map(Vec::len),
            json["total"].as_u64().and_then(|n| n.try_into().ok())
        );
        json["total"].as_i64().unwrap_or_default()
    };
    let (staff, own) = (app.as_staff(), app.as_cadet(&cadet));
    assert_eq!(total(staff.get(RESOURCE).await).await, 4);
    assert_eq!(total(staff.get(&format!("{RESOURCE}?status=approved")).await).await, 2);
    assert_eq!(total(staff.get(&format!("{RESOURCE}?status=rejected")).await).await, 1);
    assert_eq!(total(staff.get(&format!("{RESOURCE}?cadet_id={}", cadet.id)).await).await, 2);
    assert_eq!(total(staff.get(&format!("{RESOURCE}?status=approved&cadet_id={}", other.id)).await).await, 1);
    assert_eq!(total(staff.get(&format!("{RESOURCE}/cadet/{}", other.id)).await).await, 2);
    assert_eq!(total(own.get(RESOURCE).await).await, 2);
    assert_eq!(total(own.get(&format!("{RESOURCE}?cadet_id={}", other.id)).await).await, 0);
    assert_eq!(total(own.get(&format!("{RESOURCE}/cadet/{}", cadet.id)).await).await, 2);
    own.get(&format!("{RESOURCE}/cadet/{}", other.id)).await.is(403);
    staff.get(&format!("{RESOURCE}?limit=1&page=2")).await.has(json!({ "page": 2, "limit": 1, "total": 4 }));
    staff.get(&format!("{RESOURCE}?cadet_id=x")).await.is(400).has(json!({ "error": true }));
}

#[tokio::test]
async fn the_resource_api_decides_and_deletes() {
    let app = TestApp::rotc().await;
    let (cadet, _day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let id = submitted(&app, &cadet, "Fever").await;
    let path = format!("{RESOURCE}/{id}");
    let answer = app.as_staff().put(&path, json!({ "status": "APPROVED" })).await;
    answer.is(200).has(json!({ "success": true, "data": { "id": id, "status": "approved" } }));
    let excused: i64 =
        app.value("SELECT count(*) FROM attendance_records WHERE status = 'excused'", &[]).await;
    assert_eq!(excused, 1);
    app.as_staff().delete(&path).await.is(204);
    app.as_staff().delete(&path).await.is(404).has(json!({ "error": true, "code": "NOT_FOUND" }));
    assert_eq!(app.as_staff().get(CLIENT).await.json(), json!([]));
}
