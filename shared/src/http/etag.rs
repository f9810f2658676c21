//! Conditional requests: a weak `ETag` on JSON answers, 304 when the client has them already.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use xxhash_rust::xxh3::xxh3_64;

/// Adds the tag to a complete 200 answer, or turns it into 304. Streams pass through.
pub(super) async fn tagged(request: &HeaderMap, response: Response) -> Response {
    if response.status() != StatusCode::OK
        || !is_json(&response)
        || response.headers().contains_key(header::ETAG)
    {
        return response;
    }
    if axum::body::HttpBody::size_hint(response.body()).exact().is_none_or(|size| size == 0) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = match body.collect().await {
        Ok(collected) => collected.to_bytes(),
        Err(cause) => {
            tracing::error!(%cause, "a finished answer could not be read");
            Bytes::new()
        }
    };
    let tag = format!("W/\"{:x}-{:016x}\"", body.len(), xxh3_64(&body));
    let known = request.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known.split(',').any(|one| matches(one.trim(), &tag)));
    if let Ok(value) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, value);
    }
    if !unchanged {
        return Response::from_parts(parts, body.into());
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

/// Weak comparison, as RFC 9110 asks of `If-None-Match`.
fn matches(one: &str, tag: &str) -> bool {
    one == "*" || one.trim_start_matches("W/") == tag.trim_start_matches("W/")
}

fn is_json(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}
