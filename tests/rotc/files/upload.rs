//! Files sent on their own.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member};

use super::{AVATAR, LETTER, field, file, stored};

const UPLOAD: &str = "/api/upload";

#[tokio::test]
async fn a_file_is_stored_under_a_random_name_for_a_record_to_come() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let parts = [field("type", "excuse_letter"), file("file", "Excuse letter.pdf", LETTER)];
    let answer = app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts).await;

    let data = answer.is(201).json()["data"].clone();
    let url = data["url"].as_str().unwrap_or_default().to_owned();
    assert!(url.starts_with("/uploads/letter-") && url.ends_with(".pdf"), "{url}");
    assert_eq!(data["format"], "pdf");
    assert_eq!(stored(&app).await, std::slice::from_ref(&url));
    let shown = app.as_cadet(&cadet).get(&url).await;
    assert_eq!(shown.is(200).bytes().as_ref(), LETTER);
    assert_eq!(shown.header("content-disposition"), "attachment");
    assert_eq!(shown.header("content-type"), "application/pdf");
}

#[tokio::test]
async fn a_letter_is_shown_to_its_cadet_and_the_staff_only() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let parts = [field("type", "excuse_letter"), file("file", "letter.png", AVATAR)];
    let answer = app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts).await;
    let url = answer.is(201).json()["data"]["url"].as_str().unwrap_or_default().to_owned();

    app.as_cadet(&cadet).get(&url).await.is(200);
    app.as_staff().get(&url).await.is(200);
    app.as_cadet(&other).get(&url).await.is(404);
    let stranger = app.anonymous().get(&url).await;
    assert!(stranger.is(200).text().starts_with("<svg"), "a drawing in its place");

    app.execute("DELETE FROM muster.uploads", &[]).await;
    app.as_cadet(&cadet).get(&url).await.is(404);
    let letter = "INSERT INTO excuse_letters (cadet_id, date_absent, reason, file_url) VALUES ($1, '2026-02-02', '', $2)";
    let legacy = format!("https://old.example.test{url}");
    app.execute(letter, &[&cadet.id, &legacy]).await;
    app.as_cadet(&cadet).get(&url).await.is(200);
    app.as_cadet(&other).get(&url).await.is(404);
}

#[tokio::test]
async fn a_photo_is_attached_to_ones_own_record_only() {
    let app = TestApp::rotc().await;
    let (cadet, other, staff) =
        (app.add(a_cadet()).await, app.add(a_cadet()).await, app.add(a_staff_member()).await);
    app.execute("UPDATE cadets SET is_profile_completed = FALSE", &[]).await;
    let parts = |id: i32| {
        [field("type", "profile_pic"), field("entity_id", &id.to_string()), file("file", "me.png", AVATAR)]
    };

    let own = app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts(cadet.id)).await;
    app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts(other.id)).await.is(403);
    app.as_admin().form(Method::POST, UPLOAD, &parts(9_999_999)).await.is(404);
    app.as_user(staff.user_id).form(Method::POST, UPLOAD, &parts(staff.id)).await.is(201);
    app.as_user(staff.user_id).form(Method::POST, UPLOAD, &parts(staff.id + 1)).await.is(403);

    let url = own.is(201).json()["data"]["url"].as_str().unwrap_or_default().to_owned();
    let kept = "SELECT profile_pic FROM cadets WHERE id = $1";
    assert_eq!(app.value::<Option<String>>(kept, &[&cadet.id]).await, Some(url.clone()));
    let user = "SELECT profile_pic FROM users WHERE id = $1";
    assert_eq!(app.value::<Option<String>>(user, &[&cadet.user_id]).await, Some(url));
    assert_eq!(app.value::<Option<String>>(kept, &[&other.id]).await, None);
    assert_eq!(stored(&app).await.len(), 2, "what was refused is not stored");
    app.execute("UPDATE cadets SET is_profile_completed = TRUE", &[]).await;
    app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts(cadet.id)).await.is(403);
}

