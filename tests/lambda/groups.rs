//! Every group as its function serves it, called with what the gateway could send.

use axum::{Router, body::Body};
use http::{Method, Request, StatusCode};
use http_body_util::BodyExt;
use rotc::SYSTEM;
use serde_json::Value;
use shared::{App, config::Config, http::group_service, lambda::from_gateway, system::Group};
use tower::ServiceExt;

use crate::events;

/// A group as a function without a database.
fn service(group: &Group) -> Router {
    let config = Config::read(&|_| None).expect("nothing needs to be configured");
    group_service(&SYSTEM, group, App::new(&SYSTEM, config))
}

/// The event as the group receives it.
fn request(event: &Value) -> Request<Body> {
    let request = lambda_http::request::from_str(&event.to_string()).expect("an event of the gateway");
    from_gateway(request).map(|body| Body::from(body.to_vec()))
}

fn belongs(path: &str, group: &Group) -> bool {
    let path = path.replacen("/api/v1/", "/api/", 1);
    let mut prefixes = group.prefixes.iter();
    prefixes
        .any(|prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[tokio::test]
async fn a_group_answers_its_own_addresses_and_404_to_all_others() {
    for group in SYSTEM.groups {
        let service = service(group);
        for (name, event) in events::all() {
            let request = request(&event);
            if belongs(request.uri().path(), group) || request.method() == Method::OPTIONS {
                continue;
            }
            let answer = service.clone().oneshot(request).await.expect("a group always answers");
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{name} to {}", group.name);
            let body = answer.into_body().collect().await.expect("the answer has an end").to_bytes();
            if event["requestContext"]["http"]["method"] != "HEAD" {
                let body: Value = serde_json::from_slice(&body).expect("the envelope is JSON");
                assert!(body["message"].is_string(), "{name} to {}: {body}", group.name);
            }
        }
    }
}

#[tokio::test]
async fn unknown_addresses_below_a_prefix_are_404_too() {
    for group in SYSTEM.groups {
        let service = service(group);
        for prefix in group.prefixes {
            let mut event = events::event("unknown");
            event["rawPath"] = format!("{prefix}/no/such/thing/at/all").into();
            let answer = service.clone().oneshot(request(&event)).await.expect("a group always answers");
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "below {prefix}");
        }
    }
}

#[test]
fn the_gateway_sends_every_documented_address_to_its_group() {
    for group in SYSTEM.groups {
        let (_, description) = (group.routes)().split_for_parts();
        for path in description.paths.paths.keys() {
            assert!(belongs(path, group), "{path} is below no prefix of {}: add one", group.name);
            // The gateway takes the longest prefix that fits.
            let fits = |group: &&&Group| {
                group.prefixes.iter().filter(|prefix| path.starts_with(**prefix)).map(|p| p.len()).max()
            };
            let longest = SYSTEM.groups.iter().max_by_key(fits).expect("a system has groups");
            assert_eq!(longest.name, group.name, "{path} goes to another group");
        }
    }
}
