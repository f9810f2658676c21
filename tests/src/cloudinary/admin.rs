//! Listing, for whoever shows the secret itself.

use axum::extract::Request;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{
    Held, KEY, SECRET,
    answer::{Reply, query},
    upload::describe,
};

/// Files in one answer, at most.
const MOST: usize = 500;

pub(super) fn list(held: &Held, kind: &str, delivery: &str, request: &Request) -> Reply {
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{KEY}:{SECRET}")));
    if request.headers().get(header::AUTHORIZATION).is_none_or(|given| *given != *expected) {
        return Reply::Refused(StatusCode::UNAUTHORIZED, "Invalid credentials");
    }
    let params = query(request);
    let prefix = params.get("prefix").cloned().unwrap_or_default();
    let number = |name: &str| params.get(name).and_then(|text| text.parse::<usize>().ok());
    let Some(limit) = number("max_results").filter(|limit| (1..=MOST).contains(limit)) else {
        return Reply::Refused(StatusCode::BAD_REQUEST, "the tests always say how many");
    };
    let limit = held.page.unwrap_or(limit).min(limit);
    let ids =
        held.files.keys().filter(|(of, how, id)| of == kind && how == delivery && id.starts_with(&prefix));
    let ids: Vec<&String> = ids.map(|(_, _, id)| id).collect();
    let from = number("next_cursor").unwrap_or(0);
    let page = ids.iter().skip(from).take(limit);
    let resources: Vec<Value> = page.map(|id| describe(held, kind, delivery, id)).collect();
    let mut answer = json!({ "resources": resources });
    if from + limit < ids.len() {
        answer["next_cursor"] = (from + limit).to_string().into();
    }
    Reply::Json(answer)
}
