//! A person signs in and asks, through a deployed program and a real database.

use serde_json::json;
use tests::{TestApp, a_cadet};

use crate::{
    events::event,
    program::{Function, body},
};

#[tokio::test]
async fn a_cadet_signs_in_and_reads_the_own_profile() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("Pass phrase 1")).await;
    let function = Function::started(&[
        ("DATABASE_URL", app.database_url()),
        ("JWT_SECRET", "a key for tests, long enough to sign with"),
    ])
    .await;

    let mut login = event("login-base64");
    login["body"] = json!({ "username": cadet.student_id, "password": "Pass phrase 1" }).to_string().into();
    login["isBase64Encoded"] = json!(false);
    let answer = function.answer(&login).await;

    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(answer["headers"].get("set-cookie").is_none(), "the gateway takes cookies from their own list");
    let cookie = answer["cookies"][0].as_str().unwrap();
    assert!(cookie.contains("; HttpOnly") && cookie.ends_with("; Secure"), "{cookie}");

    let mut profile = event("profile-cookies");
    let token = body(&answer)["token"].as_str().unwrap().to_owned();
    profile["headers"]["authorization"] = format!("Bearer {token}").into();
    let answer = function.answer(&profile).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(body(&answer)["username"], cadet.student_id.as_str());
}
