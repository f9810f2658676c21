//! Requests for a former name of the installation, and without TLS.

use axum::{
    extract::{OriginalUri, Request},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode, header, uri::Authority};

use crate::config::Config;

/// Whoever watches the installation asks these at any name, and a proxy that does asks without TLS.
const NEVER: [&str; 2] = ["/health", "/api/health"];

/// The 308 that sends a request on to where it belongs, with its method, path and query; none if it is there.
///
/// `X-Forwarded-Host` and `X-Forwarded-Proto` count only where `TRUSTED_HOPS` says that a proxy writes them.
pub(super) fn elsewhere(config: &Config, request: &Request) -> Option<Response> {
    let redirects = &config.redirects;
    if redirects.from_hosts.is_empty() && !redirects.https {
        return None;
    }
    let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
    if NEVER.contains(&uri.path().trim_end_matches('/')) {
        return None;
    }
    let proxied = |name: &str| first(request.headers(), name).filter(|_| config.trusted_hops > 0);
    let scheme = proxied("x-forwarded-proto");
    let asked = first(request.headers(), header::HOST.as_str()).or_else(|| uri.host());
    // What is no authority must not lead anywhere.
    let authority = |host: &str| host.parse::<Authority>().ok();
    let host = asked.and_then(authority);
    let named = proxied("x-forwarded-host").and_then(authority).or_else(|| host.clone())?;
    let is_former = redirects.from_hosts.iter().any(|former| named.host().eq_ignore_ascii_case(former));
    let is_plain = redirects.https && scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
    let target = match (is_former, is_plain) {
        (true, _) => redirects.target_host.as_str(),
        // A name that somebody has put into a header of their own leads nowhere.
        (false, true) => host.as_ref()?.as_str(),
        (false, false) => return None,
    };
    let scheme = if !redirects.https && scheme == Some("http") { "http" } else { "https" };
    let path = uri.path_and_query().map_or("/", |both| both.as_str());
    let location = format!("{scheme}://{target}{path}");
    let text = format!("Permanent Redirect. Redirecting to {location}");
    Some((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)], text).into_response())
}

/// The first of a comma list: what the proxy nearest to the client has written.
fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').map(str::trim).find(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;
    use crate::config::RedirectsConfig;

    fn config(trusted_hops: usize, https: bool) -> Config {
        let mut config = Config::read(&|_| None).expect("nothing needs to be configured");
        config.trusted_hops = trusted_hops;
        config.redirects = RedirectsConfig {
            from_hosts: vec!["old.example.test".to_owned()],
            target_host: "new.example.test".to_owned(),
            https,
        };
        config
    }

    fn location(config: &Config, uri: &str, headers: &[(&str, &str)]) -> Option<String> {
        let request = headers
            .iter()
            .fold(Request::builder().uri(uri), |request, (name, value)| request.header(*name, *value));
        let response = elsewhere(config, &request.body(Body::empty()).expect("a request"))?;
        assert_eq!(response.status(), StatusCode::PERMANENT_REDIRECT);
        response.headers().get(header::LOCATION)?.to_str().ok().map(str::to_owned)
    }

    #[test]
    fn former_hosts_lead_to_the_present_one_with_path_and_query() {
        let config = config(0, false);
        let found = location(&config, "/a/b?c=1", &[("host", "OLD.example.test:8080")]);
        assert_eq!(found.as_deref(), Some("https://new.example.test/a/b?c=1"));
        assert_eq!(location(&config, "/a", &[("host", "new.example.test")]), None);
        assert_eq!(location(&config, "/api/health/", &[("host", "old.example.test")]), None);
        assert_eq!(
            location(&config, "/a", &[("x-forwarded-host", "old.example.test")]),
            None,
            "nobody is trusted"
        );
    }

    #[test]
    fn plain_http_behind_a_trusted_proxy_leads_to_https() {
        let plain = [("host", "new.example.test"), ("x-forwarded-proto", "http")];
        let found = location(&config(1, true), "/a?b", &plain);
        assert_eq!(found.as_deref(), Some("https://new.example.test/a?b"));
        for other in [config(0, true), config(1, false)] {
            assert_eq!(location(&other, "/a", &plain), None);
        }
        let tls = [("host", "new.example.test"), ("x-forwarded-proto", "https")];
        assert_eq!(location(&config(1, true), "/a", &tls), None);
        let odd = [("host", "evil.test/@new.example.test"), ("x-forwarded-proto", "http")];
        assert_eq!(location(&config(1, true), "/a", &odd), None);
    }
}
