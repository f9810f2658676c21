//! How a system looks over HTTP, beside its routes and the shape of its errors.

use axum::Router;
use http::StatusCode;

use crate::{
    App, Error,
    error::{Kind, invalid},
};

/// Puts a layer around the routes of a system.
pub type Layer = fn(Router<App>, &App) -> Router<App>;

/// What differs between systems in every request and response.
#[derive(Debug)]
pub struct HttpPolicy {
    /// The APIs of the system by their prefixes; the longest prefix that fits counts. The last one should have the prefix
    /// `""`, for what stands beside the APIs.
    pub surfaces: &'static [Surface],
    /// Whether paths match in upper and lower case, as in Express.
    pub any_case: bool,
    /// Whether words of paths are found with `-` in place of `_`, and the other way.
    pub any_separator: bool,
    /// Which pages of other origins may call the API.
    pub cors: Cors,
    /// `Content-Security-Policy` of every response that brings none of its own.
    pub csp: &'static str,
    /// What an id in the path is that cannot be one: [`Kind::Invalid`] or [`Kind::NotFound`].
    pub bad_id: Kind,
    /// `WWW-Authenticate` of a 401.
    pub challenge: &'static str,
    /// A layer around every route and what no route matched, inside of the errors. With one, it is also asked about OPTIONS
    /// that are no preflight of a browser.
    pub layer: Option<Layer>,
}

/// One API, perhaps with several prefixes.
#[derive(Debug)]
pub struct Surface {
    /// How its paths may begin: `/api/v1`, `/api`. The prefix is followed by a slash or by nothing.
    pub prefixes: &'static [&'static str],
    /// How its routes begin.
    pub canonical: &'static str,
    /// The final slash.
    pub slash: Slash,
    /// Bytes of a body, unless a route says otherwise.
    pub body_limit: usize,
}

/// What a slash at the end of a path means. Routes are declared without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// Nothing.
    Both,
    /// GET and HEAD without it are sent to the path with it (301); everything else is answered either way.
    Redirect,
    /// Another path.
    Exact,
}

/// CORS: which pages of other origins may call the API.
#[derive(Debug)]
pub struct Cors {
    /// Whether browsers may send cookies. Then only listed origins are allowed; otherwise any, unless there is a list.
    pub credentials: bool,
    /// Allowed beside those of the configuration, outside production: `http://localhost:5173`, `http://localhost:*`.
    pub development_origins: &'static [&'static str],
    /// `Access-Control-Allow-Methods`.
    pub methods: &'static str,
    /// `Access-Control-Allow-Headers`; none allows whatever the browser asks for.
    pub headers: Option<&'static str>,
    /// `Access-Control-Expose-Headers`.
    pub exposed: &'static str,
    /// Seconds for which a browser may remember the answer to a preflight; none leaves it to the browser.
    pub max_age: Option<u32>,
    /// The status of a preflight: 204, or 200.
    pub preflight: StatusCode,
}

impl HttpPolicy {
    /// The error of an id in the path that cannot be one.
    #[track_caller]
    pub(crate) fn bad_id_error(&self) -> Error {
        match self.bad_id {
            Kind::Invalid => invalid("bad_path", "Invalid ID"),
            kind => Error::new(kind, "not_found", "Not found."),
        }
    }

    /// The surface of a path with the prefix that it was called by.
    pub(crate) fn surface(&self, path: &str) -> Option<(&'static Surface, &'static str)> {
        let prefixes = self
            .surfaces
            .iter()
            .flat_map(|surface| surface.prefixes.iter().map(move |prefix| (surface, *prefix)));
        prefixes.filter(|(_, prefix)| self.begins(path, prefix)).max_by_key(|(_, prefix)| prefix.len())
    }

    /// Every path by which a route is called: those with the other prefixes of its surface, then its own.
    pub fn spellings(&self, route: &str) -> Vec<String> {
        let Some((surface, prefix)) = self.surface(route) else { return vec![route.to_owned()] };
        let rest = route.get(prefix.len()..).unwrap_or_default();
        let others = surface.prefixes.iter().filter(|other| **other != prefix);
        let all = others.map(|other| format!("{other}{rest}")).chain([route.to_owned()]);
        all.flat_map(|path| self.separated(path)).collect()
    }

