//! The server that recorded links lead to: the files of the recordings, and pages that redirect, fail or are no files.

use std::path::PathBuf;

use axum::{
    Router,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use shared::http::Path;
use url::Url;

/// A server on a free port of this machine. It ends with the test that has started it.
pub struct FileServer {
    /// Where it answers.
    pub url: Url,
}

impl FileServer {
    /// Starts it.
    pub async fn start() -> Self {
        let routes = Router::new()
            .route("/redirect", get(async || Redirect::to("/import-cadets.xlsx")))
            .route("/away", get(async || Redirect::to("http://169.254.169.254/latest/meta-data")))
            .route("/loop", get(async || Redirect::to("/loop")))
            .route("/page.html", get(async || Html("<!doctype html><html><body>viewer</body></html>")))
            .route("/large", get(async || vec![b'x'; 21 * 1024 * 1024]))
            .route("/status/{code}", get(status))
            .route("/{name}", get(file));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url: format!("http://{address}").parse().expect("an address is a URL") }
    }

    /// The address of something on it.
    pub fn at(&self, path: &str) -> String {
        self.url.join(path).expect("a path").to_string()
    }
}

async fn status(Path(code): Path<u16>) -> Response {
    (StatusCode::from_u16(code).expect("a status"), "x").into_response()
}

async fn file(Path(name): Path<String>) -> Response {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rotc/recordings/files").join(&name);
    let Ok(body) = std::fs::read(path) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match name.rsplit('.').next() {
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("pdf") => "application/pdf",
        Some("png") => "image/png",
        Some("csv") => "text/csv",
        _ => "application/octet-stream",
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}
