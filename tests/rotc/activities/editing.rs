//! Editing activities: what stays, what goes, and what may be named.

use http::Method;
use serde_json::json;
use tests::{Part, TestApp};

use super::{CLIENT, RESOURCE, form, list_of, notices, pictures_of, posted};
use crate::storage::{JPEG, PNG, field, file, stored};

#[tokio::test]
async fn kept_pictures_stay_in_the_order_asked_for_and_new_ones_follow() {
    let app = TestApp::rotc().await;
    let (id, before) = posted(&app, "Run", 3).await;
    let ids = "SELECT id FROM activity_images WHERE activity_id = $1 AND image_path = $2";
    let kept_id: i32 = app.value(ids, &[&id, &before[2]]).await;
    // The clients prefix their own origin.
    let kept = json!([
        format!("https://rotc.example.test{}", before[2]),
        format!("capacitor://localhost{}?t=5", before[0]),
    ]);
    let parts = [field("existingImages", &kept.to_string()), file("images", "new.jpg", JPEG)];
    let answer = app.as_staff().form(Method::PUT, &format!("{CLIENT}/{id}"), &parts).await;
    answer.is(200).message("Activity updated successfully");

    let after = pictures_of(&app, id).await;
    assert_eq!(after.len(), 3);
    assert_eq!(after[..2], [before[2].clone(), before[0].clone()]);
    assert_eq!(app.value::<i32>(ids, &[&id, &before[2]]).await, kept_id, "a picture keeps its id");
    app.work().await;
    assert_eq!(stored(&app.app).await, after.into_iter().collect(), "the dropped picture is deleted");
}

#[tokio::test]
async fn a_picture_that_is_not_the_activitys_own_is_refused() {
    let app = TestApp::rotc().await;
    let (id, own) = posted(&app, "Run", 1).await;
    let (_, others) = posted(&app, "Swim", 1).await;
    app.execute(
        "INSERT INTO muster.uploads (address, uploaded_by, kind) VALUES ('/uploads/letter-1.pdf', 1, 'excuse_letter')",
        &[],
    )
    .await;
    for foreign in [&others[0], "/uploads/letter-1.pdf", "/uploads/x.png", "https://example.test/x.png", ""] {
        let list = json!([own[0], foreign]);
        let parts =
            [field("title", "T"), field("existingImages", &list.to_string()), file("images", "a.png", PNG)];
        let answer = app.as_staff().form(Method::PUT, &format!("{CLIENT}/{id}"), &parts).await;
        answer.is(400).code("unknown_image");
        let answer = app.as_staff().put(&format!("{RESOURCE}/{id}"), json!({ "images": list })).await;
        answer.is(400).code("unknown_image");
        let body = json!({ "title": "N", "description": "d", "date": "2026-02-01", "image_path": foreign });
        app.as_staff().post(RESOURCE, body).await.is(400).code("unknown_image");
    }
    assert_eq!(pictures_of(&app, id).await, own);
    assert_eq!(stored(&app.app).await.len(), 2);
    assert_eq!(notices(&app).await.len(), 2);
}

#[tokio::test]
async fn a_picture_that_was_uploaded_on_its_own_can_be_named() {
    let app = TestApp::rotc().await;
    app.execute(
        "INSERT INTO muster.uploads (address, uploaded_by, kind)
         VALUES ('/uploads/activity-1.png', 1, 'activity_image'),
                ('https://res.cloudinary.com/demo/image/upload/v1/a.png', 1, 'activity_image')",
        &[],
    )
    .await;
    let body = json!({ "title": "N", "description": "d", "date": "2026-02-01", "image_urls": [
        "https://res.cloudinary.com/demo/image/upload/v1/a.png", "https://x.test/uploads/activity-1.png",
    ] });
    let answer = app.as_staff().post(RESOURCE, body).await;
    let list = list_of(&answer.is(201).json());
    assert_eq!(list, ["https://res.cloudinary.com/demo/image/upload/v1/a.png", "/uploads/activity-1.png"]);
    // The pages of the clients name only what the activity has.
    let (id, own) = posted(&app, "Run", 1).await;
    let body = json!({ "existingImages": json!([own[0], "/uploads/activity-1.png"]).to_string() });
    app.as_staff().put(&format!("{CLIENT}/{id}"), body).await.is(400).code("unknown_image");
}

#[tokio::test]
async fn what_is_not_sent_stays() {
    let app = TestApp::rotc().await;
    let (id, pictures) = posted(&app, "Run", 2).await;
    let (client, resource) = (format!("{CLIENT}/{id}"), format!("{RESOURCE}/{id}"));
    let kept = json!(pictures).to_string();
    app.as_staff().put(&client, json!({ "existingImages": kept, "title": "Walk" })).await.is(200);
    app.as_staff().get(&resource).await.has(json!({ "data": {
        "title": "Walk", "description": "d", "date": "2026-02-01", "type": "activity", "images_list": pictures,
    } }));
    let answer = app.as_staff().put(&resource, json!({ "description": "slow", "date": "2026-02-03" })).await;
    answer.is(200).has(json!({ "success": true, "data": {
        "title": "Walk", "description": "slow", "date": "2026-02-03", "images_list": pictures,
    } }));
    app.as_staff()
        .put(&client, json!({ "existingImages": kept, "date": "", "description": "" }))
        .await
        .is(200);
    app.as_staff().get(&resource).await.has(json!({ "data": { "date": null, "description": "" } }));
    assert_eq!(
        notices(&app).await[1..],
        ["Activity Updated: Walk", "Activity Updated: Walk", "Activity Updated: Walk"]
    );
    app.as_staff().put(&client, json!({ "existingImages": kept })).await.is(200);
    assert_eq!(notices(&app).await.len(), 4, "nobody is told of an edit that changes nothing");
}

