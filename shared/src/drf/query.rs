//! The address of a request as it was called, and its parameters as Django reads them.

use axum::extract::OriginalUri;
use http::{Uri, request::Parts};

/// The address before paths were brought into one spelling.
pub(super) fn called(parts: &Parts) -> &Uri {
    parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri)
}

/// A parameter of the query; of a name that comes twice the last.
pub(super) fn last(called: &Uri, name: &str) -> Option<String> {
    let query = called.query().unwrap_or_default().as_bytes();
    let named = url::form_urlencoded::parse(query).filter(|(known, _)| known == name);
    named.last().map(|(_, value)| value.into_owned())
}
