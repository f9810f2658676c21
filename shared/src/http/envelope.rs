//! Errors as JSON: each system has its own shape, and everything that fails takes it.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, Uri, header};
use utoipa::openapi::{RefOr, Schema};

use crate::{
    error::{self, Error, Kind, Problem},
    system::System,
};

/// How a system's errors look.
pub trait Envelope: Send + Sync {
    /// The JSON body of a failed request.
    fn body(&self, problem: &Problem, request: &Failed<'_>) -> serde_json::Value;

    /// What [`Envelope::body`] writes, for the documentation of the API.
    fn schema(&self) -> RefOr<Schema>;

    /// No route has this path.
    fn not_found(&self, method: &Method, uri: &Uri) -> Error;

    /// The path exists, the method does not.
    fn method_not_allowed(&self, method: &Method, uri: &Uri) -> Error;
}

/// The request that failed.
pub struct Failed<'a> {
    /// The path after normalisation (no version prefix, no trailing slash).
    pub path: &'a str,
    /// The request's id.
    pub request_id: &'a str,
    /// What to show developers, outside production only.
    pub detail: Option<String>,
}

impl IntoResponse for Error {
    /// A response without a body: [`render`] writes it, in the outermost layer of the system.
    fn into_response(self) -> Response {
        let problem = self.into_problem();
        let mut response = problem.kind.status().into_response();
        response.extensions_mut().insert(problem);
        response
    }
}

/// Writes the body of a failed response in the system's shape, and logs what is our fault.
pub(super) fn render(
    system: &System,
    response: Response,
    path: &str,
    request_id: &str,
    production: bool,
) -> Response {
    let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
    // Maintenance is wanted: one error in the log for every request of it would hide the others.
    let ours =
        matches!(problem.kind, Kind::Internal | Kind::Unavailable) && problem.code != error::MAINTENANCE;
    if ours {
        tracing::error!(request_id, path, problem = ?problem, "a request failed");
    }
    let hidden = problem.kind == Kind::Internal;
    let detail = (hidden && !production).then(|| format!("{problem:?}"));
    let shown =
        if hidden { Problem { message: "Internal Server Error".to_owned(), ..problem } } else { problem };
    let body = system.envelope.body(&shown, &Failed { path, request_id, detail });
    rendered(response, &shown, body.to_string(), system.http.challenge)
}

fn rendered(response: Response, problem: &Problem, body: String, challenge: &'static str) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Some(seconds) = problem.retry_after_seconds {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if parts.status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    Response::from_parts(parts, body.into())
}