#[tokio::test]
async fn edits_follow_the_rules_of_the_type() {
    let app = TestApp::rotc().await;
    let (id, pictures) = posted(&app, "Run", 5).await;
    let (client, resource) = (format!("{CLIENT}/{id}"), format!("{RESOURCE}/{id}"));
    let staff = app.as_staff();
    let none = staff.form(Method::PUT, &client, &form(&[("title", "T")], 0)).await;
    none.is(400).message("Activities require at least 1 photo.");
    let mut six = form(&[], 1);
    six.push(field("existingImages", &json!(pictures).to_string()));
    let six = staff.form(Method::PUT, &client, &six).await;
    six.is(400).message("Activities can have maximum 5 photos.");
    staff
        .put(&resource, json!({ "images": [] }))
        .await
        .is(400)
        .message("Activities require at least 1 photo.");
    staff.put(&resource, json!({ "type": "party" })).await.is(400);
    staff.put(&resource, json!({ "title": "" })).await.is(400);
    staff.put(&resource, json!({ "date": "soon" })).await.is(400);
    for list in ["not json", "{}", "[1]", "[[]]", "7"] {
        let answer = staff.put(&client, json!({ "existingImages": list })).await;
        answer.is(400).message("Invalid existing images format");
    }
    assert_eq!((pictures_of(&app, id).await, stored(&app.app).await.len()), (pictures.clone(), 5));

    let answer = staff.put(&resource, json!({ "type": "announcement" })).await;
    answer.is(200).has(json!({ "data": { "type": "announcement" } }));
    let parts: Vec<Part> = form(&[("existingImages", &json!(pictures).to_string())], 2);
    staff.form(Method::PUT, &client, &parts).await.is(200);
    assert_eq!(pictures_of(&app, id).await.len(), 7);
    assert_eq!(notices(&app).await[1..], ["Announcement Updated: Run", "Announcement Updated: Run"]);
    staff.put(&resource, json!({ "type": "event", "images": "[]" })).await.is(200);
    app.work().await;
    assert_eq!((pictures_of(&app, id).await.len(), stored(&app.app).await.len()), (0, 0));
}

#[tokio::test]
async fn an_edit_of_nothing_is_not_found_and_stores_nothing() {
    let app = TestApp::rotc().await;
    for path in [CLIENT, RESOURCE] {
        let answer =
            app.as_staff().form(Method::PUT, &format!("{path}/99999"), &form(&[("title", "T")], 1)).await;
        answer.is(404).message("Activity not found");
    }
    assert!(stored(&app.app).await.is_empty());
    assert!(notices(&app).await.is_empty());
}

#[tokio::test]
async fn columns_that_disagree_are_read_by_the_list_and_agree_after_an_edit() {
    let app = TestApp::rotc().await;
    let insert =
        "INSERT INTO activities (title, type, image_path, images) VALUES ('Old', $1, $2, $3) RETURNING id";
    let rows = [
        (None, Some("/uploads/a.png"), None, vec!["/uploads/a.png"]),
        (Some("activity"), Some("/uploads/a.png"), Some("not a list"), vec!["/uploads/a.png"]),
        (
            Some(""),
            Some("/uploads/a.png"),
            Some(r#"["/uploads/b.png","/uploads/c.png"]"#),
            vec!["/uploads/b.png", "/uploads/c.png"],
        ),
        (Some("Training"), Some(r"C:\srv\uploads\a.png"), Some("[]"), vec![r"C:\srv\uploads\a.png"]),
        (Some("event"), None, Some("{}"), vec![]),
    ];
    for (kind, first, images, expected) in rows {
        let id: i32 = app.value(insert, &[&kind, &first, &images]).await;
        app.execute(
            "INSERT INTO activity_images (activity_id, image_path) VALUES ($1, '/uploads/stale.png')",
            &[&id],
        )
        .await;
        let path = format!("{RESOURCE}/{id}");
        let shown = app.as_staff().get(&path).await;
        let kind = kind.filter(|kind| !kind.is_empty()).unwrap_or("activity");
        shown.is(200).has(json!({ "data": {
            "type": kind, "images_list": expected, "image_path": expected.first(), "created_at": null,
        } }));
        app.as_staff().put(&path, json!({ "title": "New", "type": kind })).await.is(200);
        assert_eq!(pictures_of(&app, id).await, expected);
    }
}

#[tokio::test]
async fn edits_at_the_same_time_leave_one_state_and_no_files_of_the_other() {
    let app = TestApp::crowded().await;
    let (id, pictures) = posted(&app, "Run", 2).await;
    let staff = app.as_staff();
    let path = format!("{CLIENT}/{id}");
    let edits: Vec<Vec<Part>> =
        (0..6).map(|at| form(&[("existingImages", &json!([pictures[at % 2]]).to_string())], 1)).collect();
    let answers =
        futures_util::future::join_all(edits.iter().map(|parts| staff.form(Method::PUT, &path, parts)));
    for answer in answers.await {
        // A picture that somebody has removed in the meantime cannot be kept.
        assert!([200, 400].contains(&answer.status()), "{answer}");
    }
    app.work().await;
    assert_eq!(stored(&app.app).await, pictures_of(&app, id).await.into_iter().collect());
}
