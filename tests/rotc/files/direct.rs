//! Large files, sent straight to the store.

use http::Method;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

use super::{AVATAR, LETTER, stored};

const DIRECT: &str = "/api/upload/direct";

/// Sends a file where the program said; tells the status of the store.
async fn put(app: &TestApp, invitation: &Value, body: &[u8]) -> u16 {
    let data = &invitation["data"];
    let client = app.app.outbound.client().expect("a client");
    let request = client.put(data["upload_url"].as_str().expect("an address"));
    let request = request.header("content-type", data["content_type"].as_str().expect("a type"));
    request.body(body.to_vec()).send().await.expect("the store answers").status().as_u16()
}

fn letter(bytes: usize) -> Value {
    json!({ "type": "excuse_letter", "content_type": "application/pdf", "bytes": bytes })
}

#[tokio::test]
async fn a_large_letter_goes_straight_to_the_store_and_is_checked_there() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let large = [LETTER, &vec![b' '; 5 * 1024 * 1024], b"%%EOF"].concat();

    let invitation = app.as_cadet(&cadet).post(DIRECT, letter(large.len())).await.is(201).json();
    assert_eq!(put(&app, &invitation, &large).await, 200);
    let end = format!("{DIRECT}/{}/complete", invitation["data"]["name"].as_str().unwrap_or_default());
    let body = json!({ "type": "excuse_letter", "file_name": "letter.pdf" });
    app.as_cadet(&other).post(&end, body.clone()).await.is(404);
    let answer = app.as_cadet(&cadet).post(&end, body.clone()).await;

    let url = answer.is(201).json()["data"]["url"].as_str().unwrap_or_default().to_owned();
    assert_eq!(stored(&app).await, std::slice::from_ref(&url));
    let again = app.as_cadet(&cadet).post(&end, body).await;
    assert_eq!(again.is(201).json()["data"]["url"], json!(url), "asking again changes nothing");
    let shown = app.as_cadet(&cadet).get(&url).await;
    let client = app.app.outbound.client().expect("a client");
    let fetched = client.get(shown.is(307).header("location")).send().await.expect("the store answers");
    assert_eq!(fetched.headers()["content-disposition"], "attachment");
    assert_eq!(fetched.bytes().await.expect("a body"), large);
}

#[tokio::test]
async fn what_arrives_is_refused_like_any_upload_and_removed() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let page = b"<!doctype html><script>alert(1)</script>";
    let invitation = app.as_cadet(&cadet).post(DIRECT, letter(page.len())).await.is(201).json();
    let end = format!("{DIRECT}/{}/complete", invitation["data"]["name"].as_str().unwrap_or_default());
    let body = json!({ "type": "excuse_letter" });

    app.as_cadet(&cadet).post(&end, body.clone()).await.is(404).message("The file has not arrived");
    assert_ne!(put(&app, &invitation, AVATAR).await, 200, "another size than announced");
    assert_eq!(put(&app, &invitation, page).await, 200);
    app.as_cadet(&cadet).post(&end, body.clone()).await.is(400);

    app.as_cadet(&cadet).post(&end, body).await.is(404);
    assert_eq!(stored(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_invitation_needs_a_sane_size_and_a_store_within_reach() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let ask = async |body: Value| app.as_cadet(&cadet).json(Method::POST, DIRECT, &body).await;

    ask(letter(0)).await.is(400);
    ask(letter(20 * 1024 * 1024 + 1)).await.is(413);
    ask(json!({ "type": "profile_pic", "content_type": "image/png", "bytes": 11_000_000 })).await.is(413);
    ask(json!({ "type": "profile_pic", "content_type": "a b\n", "bytes": 10 })).await.is(400);
    ask(json!({ "type": "activity_image", "content_type": "image/png", "bytes": 10 })).await.is(403);
    ask(json!({ "type": "else", "content_type": "image/png", "bytes": 10 })).await.is(400);
    app.as_cadet(&cadet)
        .post(&format!("{DIRECT}/no-uuid/complete"), json!({ "type": "profile_pic" }))
        .await
        .is(400);

    let far = TestApp::with(|config| config.files.direct = false).await;
    let cadet = far.add(a_cadet()).await;
    far.as_cadet(&cadet).post(DIRECT, letter(10)).await.is(400).code("no_direct_upload");
}