    /// The path with hyphens and with underscores, where both mean the same.
    fn separated(&self, path: String) -> Vec<String> {
        if !self.any_separator || path.contains('{') && !path.contains("{proxy+}") {
            return vec![path];
        }
        let mut all = vec![path.replace('_', "-"), path.replace('-', "_"), path];
        all.sort();
        all.dedup();
        all
    }

    fn begins(&self, path: &str, prefix: &str) -> bool {
        let Some((start, rest)) = path.split_at_checked(prefix.len()) else { return false };
        let same = start == prefix || self.any_case && start.eq_ignore_ascii_case(prefix);
        same && (rest.is_empty() || rest.starts_with('/'))
    }
}

impl Cors {
    /// Whether pages of `origin` may call the API. `configured` are the origins of the configuration.
    pub(crate) fn allows(&self, origin: &str, configured: &[String], production: bool) -> bool {
        let development = self.development_origins.iter().filter(|_| !production);
        configured.iter().any(|allowed| allowed == origin)
            || development.into_iter().any(|pattern| fits(pattern, origin))
    }

    /// Whether a list says who may call it, so that caches must tell origins apart.
    pub(crate) fn is_listed(&self, configured: &[String]) -> bool {
        self.credentials || !configured.is_empty()
    }
}

/// `http://localhost:*` stands for every port.
fn fits(pattern: &str, origin: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => origin.strip_prefix(start).is_some_and(|port| port.parse::<u16>().is_ok()),
        None => pattern == origin,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COURSES: HttpPolicy = HttpPolicy {
        surfaces: &[
            Surface {
                prefixes: &["/api/v1/api/v1", "/api/v1", "/api"],
                canonical: "/api",
                slash: Slash::Both,
                body_limit: 1,
            },
            Surface { prefixes: &[""], canonical: "", slash: Slash::Exact, body_limit: 2 },
        ],
        any_case: false,
        any_separator: true,
        cors: Cors {
            credentials: true,
            development_origins: &["http://localhost:*", "http://127.0.0.1:4200"],
            methods: "GET",
            headers: None,
            exposed: "",
            max_age: None,
            preflight: StatusCode::OK,
        },
        csp: "default-src 'self'",
        bad_id: Kind::NotFound,
        challenge: "Bearer",
        layer: None,
    };

    #[test]
    fn longest_fitting_prefix_chooses_the_surface() {
        let found = |path| COURSES.surface(path).map(|(surface, prefix)| (surface.canonical, prefix));
        assert_eq!(found("/api/v1/api/v1/courses"), Some(("/api", "/api/v1/api/v1")));
        assert_eq!(found("/api/v1"), Some(("/api", "/api/v1")));
        assert_eq!(found("/api/v1x/courses"), Some(("/api", "/api")));
        assert_eq!(found("/API/courses"), Some(("", "")));
        assert_eq!(found("/health"), Some(("", "")));
    }

    #[test]
    fn route_is_called_by_every_prefix_of_its_surface() {
        let spellings = ["/api/v1/api/v1/courses", "/api/v1/courses", "/api/courses"];
        assert_eq!(COURSES.spellings("/api/courses"), spellings);
        assert_eq!(COURSES.spellings("/health"), ["/health"]);
        assert_eq!(COURSES.spellings("/time-table"), ["/time-table", "/time_table"]);
    }

    #[test]
    fn origins_are_exact_and_development_ones_end_with_production() {
        let cors = COURSES.cors;
        let configured = ["https://app.example.test".to_owned()];
        assert!(cors.allows("https://app.example.test", &configured, true));
        assert!(!cors.allows("https://app.example.test.evil.test", &configured, true));
        assert!(cors.allows("http://localhost:5173", &configured, false));
        assert!(!cors.allows("http://localhost:5173", &configured, true));
        assert!(!cors.allows("http://localhost:5173.evil.test", &configured, false));
        assert!(!cors.allows("http://127.0.0.1:4201", &configured, false));
    }
}
