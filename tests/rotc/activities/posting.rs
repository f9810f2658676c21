//! Posting activities, on both surfaces.

use http::Method;
use serde_json::json;
use tests::{Part, TestApp, a_cadet, a_staff_member};

use super::{CLIENT, RESOURCE, count, form, notices, pictures_of, posted};
use crate::storage::{PNG, field, file, refused_files, stored};

#[tokio::test]
async fn pictures_stand_wherever_clients_look_for_them() {
    let app = TestApp::rotc().await;
    let (id, pictures) = posted(&app, "Run 5k", 2).await;

    assert_eq!(pictures.len(), 2);
    assert_eq!(stored(&app.app).await, pictures.iter().cloned().collect());
    assert_eq!(notices(&app).await, ["New Activity Posted: Run 5k"]);
    app.audited("activities", "INSERT", id).await;
    let shown = app.as_staff().get(&format!("{RESOURCE}/{id}")).await;
    shown.is(200).has(json!({ "success": true, "data": {
        "id": id, "title": "Run 5k", "description": "d", "date": "2026-02-01", "type": "activity",
        "image_path": pictures[0], "image_url": pictures[0], "images": json!(pictures).to_string(),
        "images_list": pictures, "created_at": "2026-02-02T08:00:00.000Z",
        "activity_images": [
            { "activity": id, "image_url": pictures[0], "created_at": "2026-02-02T08:00:00.000Z" },
            { "activity": id, "image_url": pictures[1] },
        ],
    } }));
}

#[tokio::test]
async fn the_resource_api_enters_activities_by_the_same_rules() {
    let app = TestApp::rotc().await;
    let body = json!({ "title": "Medal", "description": "Won", "date": "2026-01-31", "type": "Achievement" });
    let answer = app.as_staff().post(RESOURCE, body).await;
    answer.is(201).message("Resource created successfully").has(json!({ "success": true, "data": {
        "title": "Medal", "date": "2026-01-31", "type": "achievement", "image_path": null, "image_url": null,
        "images": "[]", "images_list": [], "activity_images": [], "created_at": null,
    } }));
    let run = form(&[("title", "Run"), ("description", "5k"), ("date", "2026-02-01")], 1);
    let answer = app.as_admin().form(Method::POST, RESOURCE, &run).await;
    let id = answer.is(201).json()["data"]["id"].as_i64().expect("an id");
    assert_eq!(pictures_of(&app, i32::try_from(id).expect("an id")).await.len(), 1);
    assert_eq!(notices(&app).await, ["New Activity Posted: Medal", "New Activity Posted: Run"]);
}

#[tokio::test]
async fn each_type_has_its_number_of_photos() {
    let app = TestApp::rotc().await;
    let wrong = [
        ("", 0, "Activities require at least 1 photo."),
        ("activity", 0, "Activities require at least 1 photo."),
        ("Activity", 6, "Activities can have maximum 5 photos."),
        ("announcement", 0, "Announcements require at least 1 photo."),
        ("announcement", 11, "At most 10 photos can be sent at once."),
        ("event", 11, "At most 10 photos can be sent at once."),
    ];
    for path in [CLIENT, RESOURCE] {
        for (kind, photos, message) in wrong {
            let fields = [("title", "T"), ("description", "d"), ("date", "2026-02-01"), ("type", kind)];
            let answer = app.as_staff().form(Method::POST, path, &form(&fields, photos)).await;
            answer.is(400).message(message).code("photo_count");
        }
    }
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));

    for (kind, photos) in [("activity", 5), ("announcement", 10), ("achievement", 0), ("event", 0)] {
        let answer = app
            .as_staff()
            .form(Method::POST, CLIENT, &form(&[("title", kind), ("type", kind)], photos))
            .await;
        answer.is(200).message("Activity created");
    }
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (4, 15));
    assert_eq!(notices(&app).await[1], "New Announcement Posted: announcement");
}

#[tokio::test]
async fn texts_that_make_no_sense_are_refused() {
    let app = TestApp::rotc().await;
    let staff = app.as_staff();
    let missing = staff.post(RESOURCE, json!({})).await;
    missing.is(400).has(json!({ "error": true, "code": "BAD_REQUEST", "message": "This field is required.",
        "details": {
            "title": ["This field is required."], "description": ["This field is required."],
            "date": ["This field is required."],
        } }));
    for date in ["bad", "2026-02-30", "2026-2-1", "02/01/2026", ""] {
        let body = json!({ "title": "T", "description": "d", "type": "event", "date": date });
        staff.post(RESOURCE, body).await.is(400).has(json!({ "code": "BAD_REQUEST" }));
    }
    let long = "x".repeat(501);
    let odd = [
        json!({ "title": "  ", "type": "event" }),
        json!({ "title": long, "type": "event" }),
        json!({ "title": "T", "type": "party" }),
        json!({ "title": 5, "type": "event" }),
        json!({ "title": "a\u{0}b", "type": "event" }),
        json!({ "title": "T", "type": "event", "date": "x".repeat(101) }),
    ];
    for body in odd {
        staff.post(CLIENT, body).await.is(400);
    }
    staff
        .form(Method::POST, CLIENT, &form(&[("description", "d")], 1))
        .await
        .is(400)
        .message("Title is required");
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
    staff.post(CLIENT, json!({ "title": "T", "type": "event", "date": "1st week of March" })).await.is(200);
}

