//! An administrator's own profile.

use http::Method;
use serde_json::json;
use tests::{Part, TestApp, a_cadet, an_admin};

const PROFILE: &str = "/api/admin/profile";

fn picture(body: &[u8]) -> Part {
    Part::File("profilePic".into(), "me.png".into(), "image/png".into(), body.to_vec())
}

#[tokio::test]
async fn an_admin_changes_their_picture_and_gender() {
    let app = TestApp::rotc().await;
    let admin = app.add(an_admin()).await;
    let me = app.as_user(admin.user_id);
    let avatar = include_bytes!("../recordings/files/avatar.png");

    me.put(PROFILE, json!({})).await.is(400).message("No changes submitted");
    me.put(PROFILE, json!({ "gender": "Female" })).await.is(200).has(json!({ "gender": "Female" }));
    let answer = me.form(Method::PUT, PROFILE, &[picture(avatar)]).await;

    let place = answer.is(200).json()["profilePic"].as_str().unwrap_or_default().to_owned();
    me.get(PROFILE).await.is(200).has(
        json!({ "id": admin.user_id, "username": admin.username, "gender": "Female", "profile_pic": place }),
    );
    assert_eq!(me.get("/api/admin/profile/image").await.is(302).header("location"), place);
    assert_eq!(me.get(&place).await.is(200).bytes().as_ref(), avatar);
    me.put(PROFILE, json!({ "gender": 7 })).await.is(400);
    me.put(PROFILE, json!({ "gender": "x".repeat(51) })).await.is(400);
    me.form(Method::PUT, PROFILE, &[picture(b"<svg/>")]).await.is(400);
    app.audited("users", "UPDATE", admin.user_id).await;
}

#[tokio::test]
async fn nobody_else_sees_it() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    app.as_staff().get(PROFILE).await.is(403);
    app.as_cadet(&cadet).put(PROFILE, json!({ "gender": "x" })).await.is(403);
    app.anonymous().get(PROFILE).await.is(401);
    for client in [app.anonymous(), app.as_staff(), app.as_cadet(&cadet)] {
        assert!(client.get("/api/admin/profile/image").await.is(200).text().starts_with("<svg"));
    }
}
