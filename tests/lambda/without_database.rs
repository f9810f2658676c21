//! What a function answers when nothing else can be reached.

use std::{io::ErrorKind, net::TcpListener};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    events::event,
    program::{Function, body},
};

/// Nothing listens on the discard port of this machine.
const NO_DATABASE: (&str, &str) = ("DATABASE_URL", "postgres://nobody@127.0.0.1:9/none");

#[tokio::test]
async fn a_function_contacts_nothing_before_it_must() {
    let database = TcpListener::bind("127.0.0.1:0").unwrap();
    let files = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://nobody@{}/none", database.local_addr().unwrap());
    let endpoint = format!("http://{}", files.local_addr().unwrap());

    let function = Function::started(&[("DATABASE_URL", &url), ("FILES_ENDPOINT", &endpoint)]).await;

    assert_eq!(function.api.calls(), ["GET /2018-06-01/runtime/invocation/next"]);
    assert_eq!(function.answer(&event("script")).await["statusCode"], 200);
    for listener in [database, files] {
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

#[tokio::test]
async fn the_stage_of_the_gateway_is_no_part_of_the_path() {
    let as_deployed = ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true");
    for variables in [&[NO_DATABASE, as_deployed][..], &[NO_DATABASE][..]] {
        let function = Function::started(variables).await;
        for name in ["script", "script-named-stage", "script-own-domain", "script-version-and-slash"] {
            let answer = function.answer(&event(name)).await;
            assert_eq!(answer["statusCode"], 200, "{name} with {variables:?}: {answer}");
            assert_eq!(answer["headers"]["content-type"], "text/javascript; charset=utf-8", "{name}");
            assert_eq!(answer["isBase64Encoded"], false, "{name}");
        }
        for name in ["unknown", "unknown-named-stage"] {
            let answer = function.answer(&event(name)).await;
            assert_eq!(answer["statusCode"], 404, "{name} with {variables:?}: {answer}");
            let message = "API endpoint not found: /api/nothing-here";
            assert_eq!(body(&answer), json!({ "message": message }), "{name}");
        }
    }
}

#[tokio::test]
async fn answers_keep_their_form_on_the_way_through_the_gateway() {
    let function = Function::started(&[NO_DATABASE]).await;

    let plain = function.answer(&event("script")).await;
    let packed = function.answer(&event("script-gzip")).await;
    assert_eq!(packed["headers"]["content-encoding"], "gzip");
    assert_eq!(packed["isBase64Encoded"], true);
    let bytes = STANDARD.decode(packed["body"].as_str().unwrap()).unwrap();
    assert!(bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() < plain["body"].as_str().unwrap().len());

    let head = function.answer(&event("script-head")).await;
    assert_eq!((&head["statusCode"], head["body"].as_str().unwrap_or_default()), (&json!(200), ""));

    let preflight = function.answer(&event("preflight")).await;
    assert_eq!(preflight["statusCode"], 204);
    assert_eq!(preflight["headers"]["access-control-allow-origin"], "*");
    assert_eq!(preflight["headers"]["access-control-allow-headers"], "authorization");

    let page = function.answer(&event("page-repeated-keys")).await;
    assert_eq!(page["statusCode"], 200);
    assert!(page["headers"]["content-type"].as_str().unwrap().starts_with("text/html"));

    assert_eq!(function.answer(&event("unknown-decoded")).await["statusCode"], 404);
    assert!(
        plain["headers"]["x-request-id"].is_string()
            && plain["headers"]["strict-transport-security"].is_string()
    );
}

#[tokio::test]
async fn failures_come_in_the_envelope() {
    let function = Function::started(&[NO_DATABASE]).await;

    let wrong = function.answer(&event("login-not-json")).await;
    assert_eq!(wrong["statusCode"], 400, "{wrong}");
    assert!(body(&wrong)["message"].is_string());

    // The body came through base64: it is understood, and only then the database is missed.
    let away = function.answer(&event("login-base64")).await;
    assert_eq!(away["statusCode"], 503, "{away}");
    assert!(body(&away)["message"].is_string());
    assert!(away["headers"]["retry-after"].is_string());

    let unknown = function.answer(&event("unknown-post")).await;
    assert_eq!(unknown["statusCode"], 404);
    let message = "API Route not found: POST /api/nothing-here";
    assert_eq!(body(&unknown), json!({ "message": message }));
    assert_eq!(unknown["cookies"], Value::Array(Vec::new()));
}