#[tokio::test]
async fn a_letter_gets_its_file_while_nobody_has_decided() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let letter = "INSERT INTO excuse_letters (cadet_id, date_absent, reason) VALUES ($1, '2026-02-02', 'ill') RETURNING id";
    let id: i32 = app.value(letter, &[&cadet.id]).await;
    let parts =
        [field("type", "excuse_letter"), field("entity_id", &id.to_string()), file("file", "a.pdf", LETTER)];

    app.as_cadet(&other).form(Method::POST, UPLOAD, &parts).await.is(403);
    app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts).await.is(201);
    app.execute("UPDATE excuse_letters SET status = 'approved'", &[]).await;
    app.as_cadet(&cadet).form(Method::POST, UPLOAD, &parts).await.is(403);
    app.as_staff().form(Method::POST, UPLOAD, &parts).await.is(201);

    app.work().await;
    assert_eq!(stored(&app).await.len(), 1, "the file that was replaced is gone");
}

#[tokio::test]
async fn one_deletes_what_one_has_sent_unless_a_record_shows_it() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.execute("UPDATE cadets SET is_profile_completed = FALSE", &[]).await;
    let send = async |parts: &[tests::Part]| {
        let answer = app.as_cadet(&cadet).form(Method::POST, UPLOAD, parts).await;
        let id = answer.is(201).json()["data"]["public_id"].as_str().unwrap_or_default().to_owned();
        format!("{UPLOAD}/{id}")
    };
    let loose = send(&[field("type", "profile_pic"), file("file", "a.png", AVATAR)]).await;
    let entity = cadet.id.to_string();
    let shown =
        send(&[field("type", "profile_pic"), field("entity_id", &entity), file("file", "a.png", AVATAR)])
            .await;

    app.as_cadet(&other).delete(&loose).await.is(404);
    app.as_cadet(&cadet).delete(&loose).await.is(200).has(json!({ "data": { "deleted": true } }));
    app.as_cadet(&cadet).delete(&loose).await.is(404);
    app.as_cadet(&cadet).delete(&shown).await.is(409);
    app.as_admin().delete(&shown).await.is(409);

    app.work().await;
    assert_eq!(stored(&app).await.len(), 1);
    let audited = "SELECT string_agg(operation || ' ' || coalesce(payload ->> 'kind', ''), ', ' ORDER BY id) FROM audit_logs
                   WHERE table_name = 'uploads' AND user_id = $1";
    let audited: String = app.value(audited, &[&cadet.user_id]).await;
    assert_eq!(audited, "UPLOAD profile_pic, UPLOAD profile_pic, DELETE_UPLOAD ");
}

#[tokio::test]
async fn the_form_must_be_whole_and_not_come_too_often() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let send = async |parts: &[tests::Part]| app.as_cadet(&cadet).form(Method::POST, UPLOAD, parts).await;

    send(&[file("file", "a.png", AVATAR)]).await.is(400);
    send(&[field("type", "else"), file("file", "a.png", AVATAR)]).await.is(400);
    send(&[field("type", "profile_pic")]).await.is(400).message("No file was submitted.");
    send(&[field("type", "profile_pic"), field("entity_id", "x"), file("file", "a.png", AVATAR)])
        .await
        .is(400);
    send(&[field("type", "activity_image"), file("file", "a.png", AVATAR)]).await.is(403);
    for _ in 0..10 {
        send(&[field("type", "profile_pic"), file("file", "a.png", AVATAR)]).await.is(201);
    }
    send(&[field("type", "profile_pic"), file("file", "a.png", AVATAR)]).await.is(429);
    app.anonymous().form(Method::POST, UPLOAD, &[field("type", "profile_pic")]).await.is(401);
}

#[tokio::test]
async fn a_picture_is_put_behind_those_of_its_activity() {
    let app = TestApp::rotc().await;
    let made = [field("title", "Drill"), field("type", "activity"), file("images", "a.png", AVATAR)];
    app.as_admin().form(Method::POST, "/api/admin/activities", &made).await.is(200);
    let id: i32 = app.value("SELECT id FROM activities", &[]).await;
    let parts = |id: i32| {
        [field("type", "activity_image"), field("entity_id", &id.to_string()), file("file", "b.png", AVATAR)]
    };

    let sent = app.as_staff().form(Method::POST, UPLOAD, &parts(id)).await;
    app.as_staff().form(Method::POST, UPLOAD, &parts(id + 1)).await.is(404);

    let url = sent.is(201).json()["data"]["url"].as_str().unwrap_or_default().to_owned();
    let shown = app.as_staff().get(&format!("/api/activities/{id}/images")).await;
    let shown = shown.is(200).json()["data"].clone();
    assert_eq!(shown.as_array().map(Vec::len), Some(2), "{shown}");
    assert_eq!(shown[1]["image_url"], url);
    assert_eq!(stored(&app).await.len(), 2, "what was refused is not stored");
}
