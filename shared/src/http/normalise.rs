//! One spelling of every path: no version prefix, no trailing slash.

use axum::extract::{OriginalUri, Request};
use http::{Uri, uri::PathAndQuery};

/// Rewrites `/api/v1/x/` to `/api/x`. The address as sent stays in [`OriginalUri`].
///
/// The pages of the API documentation keep their slash: their relative links need it.
pub(super) fn normalised<B>(mut request: Request<B>) -> Request<B> {
    let original = request.uri().clone();
    if let Some(path) = shorter(original.path()) {
        *request.uri_mut() = with_path(&original, &path);
    }
    request.extensions_mut().insert(OriginalUri(original));
    request
}

/// The path in one spelling, if it is not already.
fn shorter(path: &str) -> Option<String> {
    let versioned = path.split_at_checked(7).filter(|(start, _)| start.eq_ignore_ascii_case("/api/v1"));
    let unversioned = versioned.map(|(_, rest)| rest).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let keeps_slash = path == "/" || path.starts_with("/api/docs/");
    let trimmed = unversioned.unwrap_or(path);
    let trimmed = if keeps_slash { trimmed } else { trimmed.trim_end_matches('/') };
    match unversioned {
        Some(_) => Some(format!("/api{trimmed}")),
        None if trimmed.is_empty() => (path != "/").then(|| "/".to_owned()),
        None => (trimmed.len() != path.len()).then(|| trimmed.to_owned()),
    }
}

/// `uri` with another path and the same query.
pub(crate) fn with_path(uri: &Uri, path: &str) -> Uri {
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    match text.parse::<PathAndQuery>() {
        Ok(path_and_query) => parts.path_and_query = Some(path_and_query),
        Err(_) => return uri.clone(),
    }
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

#[cfg(test)]
mod tests {
    use super::shorter;

    #[test]
    fn paths_lose_version_and_trailing_slash() {
        assert_eq!(shorter("/api/v1/cadets/").as_deref(), Some("/api/cadets"));
        assert_eq!(shorter("/api/v1").as_deref(), Some("/api"));
        assert_eq!(shorter("/API/V1/Cadets").as_deref(), Some("/api/Cadets"));
        assert_eq!(shorter("/api/cadets/").as_deref(), Some("/api/cadets"));
        assert_eq!(shorter("/api/cadets"), None);
        assert_eq!(shorter("/api/v1x/cadets"), None);
        assert_eq!(shorter("/"), None);
        assert_eq!(shorter("//").as_deref(), Some("/"));
        assert_eq!(shorter("/api/docs/"), None);
    }
}
