//! Faults on request: the next answers of a path are late, wrong or none.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::post,
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;
use shared::http::Json;

use super::Sent;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// The request is taken, and never answered.
    Hang,
    /// The request is taken, and the connection breaks before the answer.
    Break,
    /// The answer comes after some seconds.
    Slow,
    /// 500 without anything to read.
    Error,
    /// 200, and an error in the body.
    OkWithError,
    /// 200, and a page where JSON should be.
    Page,
    /// The result is told before the answer.
    Early,
    /// The result is told with other data than it has: somebody who is not the service.
    Forged,
}

/// A fault that waits for its requests.
#[derive(Clone, Debug, Deserialize)]
struct Planned {
    /// A part of the path.
    path: String,
    fault: Fault,
    /// How many requests; 1 if it is left out.
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

/// The faults that are still to come.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Vec<Planned>>>);

impl Faults {
    /// The next `times` requests whose path contains `path` go wrong.
    pub fn plan(&self, path: &str, fault: Fault, times: u32) {
        self.push(Planned { path: path.to_owned(), fault, times });
    }

    fn push(&self, planned: Planned) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(planned);
    }

    fn take(&self, path: &str) -> Option<Fault> {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = planned.iter_mut().find(|planned| planned.times > 0 && path.contains(&planned.path))?;
        next.times -= 1;
        Some(next.fault)
    }
}

/// `POST /_faults {"path": "stkpush", "fault": "hang", "times": 1}`
pub(super) fn routes(faults: Faults) -> Router {
    let plan = async |State(faults): State<Faults>, Sent(planned): Sent| match serde_json::from_value(planned)
    {
        Ok(planned) => {
            faults.push(planned);
            StatusCode::NO_CONTENT
        }
        Err(_) => StatusCode::BAD_REQUEST,
    };
    Router::new().route("/_faults", post(plan)).with_state(faults)
}

/// How late a slow answer is.
const LATE: Duration = Duration::from_secs(3);

/// Lets the request fail as it is planned. A fault that the service itself must make travels with the request.
pub(super) async fn fail(State(faults): State<Faults>, mut request: Request, next: Next) -> Response {
    let Some(fault) = faults.take(request.uri().path()) else { return next.run(request).await };
    match fault {
        Fault::Error => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Fault::OkWithError => {
            let error =
                json!({ "requestId": "1", "errorCode": "500.003.02", "errorMessage": "System is busy" });
            Json(error).into_response()
        }
        Fault::Page => "<html>Maintenance</html>".into_response(),
        Fault::Slow => {
            tokio::time::sleep(LATE).await;
            next.run(request).await
        }
        Fault::Hang => {
            let _unread = next.run(request).await;
            std::future::pending().await
        }
        Fault::Break => {
            let _unread = next.run(request).await;
            broken()
        }
        Fault::Early | Fault::Forged => {
            request.extensions_mut().insert(fault);
            next.run(request).await
        }
    }
}

/// An answer that ends in the middle.
pub(super) fn broken() -> Response {
    let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    let body = futures_util::stream::iter([Ok(bytes::Bytes::from_static(b"{")), Err(cut)]);
    Body::from_stream(body).into_response()
}
