//! The one error of the code: what went wrong, for whom, and where.
//!
//! Handlers write `conflict("rank_not_next", "...")` or `?`. Anything that implements
//! [`std::error::Error`] becomes [`Kind::Internal`] (logged with its place, answered without details),
//! except database errors a client caused, which become [`Kind::Invalid`] or [`Kind::Conflict`], and a
//! database that is away, which becomes [`Kind::Unavailable`]. The JSON around it is made in
//! [`crate::http::envelope`].

use std::{any::Any, fmt, panic::Location};

use http::StatusCode;

/// A result whose error is an [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure this is; decides the HTTP status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 400: the request is wrong and will stay wrong.
    Invalid,
    /// 401: nobody, or nobody we know, is signed in.
    Unauthorized,
    /// 402: it must be paid first.
    PaymentRequired,
    /// 403: signed in, but not allowed.
    Forbidden,
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 406: the client reads nothing that the route writes.
    NotAcceptable,
    /// 409: the request collides with what is stored.
    Conflict,
    /// 410: there was such a thing, and there will not be again.
    Gone,
    /// 413: the body is larger than the route takes.
    TooLarge,
    /// 415: the body is of a type that the route does not read.
    UnsupportedMediaType,
    /// 423: the thing, or the account, is locked for now.
    Locked,
    /// 429: too often; see `retry_after_seconds`.
    TooManyRequests,
    /// 502: a server of somebody else gave no usable response.
    BadGateway,
    /// 503: a part we need is away; see `retry_after_seconds`.
    Unavailable,
    /// 500: our fault.
    Internal,
}

impl Kind {
    /// The HTTP status of this kind.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Gone => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Locked => StatusCode::LOCKED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::BadGateway => StatusCode::BAD_GATEWAY,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name as the client sent it (`title`).
    pub field: String,
    /// One sentence for the person who filled it in.
    pub message: String,
}

/// Why a request or a job failed.
#[derive(Clone)]
pub struct Error(Box<Problem>);

/// The contents of an [`Error`], as the envelope renders them.
#[derive(Clone)]
pub struct Problem {
    /// Decides the status.
    pub kind: Kind,
    /// A stable word for programs (`rank_not_next`).
    pub code: &'static str,
    /// One sentence for people; never holds secrets or another person's data.
    pub message: String,
    /// Per-field messages of a rejected body.
    pub fields: Vec<FieldError>,
    /// Seconds after which trying again makes sense.
    pub retry_after_seconds: Option<u64>,
    /// More members for the answer's JSON (`remaining_attempts`).
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// The cause, for the log only.
    pub source: Option<std::sync::Arc<dyn std::error::Error + Send + Sync>>,
    /// Where the error was made.
    pub at: &'static Location<'static>,
}

impl Error {
    /// An error of `kind`; prefer the functions of this module.
    #[track_caller]
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Problem {
            kind,
            code,
            message: message.into(),
            fields: Vec::new(),
            retry_after_seconds: None,
            extra: serde_json::Map::new(),
            source: None,
            at: Location::caller(),
        }))
    }

    /// The kind, to tell apart what a caller can handle.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The stable word for programs.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The sentence for people.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Adds the messages of single fields.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_seconds = Some(seconds);
        self
    }

    /// Adds a member to the answer's JSON.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<serde_json::Value>) -> Self {
        self.0.extra.insert(name.to_owned(), value.into());
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(std::sync::Arc::new(source));
        self
    }

    /// The cause.
    pub(crate) fn cause(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// The contents, for a report.
    pub(crate) fn problem(&self) -> &Problem {
        &self.0
    }

    /// The contents, for the envelope.
    pub fn into_problem(self) -> Problem {
        *self.0
    }
}

/// 400: the request is wrong.
#[track_caller]
pub fn invalid(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::Invalid, code, message)
}

/// 400 with one field named.
#[track_caller]
pub fn invalid_field(field: &str, message: impl Into<String>) -> Error {
    let message = message.into();
    let fields = vec![FieldError { field: field.to_owned(), message: message.clone() }];
    Error::new(Kind::Invalid, "invalid", message).with_fields(fields)
}

/// 400 with several fields named, all for the same reason.
#[track_caller]
pub fn invalid_fields<'a>(
    code: &'static str,
    names: impl IntoIterator<Item = &'a str>,
    message: &str,
) -> Error {
    let field = |name: &str| FieldError { field: name.to_owned(), message: message.to_owned() };
    let fields = names.into_iter().map(field).collect();
    Error::new(Kind::Invalid, code, message).with_fields(fields)
}

/// 401.
#[track_caller]
pub fn unauthorized(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::Unauthorized, code, message)
}

/// 402.
#[track_caller]
pub fn payment_required(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::PaymentRequired, code, message)
}

/// 403.
#[track_caller]
pub fn forbidden(message: impl Into<String>) -> Error {
    Error::new(Kind::Forbidden, "forbidden", message)
}

