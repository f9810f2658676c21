//! One spelling of every path: the prefix of its surface, no trailing slash, action names as they are declared.

use std::{borrow::Cow, collections::HashMap};

use axum::extract::{DefaultBodyLimit, OriginalUri, Request};
use http::{Uri, uri::PathAndQuery};

use super::policy::{HttpPolicy, Slash, Surface};

/// Put into a request whose path lacks the slash that its surface redirects to.
#[derive(Clone, Copy, Debug)]
pub(super) struct WithoutSlash;

/// Brings paths into the spelling of the routes.
#[derive(Debug)]
pub(super) struct Normaliser {
    policy: &'static HttpPolicy,
    /// Segments of routes as they are declared, by their spelling with hyphens.
    separated: HashMap<String, String>,
}

impl Normaliser {
    /// For routes with these path templates.
    pub(super) fn new<'a>(policy: &'static HttpPolicy, templates: impl Iterator<Item = &'a str>) -> Self {
        let segments = templates.flat_map(|template| template.split('/'));
        let separated = segments.filter(|segment| {
            policy.any_separator && segment.contains(['-', '_']) && !segment.starts_with('{')
        });
        let by_hyphens = |segment: &str| (segment.replace('_', "-"), segment.to_owned());
        Self { policy, separated: separated.map(by_hyphens).collect() }
    }

    /// Rewrites `/api/v1/x/` to `/api/x`. The address as sent stays in [`OriginalUri`].
    ///
    /// The pages of the API documentation keep their slash: their relative links need it.
    pub(super) fn normalised<B>(&self, mut request: Request<B>) -> Request<B> {
        let original = request.uri().clone();
        let path = original.path();
        let found = self.policy.surface(path);
        if let Some((surface, _)) = found {
            DefaultBodyLimit::max(surface.body_limit).apply(&mut request);
            let is_get = request.method() == http::Method::GET || request.method() == http::Method::HEAD;
            if surface.slash == Slash::Redirect && is_get && !path.ends_with('/') {
                request.extensions_mut().insert(WithoutSlash);
            }
        }
        if let Some(path) = found.and_then(|found| self.shorter(found, path)) {
            *request.uri_mut() = with_path(&original, &path);
        }
        request.extensions_mut().insert(self.policy);
        request.extensions_mut().insert(OriginalUri(original));
        request
    }

    /// The path in one spelling, if it is not already.
    fn shorter(&self, (surface, prefix): (&Surface, &str), path: &str) -> Option<String> {
        // Read in another case only when it is not the spelling of the routes anyway.
        let alias = prefix != surface.canonical;
        let rest = if alias { path.get(prefix.len()..).unwrap_or_default() } else { path };
        let keeps_slash = path == "/" || path.starts_with("/api/docs/") || surface.slash == Slash::Exact;
        let trimmed = if keeps_slash { rest } else { rest.trim_end_matches('/') };
        let spelled = self.spelled(trimmed);
        match alias {
            true => Some(format!("{}{spelled}", surface.canonical)),
            false if spelled.is_empty() => (path != "/").then(|| "/".to_owned()),
            false => (spelled != path).then(|| spelled.into_owned()),
        }
    }

    /// `mark-as-read` as `mark_as_read`, or the other way, as a route declares it.
    fn spelled<'a>(&self, path: &'a str) -> Cow<'a, str> {
        if self.separated.is_empty() || !path.contains(['-', '_']) {
            return Cow::Borrowed(path);
        }
        let spell = |segment: &'a str| match self.separated.get(&segment.replace('_', "-")) {
            Some(declared) => Cow::Owned(declared.clone()),
            None => Cow::Borrowed(segment),
        };
        Cow::Owned(path.split('/').map(spell).collect::<Vec<_>>().join("/"))
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
    use http::StatusCode;

    use super::{super::policy::*, *};
    use crate::error::Kind;

    static POLICY: HttpPolicy = HttpPolicy {
        surfaces: &[
            Surface {
                prefixes: &["/api/v1", "/api"],
                canonical: "/api",
                slash: Slash::Both,
                body_limit: 1024,
            },
            Surface { prefixes: &["/files"], canonical: "/files", slash: Slash::Exact, body_limit: 1024 },
            Surface {
                prefixes: &["/new/v1", "/new/v2"],
                canonical: "/new/v1",
                slash: Slash::Redirect,
                body_limit: 1024,
            },
            Surface { prefixes: &[""], canonical: "", slash: Slash::Both, body_limit: 1024 },
        ],
        any_case: true,
        any_separator: true,
        cors: Cors {
            credentials: false,
            development_origins: &[],
            methods: "GET",
            headers: None,
            exposed: "",
            max_age: None,
            preflight: StatusCode::NO_CONTENT,
        },
        csp: "",
        bad_id: Kind::Invalid,
        challenge: "Bearer",
        layer: None,
    };

    fn shorter(path: &str) -> Option<String> {
        let normaliser = Normaliser::new(&POLICY, ["/api/notes/{note_id}/mark_as_read"].into_iter());
        normaliser.shorter(POLICY.surface(path)?, path)
    }

    #[test]
    fn paths_lose_version_and_trailing_slash() {
        assert_eq!(shorter("/api/v1/items/").as_deref(), Some("/api/items"));
        assert_eq!(shorter("/api/v1").as_deref(), Some("/api"));
        assert_eq!(shorter("/API/V1/Items").as_deref(), Some("/api/Items"));
        assert_eq!(shorter("/api/items/").as_deref(), Some("/api/items"));
        assert_eq!(shorter("/api/items"), None);
        assert_eq!(shorter("/api/v1x/items"), None);
        assert_eq!(shorter("/"), None);
        assert_eq!(shorter("//").as_deref(), Some("/"));
        assert_eq!(shorter("/api/docs/"), None);
        assert_eq!(shorter("/files/a/"), None);
        assert_eq!(shorter("/new/v2/a/").as_deref(), Some("/new/v1/a"));
    }

    #[test]
    fn action_names_are_found_with_hyphens_and_ids_keep_theirs() {
        assert_eq!(shorter("/api/notes/a-b/mark-as-read").as_deref(), Some("/api/notes/a-b/mark_as_read"));
        assert_eq!(shorter("/api/notes/a-b/mark_as_read"), None);
        assert_eq!(shorter("/api/notes/note-id"), None);
    }
}
