//! What a client is ready to read: JSON, or nothing of ours.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, Uri, header};

use super::query::last;
use crate::{
    Error, Result,
    error::{not_acceptable, not_found},
};

/// Media types that count as JSON, beside `application/json`, `application/*` and `*/*`.
#[derive(Clone, Copy, Debug)]
pub struct Accepts(pub &'static [&'static str]);

/// Refuses a request whose `Accept` excludes JSON (406) or that asks for another `?format=` (404). For a layer of the JSON
/// routes: `routes.route_layer(from_fn_with_state(Accepts(&["text/html"]), negotiate))`.
pub async fn negotiate(State(accepts): State<Accepts>, request: Request, next: Next) -> Result<Response> {
    format(request.uri())?;
    if !accepts.json(request.headers()) {
        return Err(not_acceptable("Could not satisfy the request Accept header."));
    }
    Ok(next.run(request).await)
}

pub(super) fn format(uri: &Uri) -> Result<(), Error> {
    match last(uri, "format") {
        Some(value) if value != "json" => Err(not_found("Not found.")),
        _ => Ok(()),
    }
}

impl Accepts {
    pub(super) fn json(self, headers: &HeaderMap) -> bool {
        let mut ranges = headers
            .get_all(header::ACCEPT)
            .iter()
            .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
        !headers.contains_key(header::ACCEPT) || ranges.any(|range| self.fits(range))
    }

    fn fits(self, range: &[u8]) -> bool {
        let range = String::from_utf8_lossy(range);
        let mut parts = range.split(';').map(|part| part.trim().to_ascii_lowercase());
        let kind = parts.next().unwrap_or_default();
        let refused = parts
            .any(|parameter| parameter.strip_prefix("q=").is_some_and(|quality| quality.parse() == Ok(0.0)));
        let known = ["application/json", "application/*", "*/*"];
        !refused && known.iter().chain(self.0).any(|one| *one == kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(accept: Option<&str>, also: &'static [&'static str]) -> bool {
        let values = accept.map(|accept| (header::ACCEPT, accept.parse().expect("a header")));
        Accepts(also).json(&values.into_iter().collect())
    }

    #[test]
    fn json_is_acceptable_unless_the_header_excludes_it() {
        for accept in [
            "application/json",
            "*/*",
            "text/html, application/json;q=0.9",
            "application/*",
            "APPLICATION/JSON",
        ] {
            assert!(json(Some(accept), &[]), "{accept}");
        }
        assert!(json(None, &[]));
        for accept in
            ["text/html", "application/xml", "application/json;q=0", "application/json; q=0.0, text/plain"]
        {
            assert!(!json(Some(accept), &[]), "{accept}");
        }
        assert!(json(Some("text/html"), &["text/html"]));
    }

    #[test]
    fn only_json_may_be_asked_for_by_the_query() {
        let asked = |query: &str| format(&format!("/api/items/{query}").parse().expect("an address")).is_ok();
        assert!(asked("") && asked("?format=json") && !asked("?format=xml") && !asked("?a=1&format="));
    }
}