/// 404.
#[track_caller]
pub fn not_found(message: impl Into<String>) -> Error {
    Error::new(Kind::NotFound, "not_found", message)
}

/// 406.
#[track_caller]
pub fn not_acceptable(message: impl Into<String>) -> Error {
    Error::new(Kind::NotAcceptable, "not_acceptable", message)
}

/// 409.
#[track_caller]
pub fn conflict(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::Conflict, code, message)
}

/// 410.
#[track_caller]
pub fn gone(message: impl Into<String>) -> Error {
    Error::new(Kind::Gone, "gone", message)
}

/// 413.
#[track_caller]
pub fn too_large(message: impl Into<String>) -> Error {
    Error::new(Kind::TooLarge, "too_large", message)
}

/// 415.
#[track_caller]
pub fn unsupported_media_type(message: impl Into<String>) -> Error {
    Error::new(Kind::UnsupportedMediaType, "unsupported_media_type", message)
}

/// 423: try again after `seconds`.
#[track_caller]
pub fn locked(message: impl Into<String>, seconds: u64) -> Error {
    Error::new(Kind::Locked, "locked", message).retry_after(seconds)
}

/// 502: `what`, a server of somebody else, gave no usable response.
#[track_caller]
pub fn bad_gateway(what: &str) -> Error {
    Error::new(Kind::BadGateway, "bad_gateway", format!("{what} does not answer right now, please try again"))
}

/// 429: try again after `seconds`.
#[track_caller]
pub fn too_many_requests(message: impl Into<String>, seconds: u64) -> Error {
    Error::new(Kind::TooManyRequests, "too_many_requests", message).retry_after(seconds)
}

/// 503: `what` is away; clients may try again in five seconds.
#[track_caller]
pub fn unavailable(what: &str) -> Error {
    unavailable_because(format!("{what} is not available right now, please try again"))
}

/// 503 in a sentence of its own; clients may try again in five seconds.
#[track_caller]
pub fn unavailable_because(sentence: impl Into<String>) -> Error {
    Error::new(Kind::Unavailable, "unavailable", sentence).retry_after(5)
}

/// 503: whoever runs the system has not configured what this needs. The sentence names the variable to set.
#[track_caller]
pub fn not_configured(sentence: impl Into<String>) -> Error {
    Error::new(Kind::Unavailable, "configuration", sentence)
}

/// The word for programs of a request refused because the system is in maintenance.
pub const MAINTENANCE: &str = "maintenance";

/// 503: the administrators work on the system; clients may try again after `seconds`.
#[track_caller]
pub fn in_maintenance(message: impl Into<String>, seconds: u64) -> Error {
    Error::new(Kind::Unavailable, MAINTENANCE, message).retry_after(seconds)
}

/// 500: a state our own code should have made impossible. The message goes to the log only.
#[track_caller]
pub fn internal(what: impl Into<String>) -> Error {
    Error::new(Kind::Internal, "internal", what)
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(cause: E) -> Self {
        let known = {
            let any: &dyn Any = &cause;
            any.downcast_ref::<tokio_postgres::Error>().and_then(crate::db::problem).or_else(|| {
                // Commands and starts show the sentence; requests do not connect this way.
                let connect = any.downcast_ref::<crate::db::ConnectError>()?;
                Some(unavailable_because(connect.sentence()))
            })
        };
        known.unwrap_or_else(|| internal("unexpected error")).caused_by(cause)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.message)?;
        match &self.0.source {
            Some(source) => write!(f, ": {}", describe(source.as_ref())),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} ({}) at {}", self.kind, self.code, self.message, self.at)?;
        match &self.source {
            Some(source) => write!(f, ": {}", describe(source.as_ref())),
            None => Ok(()),
        }
    }
}

/// The cause and its causes in one line, without the values of database rows: PostgreSQL puts them
/// into `DETAIL`, and they may be personal.
pub fn describe(cause: &(dyn std::error::Error + 'static)) -> String {
    let mut text =
        match cause.downcast_ref::<tokio_postgres::Error>().and_then(tokio_postgres::Error::as_db_error) {
            // Class 42 is about our own SQL text and holds no data.
            Some(error) if error.code().code().starts_with("42") => {
                format!("{}: {}", error.code().code(), error.message())
            }
            Some(error) => {
                let place = error.constraint().or(error.table()).unwrap_or("");
                format!("SQLSTATE {} {place}", error.code().code())
            }
            None => cause.to_string(),
        };
    let mut next = cause.source();
    while let Some(inner) = next {
        if inner.downcast_ref::<tokio_postgres::error::DbError>().is_none() {
            text.push_str(": ");
            text.push_str(&inner.to_string());
        }
        next = inner.source();
    }
    text
}

/// For programs that end with the error in front of a person, or of the Lambda service.
impl From<Error> for Box<dyn std::error::Error + Send + Sync> {
    fn from(error: Error) -> Self {
        error.to_string().into()
    }
}
