//! Shapes that many answers share, and how values look on the wire.

use chrono::NaiveDateTime;
use serde::{Serialize, Serializer};
pub use shared::http::number::{js_number, js_number_or_null};
use shared::http::{Created, Page};
use utoipa::ToSchema;

/// `{"message"}`: what most writes of the client API answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Message {
    /// One sentence for the person who asked.
    pub message: String,
}

/// A message as a JSON answer.
pub fn message(text: impl Into<String>) -> shared::http::Json<Message> {
    shared::http::Json(Message { message: text.into() })
}

/// One thing of the resource API: `{"success": true, "data"}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Success<T> {
    /// Always true.
    pub success: bool,
    /// The thing.
    pub data: T,
    /// One sentence, where something was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl<T> Success<T> {
    /// With a sentence about what was done.
    pub fn saying(self, message: impl Into<String>) -> Self {
        Self { message: Some(message.into()), ..self }
    }
}

/// Wraps one thing.
pub fn success<T>(data: T) -> Success<T> {
    Success { success: true, data, message: None }
}

/// The answer (201) about something new.
pub fn created<T>(data: T) -> Created<Success<T>> {
    Created(success(data).saying("Resource created successfully"))
}

/// A page of things of the resource API.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    /// Always true.
    pub success: bool,
    /// From 1.
    pub page: i64,
    /// Things in a page.
    pub limit: i64,
    /// Things in all pages.
    pub total: i64,
    /// The things.
    pub data: Vec<T>,
}

impl<T> Listing<T> {
    /// One page of `total` things.
    pub fn of(page: Page, total: i64, data: Vec<T>) -> Self {
        Self { success: true, page: page.page, limit: page.limit, total, data }
    }
}

/// Where a page stands among all, in answers of the client API.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Pagination {
    /// From 1.
    pub page: i64,
    /// Rows in a page.
    pub limit: i64,
    /// Rows in all pages.
    pub total: i64,
    /// Pages.
    pub pages: i64,
}

impl Pagination {
    /// Of a page of that many rows.
    pub fn of(page: Page, total: i64) -> Self {
        Self { page: page.page, limit: page.limit, total, pages: page.pages(total) }
    }
}

/// How chrono writes a time without zone as `YYYY-MM-DDTHH:MM:SS.mmmZ`.
pub const ISO: &str = "%Y-%m-%dT%H:%M:%S%.3fZ";

/// Serializes a legacy timestamp (UTC without zone) as `YYYY-MM-DDTHH:MM:SS.mmmZ`.
pub fn iso<S: Serializer>(value: &Option<NaiveDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(&value.format(ISO)),
        None => serializer.serialize_none(),
    }
}

/// `{}`: the thing of a write that leaves nothing to show.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Empty {}
