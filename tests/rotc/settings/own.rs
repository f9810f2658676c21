//! Preferences.

use http::Method;
use serde_json::json;
use tests::{Part, TestApp, a_cadet};

const SETTINGS: &str = "/api/auth/settings";

#[tokio::test]
async fn the_first_look_stores_the_defaults() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let answer = app.as_cadet(&cadet).get(SETTINGS).await;

    answer.is(200).has(
        json!({ "email_alerts": true, "dark_mode": false, "primary_color": "default", "custom_bg": null }),
    );
    let stored: i64 =
        app.value("SELECT count(*) FROM user_settings WHERE user_id = $1", &[&cadet.user_id]).await;
    assert_eq!(stored, 1);
}

#[tokio::test]
async fn only_what_is_sent_changes_and_null_clears_the_background() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get(SETTINGS).await.is(200);

    let client = app.as_cadet(&cadet);
    let put = |body| client.put(SETTINGS, body);
    let changed = json!({ "dark_mode": true, "compact_mode": "yes", "primary_color": "red", "custom_bg": "/uploads/x.png" });
    put(changed)
        .await
        .is(200)
        .has(json!({ "success": true, "settings": { "dark_mode": true, "compact_mode": false } }));
    put(json!({}))
        .await
        .has(json!({ "settings": { "primary_color": "red", "custom_bg": "/uploads/x.png" } }));
    put(json!({ "custom_bg": null }))
        .await
        .has(json!({ "settings": { "primary_color": "red", "custom_bg": null } }));
    app.audited("user_settings", "UPDATE", cadet.user_id).await;
}

#[tokio::test]
async fn colours_and_places_the_client_cannot_show_are_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    for bad in [
        json!({ "primary_color": "mauve" }),
        json!({ "primary_color": 7 }),
        json!({ "custom_bg": "javascript:alert(1)" }),
        json!({ "custom_bg": format!("https://{}", "x".repeat(3000)) }),
    ] {
        app.as_cadet(&cadet).put(SETTINGS, bad).await.is(400);
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM user_settings", &[]).await, 0);
}

#[tokio::test]
async fn a_background_is_stored_and_shown_to_people_who_are_signed_in() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let picture = include_bytes!("../recordings/files/bg.png").to_vec();
    let part = |name: &str, body: Vec<u8>| Part::File(name.into(), "bg.jpg".into(), "text/html".into(), body);
    let url = "/api/auth/settings/background";

    let answer = app.as_cadet(&cadet).form(Method::POST, url, &[part("image", picture.clone())]).await;

    let place = answer.is(200).json()["url"].as_str().unwrap().to_owned();
    assert!(place.starts_with("/uploads/image-") && place.ends_with(".png"), "{place}");
    app.as_cadet(&cadet).get(SETTINGS).await.has(json!({ "custom_bg": place }));
    let shown = app.as_cadet(&cadet).get(&place).await;
    assert_eq!(shown.is(200).bytes().as_ref(), picture);
    assert_eq!(shown.header("content-type"), "image/png");
    assert!(app.anonymous().get(&place).await.is(200).text().starts_with("<svg"));

    app.as_cadet(&cadet).form(Method::POST, url, &[part("wrong", picture)]).await.is(400);
    let page = b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>".to_vec();
    app.as_cadet(&cadet).form(Method::POST, url, &[part("image", page)]).await.is(400);
    app.as_cadet(&cadet).post(url, json!({})).await.is(400).message("No image uploaded");
}

#[tokio::test]
async fn both_paths_show_and_change_the_same_preferences() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let me = app.as_cadet(&cadet);

    me.get("/api/settings").await.is(200).has(json!({ "primary_color": "default", "email_alerts": true }));
    me.put("/api/settings", json!({ "primary_color": "teal", "email_alerts": false })).await.is(200);

    me.get(SETTINGS).await.is(200).has(json!({ "primary_color": "teal", "email_alerts": false }));
    let refused = me.put("/api/settings", json!({ "primary_color": "mauve" })).await;
    refused.is(400).has(json!({ "error": true, "code": "BAD_REQUEST" }));
    app.anonymous().get("/api/settings").await.is(401);
}

#[tokio::test]
async fn a_reset_goes_back_to_the_defaults_on_both_paths() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    app.as_cadet(&other).put(SETTINGS, json!({ "primary_color": "red" })).await.is(200);
    let defaults = json!({
        "email_alerts": true, "push_notifications": true, "activity_updates": true, "dark_mode": false,
        "compact_mode": false, "primary_color": "default", "custom_bg": null,
    });

    for path in ["/api/settings/reset", "/api/auth/settings/reset"] {
        let chosen = json!({ "email_alerts": false, "dark_mode": true, "primary_color": "red", "custom_bg": "/uploads/x.png" });
        app.as_cadet(&cadet).put(SETTINGS, chosen).await.is(200);

        let answer = app.as_cadet(&cadet).post(path, json!({})).await;

        answer.is(200).message("Settings reset to defaults").has(json!({ "settings": defaults }));
        app.as_cadet(&cadet).get(SETTINGS).await.has(defaults.clone());
        app.anonymous().post(path, json!({})).await.is(401);
    }
    app.as_cadet(&other).get(SETTINGS).await.has(json!({ "primary_color": "red" }));
    app.audited("user_settings", "UPDATE", cadet.user_id).await;
}
