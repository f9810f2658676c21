//! Serving a built single-page application.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, ALLOW, CACHE_CONTROL};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use tower_http::services::{ServeDir, ServeFile};

/// File names with a hash in them never change their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Ask each time whether it changed.
const ASK_FIRST: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves the files of a directory; paths of the application itself get its `index.html`. Use it as the fallback for
/// everything that is not `/api`: it knows no routes of ours and answers unknown files with 404.
pub fn frontend(dir: PathBuf) -> Router {
    let manifest = find_manifest(&dir, 3);
    Router::new().fallback(answer).with_state(Site { dir, manifest })
}

#[derive(Clone)]
struct Site {
    dir: PathBuf,
    /// Where the web app manifest lies, when not at the top.
    manifest: Option<PathBuf>,
}

async fn answer(State(site): State<Site>, mut request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return not_allowed();
    }
    let path = strip_static(&mut request);
    let is_page = is_page(&path, &request);
    let page = clone_head(&request);
    if path != "/" {
        let found = serve_file(&site, &path, request).await;
        if found.status() != StatusCode::NOT_FOUND || !is_page {
            return found;
        }
    }
    with_cache(ServeFile::new(site.dir.join("index.html")).oneshot(page).await.into_response(), ASK_FIRST)
}

/// A file of the directory. `ServeDir` refuses every path that leaves it.
async fn serve_file(site: &Site, path: &str, request: Request) -> Response {
    if let (true, Some(manifest)) = (path == "/manifest.json", &site.manifest) {
        return with_cache(ServeFile::new(manifest).oneshot(request).await.into_response(), ASK_FIRST);
    }
    let service = ServeDir::new(&site.dir).append_index_html_on_directories(false);
    let answer = service.oneshot(request).await.into_response();
    match cache_rule(path) {
        Some(rule) => with_cache(answer, rule),
        None => answer,
    }
}

/// The same tree is known under `/static`, where older builds of the client look for it.
fn strip_static(request: &mut Request) -> String {
    let path = request.uri().path();
    let Some(rest) = path.strip_prefix("/static/") else {
        return path.to_owned();
    };
    let path = format!("/{rest}");
    // A part of a valid path is a valid path.
    if let Ok(uri) = path.parse() {
        *request.uri_mut() = uri;
    }
    path
}

/// The client's own routes have no file extension. Whoever asks for data only must not get a page.
fn is_page(path: &str, request: &Request) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    let accept = request.headers().get(ACCEPT).and_then(|accept| accept.to_str().ok());
    let takes_html =
        accept.is_none_or(|accept| ["text/html", "text/*", "*/*"].iter().any(|kind| accept.contains(kind)));
    !last.contains('.') && takes_html
}

fn clone_head(request: &Request) -> Request {
    let mut copy = Request::new(Body::empty());
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

fn cache_rule(path: &str) -> Option<HeaderValue> {
    if path.starts_with("/assets/") {
        return Some(FOR_EVER);
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let changes = name.ends_with(".html") || name.ends_with(".webmanifest");
    (changes || ["manifest.json", "sw.js", "service-worker.js"].contains(&name)).then_some(ASK_FIRST)
}

fn with_cache(mut answer: Response, rule: HeaderValue) -> Response {
    if answer.status().is_success() || answer.status() == StatusCode::NOT_MODIFIED {
        answer.headers_mut().insert(CACHE_CONTROL, rule);
    }
    answer
}

fn not_allowed() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response()
}

/// Some builds keep the manifest in a folder of its own while pages ask for it at the root.
fn find_manifest(dir: &Path, depth: u32) -> Option<PathBuf> {
    let here = dir.join("manifest.json");
    if here.is_file() {
        return Some(here);
    }
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(dir).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|path| depth > 0 && path.is_dir());
    folders.sort();
    folders.iter().find_map(|folder| find_manifest(folder, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn get(router: &Router, path: &str, accept: &str) -> (u16, String, String) {
        let request = Request::builder().uri(path).header(ACCEPT, accept).body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let cache = answer.headers().get(CACHE_CONTROL).map(|rule| rule.to_str().unwrap().to_owned());
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, cache.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn files_pages_and_unknown_paths_are_told_apart() {
        let dir = std::env::temp_dir().join(format!("muster-site-{}", std::process::id()));
        for (file, text) in [
            ("site/index.html", "app"),
            ("site/assets/a-1.js", "js"),
            ("site/pwa/manifest.json", "{}"),
            ("secret.txt", "no"),
        ] {
            std::fs::create_dir_all(dir.join(file).parent().unwrap()).unwrap();
            std::fs::write(dir.join(file), text).unwrap();
        }
        let router = frontend(dir.join("site"));
        let page = (200, "no-cache".to_owned(), "app".to_owned());
        for path in ["/", "/login", "/people/12", "/index.html", "/static/", "/assets"] {
            assert_eq!(get(&router, path, "text/html,*/*;q=0.8").await, page, "{path}");
        }
        let script = (200, "public, max-age=31536000, immutable".to_owned(), "js".to_owned());
        assert_eq!(get(&router, "/assets/a-1.js", "*/*").await, script);
        assert_eq!(get(&router, "/static/assets/a-1.js", "*/*").await, script);
        assert_eq!(
            get(&router, "/manifest.json", "*/*").await,
            (200, "no-cache".to_owned(), "{}".to_owned())
        );
        for (path, accept) in [
            ("/assets/b-2.js", "*/*"),
            ("/people", "application/json"),
            ("/../secret.txt", "*/*"),
            ("/%2e%2e/secret.txt", "*/*"),
        ] {
            assert_eq!(get(&router, path, accept).await.0, 404, "{path}");
        }
        std::fs::remove_dir_all(dir).unwrap();
    }
}
