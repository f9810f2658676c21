//! How errors look: `{"message"}` on the client API, the longer form on the resource API.

use http::{Method, Uri};
use serde::Serialize;
use serde_json::{Map, Value, json};
use shared::{
    Error,
    error::{Kind, Problem, not_found},
    http::envelope::{Envelope, Failed},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{RefOr, Schema},
};

/// Paths of the resource API, where errors are `{"error": true, "message", "code", "details"}`. All others
/// belong to the client API, whose errors are `{"message"}`.
const RESOURCES: &[&str] = &[
    "/api/activities",
    "/api/audit-logs",
    "/api/cache",
    "/api/cadets",
    "/api/celery",
    "/api/certificates",
    "/api/events",
    "/api/excuse-letters",
    "/api/export",
    "/api/grades",
    "/api/import",
    "/api/jobs",
    "/api/merit-demerit",
    "/api/messages/admin",
    "/api/messages/staff",
    "/api/metrics",
    "/api/notifications",
    "/api/ocr",
    "/api/push",
    "/api/reports",
    "/api/settings",
    "/api/slow-queries",
    "/api/staff-attendance",
    "/api/sync-events",
    "/api/system-settings",
    "/api/tasks",
    "/api/training-days",
    "/api/upload",
];

/// Both APIs have paths below this one: the resource API those of [`ATTENDANCE_WORDS`], and ids.
const ATTENDANCE: &str = "/api/attendance";

/// The paths of the resource API below `/api/attendance`, beside the ids.
const ATTENDANCE_WORDS: &[&str] = &["bulk_create", "bulk_mark", "qr_checkin"];

/// Why a request failed. Paths of the resource API have all members, those of the client API `message` and, for a rejected
/// body, `details`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// One sentence for people.
    #[schema(example = "Cadet not found")]
    pub message: String,
    /// Always true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<bool>,
    /// The status as a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "NOT_FOUND")]
    pub code: Option<String>,
    /// Messages by field, and on the resource API `request_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub details: Option<Map<String, Value>>,
}

/// The envelope of this system.
#[derive(Debug)]
pub struct RotcEnvelope;

impl Envelope for RotcEnvelope {
    fn body(&self, problem: &Problem, request: &Failed<'_>) -> Value {
        let mut body = Map::new();
        let details = details(problem);
        if is_resource(request.path) {
            body.insert("error".to_owned(), Value::Bool(true));
            body.insert("code".to_owned(), code(problem).into());
            let mut details = details;
            details.insert("request_id".to_owned(), request.request_id.into());
            body.insert("details".to_owned(), details.into());
        } else if !details.is_empty() {
            body.insert("details".to_owned(), details.into());
        }
        body.insert("message".to_owned(), problem.message.clone().into());
        if let Some(detail) = &request.detail {
            body.insert("error_detail".to_owned(), detail.clone().into());
        }
        body.extend(problem.extra.clone());
        body.into()
    }

    fn schema(&self) -> RefOr<Schema> {
        ProblemBody::schema()
    }

    fn not_found(&self, method: &Method, uri: &Uri) -> Error {
        if *method == Method::GET || *method == Method::HEAD {
            return not_found(format!("API endpoint not found: {}", uri.path()));
        }
        let url = uri.path_and_query().map_or(uri.path(), |both| both.as_str());
        not_found(format!("API Route not found: {method} {url}"))
    }

    fn method_not_allowed(&self, method: &Method, uri: &Uri) -> Error {
        // Legacy: a path of the client API with another method is an unknown path, except for the sign-in,
        // whose existence clients probe with GET.
        let path = uri.path().trim_end_matches('/');
        if is_resource(path) || path.ends_with("/auth/login") {
            return Error::new(
                Kind::MethodNotAllowed,
                "method_not_allowed",
                format!("Method \"{method}\" not allowed."),
            );
        }
        self.not_found(method, uri)
    }
}

fn is_resource(path: &str) -> bool {
    let path = path.strip_prefix("/api/v1").map_or_else(|| path.to_owned(), |rest| format!("/api{rest}"));
    let below =
        |prefix: &str| path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    RESOURCES.iter().any(|prefix| below(prefix).is_some())
        || below(ATTENDANCE).is_some_and(is_attendance_resource)
}

fn is_attendance_resource(rest: &str) -> bool {
    let rest = rest.trim_matches('/');
    ATTENDANCE_WORDS.contains(&rest) || rest.bytes().all(|byte| byte.is_ascii_digit())
}

/// Field messages as `{"field": ["message"]}`.
fn details(problem: &Problem) -> Map<String, Value> {
    let mut details = Map::new();
    for error in &problem.fields {
        let messages = details.entry(error.field.clone()).or_insert_with(|| json!([]));
        if let Some(messages) = messages.as_array_mut() {
            messages.push(error.message.clone().into());
        }
    }
    details
}

fn code(problem: &Problem) -> &'static str {
    match problem.kind {
        Kind::Unavailable if problem.code == "configuration" => "configuration",
        Kind::Invalid => "BAD_REQUEST",
        Kind::Unauthorized => "UNAUTHORIZED",
        Kind::PaymentRequired => "PAYMENT_REQUIRED",
        Kind::Forbidden => "FORBIDDEN",
        Kind::NotFound => "NOT_FOUND",
        Kind::MethodNotAllowed => "METHOD_NOT_ALLOWED",
        Kind::NotAcceptable => "NOT_ACCEPTABLE",
        Kind::Conflict => "CONFLICT",
        Kind::Gone => "GONE",
        Kind::TooLarge => "PAYLOAD_TOO_LARGE",
        Kind::UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
        Kind::Locked => "LOCKED",
        Kind::BadGateway => "BAD_GATEWAY",
        Kind::TooManyRequests => "TOO_MANY_REQUESTS",
        Kind::Unavailable => "SERVICE_UNAVAILABLE",
        Kind::Internal => "INTERNAL_SERVER_ERROR",
    }
}
