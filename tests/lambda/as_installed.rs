//! Functions with the variables that the template gives them and no others: what is not configured they find themselves.

use serde_json::{Value, json};
use tests::{TestApp, a_cadet, an_admin, cluster};

use crate::{
    events::event,
    program::{Function, body},
};

/// The template that installs the functions.
const TEMPLATE: &str = include_str!("../../functions/rotc/template.yaml");

/// What an installation that sets no parameter gives to every function, without what leads to Amazon.
fn variables(database_url: &str) -> Vec<(&str, &str)> {
    vec![
        ("MUSTER_ENV", "production"),
        ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true"),
        ("IDENTIFIER_LOGIN", "link"),
        ("PUBLIC_URL", "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"),
        ("DATABASE_URL", database_url),
    ]
}

/// A request of a client as the gateway sends it on.
fn request(method: &str, path: &str, token: Option<&str>, body: Option<Value>) -> Value {
    let mut event = event("login-base64");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    event["rawPath"] = path.into();
    event["rawQueryString"] = query.into();
    event["requestContext"]["http"]["method"] = method.into();
    event["requestContext"]["http"]["path"] = path.into();
    event["isBase64Encoded"] = json!(false);
    event["body"] = body.map_or_else(String::new, |body| body.to_string()).into();
    if let Some(token) = token {
        event["headers"]["authorization"] = format!("Bearer {token}").into();
    }
    event
}

#[track_caller]
fn text<'a>(answer: &'a Value, name: &str) -> &'a str {
    answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}"))
}

#[test]
fn template_sets_the_variables_of_these_tests() {
    for (name, _) in variables("") {
        assert!(TEMPLATE.contains(&format!("  {name}: ")), "{name}");
    }
    for drawn in ["JWT_SECRET", "SECRET_KEY", "CERTIFICATE_KEY", "VAPID_PRIVATE_KEY", "DB_POOL_MAX"] {
        assert!(!TEMPLATE.contains(drawn), "the template sets {drawn}: set it in these tests too");
    }
}

#[tokio::test]
async fn cadet_signs_in_refreshes_and_signs_out_without_a_configured_key() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("Pass phrase 1")).await;
    let function = Function::started(&variables(app.database_url())).await;

    let credentials = json!({ "username": cadet.student_id, "password": "Pass phrase 1" });
    let signed_in = function.answer(&request("POST", "/api/auth/login", None, Some(credentials))).await;
    assert_eq!(signed_in["statusCode"], 200, "{signed_in}");
    let refresh = json!({ "refresh": body(&signed_in)["refresh"] });
    let refreshed = function.answer(&request("POST", "/api/auth/refresh", None, Some(refresh))).await;
    assert_eq!(refreshed["statusCode"], 200, "{refreshed}");
    let refreshed = body(&refreshed);
    let token = text(&refreshed, "token");
    let profile = function.answer(&request("GET", "/api/auth/profile", Some(token), None)).await;
    assert_eq!(profile["statusCode"], 200, "{profile}");
    let signed_out = function.answer(&request("POST", "/api/auth/logout", Some(token), None)).await;
    assert_eq!(signed_out["statusCode"], 200, "{signed_out}");
    let after = function.answer(&request("GET", "/api/auth/profile", Some(token), None)).await;
    assert_eq!(after["statusCode"], 401, "{after}");
}

#[tokio::test]
async fn certificate_is_issued_and_verified_without_a_configured_key() {
    let app = TestApp::rotc().await;
    let admin = app.add(an_admin().with_password("Pass phrase 1")).await;
    let sign_in = Function::started(&variables(app.database_url())).await;
    let credentials = json!({ "username": admin.username, "password": "Pass phrase 1" });
    let signed_in = sign_in.answer(&request("POST", "/api/auth/login", None, Some(credentials))).await;
    let signed_in = body(&signed_in);
    let token = text(&signed_in, "token");
    let client = cluster::connect(app.database_url()).await;
    let add =
        "INSERT INTO activities (title, type, date) VALUES ('Parade', 'event', '2026-01-14') RETURNING id";
    let id: i32 = client.query_one(add, &[]).await.unwrap().get(0);
    let function = Function::program("rotc-reports", &variables(app.database_url())).await;

    let path = format!("/api/certificates/{id}?cadet_name=Juan");
    let issued = function.answer(&request("GET", &path, Some(token), None)).await;
    assert_eq!(issued["statusCode"], 200, "{issued}");
    let code: String = client.query_one("SELECT code FROM muster.certificates", &[]).await.unwrap().get(0);
    let check = format!("/api/certificates/verify/{code}");
    let verified = function.answer(&request("GET", &check, None, None)).await;
    assert_eq!(verified["statusCode"], 200, "{verified}");
    assert_eq!(body(&verified)["status"], "issued");
}