#[tokio::test]
async fn a_refused_file_leaves_nothing_behind() {
    let app = TestApp::rotc().await;
    let fields = [("title", "T"), ("description", "d"), ("date", "2026-02-01")];
    for path in [CLIENT, RESOURCE] {
        for (name, body) in refused_files() {
            // The good one first: it must not stay either.
            let mut parts = form(&fields, 1);
            parts.push(file("images", name, &body));
            let answer = app.as_staff().form(Method::POST, path, &parts).await;
            assert_eq!(answer.status(), 400, "{name}: {answer}");
            assert!(
                answer.json()["message"].as_str().unwrap_or_default().starts_with("Image upload failed: ")
            );
        }
        let mut parts = form(&fields, 1);
        parts.push(file("photo", "a.png", PNG));
        app.as_staff().form(Method::POST, path, &parts).await.is(400).message("Unexpected field");
    }
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
    assert!(notices(&app).await.is_empty());
}

#[tokio::test]
async fn files_and_forms_that_are_too_large_are_refused() {
    let app = TestApp::rotc().await;
    let large = [PNG, &vec![0; 20 * 1024 * 1024]].concat();
    let parts = [field("title", "T"), file("images", "a.png", PNG), file("images", "b.png", &large)];
    app.as_staff().form(Method::POST, CLIENT, &parts).await.is(413).message("File too large");

    let most: Vec<Part> = (0..4).map(|_| file("images", "a.png", &vec![0; 17 * 1024 * 1024])).collect();
    app.as_staff().form(Method::POST, RESOURCE, &most).await.is(413).has(json!({ "error": true }));
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
}

#[tokio::test]
async fn a_form_that_ends_too_early_leaves_nothing_behind() {
    let app = TestApp::rotc().await;
    let mut body = b"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nT\r\n".to_vec();
    body.extend_from_slice(
        b"--b\r\nContent-Disposition: form-data; name=\"images\"; filename=\"a.png\"\r\n\r\n",
    );
    body.extend_from_slice(PNG);
    for path in [CLIENT, RESOURCE] {
        let kind = Some("multipart/form-data; boundary=b");
        app.as_staff().send(Method::POST, path, kind, body.clone()).await.is(400);
    }
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
}

#[tokio::test]
async fn a_request_that_arrives_twice_is_entered_once() {
    let app = TestApp::crowded().await;
    let parts = form(&[("title", "Run"), ("date", "2026-02-01")], 2);
    let staff = app.as_staff();
    staff.get(RESOURCE).await.is(200);
    let answers = (0..4).map(|_| staff.form(Method::POST, CLIENT, &parts));
    let answers = futures_util::future::join_all(answers).await;
    let ids: Vec<_> = answers.iter().map(|answer| answer.is(200).json()["id"].clone()).collect();

    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (1, 2));
    assert_eq!(notices(&app).await, ["New Activity Posted: Run"]);
    let other = form(&[("title", "Run"), ("date", "2026-02-08")], 1);
    staff.form(Method::POST, CLIENT, &other).await.is(200);
    app.as_admin().form(Method::POST, CLIENT, &parts).await.is(200);
    assert_eq!(count(&app).await, 3, "another date and another person are no repetition");
    app.execute("UPDATE audit_logs SET created_at = created_at - interval '1 minute'", &[]).await;
    staff.form(Method::POST, CLIENT, &parts).await.is(200);
    assert_eq!(count(&app).await, 4, "a later one is another one");
}

#[tokio::test]
async fn staff_write_admins_delete_and_everybody_reads() {
    let app = TestApp::rotc().await;
    let (cadet, staff) = (app.add(a_cadet()).await, app.add(a_staff_member()).await);
    let (cadet, staff) = (app.as_cadet(&cadet), app.as_user(staff.user_id));
    let event = json!({ "title": "E", "description": "d", "date": "2026-02-01", "type": "event" });
    let id = staff.post(CLIENT, event.clone()).await.is(200).json()["id"].clone();
    let (client, resource) = (format!("{CLIENT}/{id}"), format!("{RESOURCE}/{id}"));

    for path in [RESOURCE, &resource, &format!("{resource}/images")] {
        cadet.get(path).await.is(200);
    }
    cadet.post(CLIENT, event.clone()).await.is(403).message("Forbidden");
    cadet.post(RESOURCE, event.clone()).await.is(403).has(json!({ "code": "FORBIDDEN" }));
    for path in [&client, &resource] {
        cadet.put(path, event.clone()).await.is(403);
        cadet.delete(path).await.is(403);
        staff.delete(path).await.is(403).message("Forbidden");
        staff.put(path, json!({ "title": "E2" })).await.is(200);
        app.anonymous().delete(path).await.is(401);
    }
    cadet.post(&format!("{resource}/add_image"), json!({ "image_url": "/uploads/a.png" })).await.is(403);
    cadet.delete(&format!("{resource}/remove_image/1")).await.is(403);
    app.as_admin().delete(&client).await.is(200).message("Activity deleted");
    app.as_admin().delete(&client).await.is(200).message("Activity deleted");
    app.as_admin().delete(&resource).await.is(404).message("Activity not found");
}
