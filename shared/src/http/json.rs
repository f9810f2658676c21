//! JSON bodies.

use axum::{
    body::HttpBody,
    extract::{FromRequest, Request, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Serialize, de::DeserializeOwned};
use validator::{Validate, ValidationErrors};

use super::Receiving;
use crate::{
    Error, Result,
    error::{FieldError, internal, invalid, invalid_field, too_large},
};

/// A JSON body: checked when it comes in, UTF-8 JSON when it goes out.
///
/// A missing body, or one of another type, is `{}`: so the legacy servers read it, and the fields that
/// are required say what is missing.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

/// A JSON answer with status 201.
#[derive(Clone, Debug)]
pub struct Created<T>(pub T);

/// A JSON answer with status 202: a job will do it.
#[derive(Clone, Debug)]
pub struct Accepted<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Validate> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let is_json = is_json(request.headers());
        let body = body(request, state).await?;
        let value: T = parse(if is_json && !body.is_empty() { &body } else { b"{}" })?;
        value.validate().map_err(|errors| rejected(&errors))?;
        Ok(Self(value))
    }
}

/// Reads the body up to the limit of the route.
pub(crate) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes> {
    Receiving::admit(request.extensions(), request.body().size_hint().upper()).await?;
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(cause) if cause.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            too_large("The request body is too large")
        }
        _ => invalid("body_cut", "The request body could not be read to its end"),
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

/// Parses JSON and names the field that has the wrong type, without repeating its value.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    if holds_nul(body) {
        return Err(invalid("bad_text", "A text holds a character that cannot be stored"));
    }
    // Every body is an object; serde would also take an array, member by member.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(invalid("wrong_type", "The request body must be a JSON object"));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let inner = error.into_inner();
        if !inner.is_data() {
            return malformed();
        }
        if let Some(missing) =
            inner.to_string().strip_prefix("missing field `").and_then(|rest| rest.split('`').next())
        {
            return invalid_field(missing, "This field is required.");
        }
        match field.as_str() {
            "." => invalid("wrong_type", "The request body must be a JSON object"),
            _ => invalid_field(&field, format!("{field} has the wrong type")),
        }
    })?;
    reader.end().map_err(|_| malformed())?;
    Ok(value)
}

/// Whether a text of JSON has a NUL (`\u0000`), which PostgreSQL stores nowhere: neither in texts nor in JSON.
fn holds_nul(body: &[u8]) -> bool {
    body.windows(6).enumerate().any(|(at, part)| {
        // A backslash that is escaped itself begins no escape.
        let is_escaped = || body[..at].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1;
        part == br"\u0000" && !is_escaped()
    })
}

fn malformed() -> Error {
    invalid("malformed_json", "The request body is not valid JSON")
}

/// Broken rules as field messages; the first is the message of the whole.
fn rejected(errors: &ValidationErrors) -> Error {
    let mut fields: Vec<FieldError> = Vec::new();
    for (field, problems) in errors.field_errors() {
        for problem in problems {
            let message =
                problem.message.as_ref().map_or_else(|| format!("{field} is not valid"), ToString::to_string);
            fields.push(FieldError { field: field.to_string(), message });
        }
    }
    fields.sort_by(|a, b| a.field.cmp(&b.field));
    let message = fields.first().map_or("The request is not valid", |first| &first.message).to_owned();
    invalid("invalid", message).with_fields(fields)
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let kind = HeaderValue::from_static("application/json; charset=utf-8");
                ([(header::CONTENT_TYPE, kind)], body).into_response()
            }
            Err(cause) => internal("an answer could not be written as JSON").caused_by(cause).into_response(),
        }
    }
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}
