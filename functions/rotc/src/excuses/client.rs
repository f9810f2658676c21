//! Excuse letters on the clients' pages.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::invalid,
    http::{FormData, Json, Path},
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    decide,
    form::{ExcuseForm, Sent},
    letter::{Excuse, LetterStatus, OwnExcuse},
    submit,
};
use crate::{
    access::{CadetAccessRequired, Member, Own, Role, Staff},
    answer::{Message, message},
};

/// Letters in the list of the staff.
const MOST: i64 = 500;

/// Whether there is such a thing.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ExcuseStatus {
    /// Always `ok`.
    pub status: &'static str,
}

/// The letters one may see.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Excuses {
    /// A cadet's own.
    Own(Vec<OwnExcuse>),
    /// Everybody's, with names, for the staff.
    All(Vec<Excuse>),
}

/// A new letter's id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SubmittedExcuse {
    /// The letter's id.
    pub id: i32,
    /// One sentence.
    pub message: String,
}

/// What the staff says to a letter.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct Decision {
    /// `approved`, `rejected` or `pending`, in any case.
    #[schema(value_type = LetterStatus)]
    status: Option<String>,
}

impl Decision {
    /// The status, if it is one.
    pub(super) fn status(&self) -> Result<LetterStatus> {
        let status = self.status.as_deref().and_then(LetterStatus::parse);
        status.ok_or_else(|| invalid("invalid_status", "Invalid status"))
    }
}

/// Whether excuse letters can be submitted here
#[utoipa::path(get, path = "/api/excuse/status", tag = "excuses", security(()),
    responses((status = 200, body = ExcuseStatus)))]
pub async fn show_excuse_status() -> Json<ExcuseStatus> {
    Json(ExcuseStatus { status: "ok" })
}

/// List excuse letters
///
/// Newest first. Cadets get their own, the staff the newest 500 of all, with names.
#[utoipa::path(get, path = "/api/excuse", tag = "excuses", responses((status = 200, body = Excuses)))]
pub async fn list_excuses(Member(user): Member, State(app): State<App>) -> Result<Json<Excuses>> {
    let mut read = app.db.read().await?;
    if user.role == Role::Cadet {
        let own = sql!(
            "SELECT id, cadet_id, date_absent, reason, file_url, status, created_at
             FROM excuse_letters WHERE cadet_id = $1 ORDER BY created_at DESC, id DESC"
        );
        return Ok(Json(Excuses::Own(read.all(own, &[&user.cadet_id]).await?)));
    }
    let all = sql!(
        "SELECT letters.id, letters.cadet_id, letters.date_absent, letters.reason, letters.file_url, letters.status,
                letters.created_at, cadets.first_name, cadets.last_name
         FROM excuse_letters AS letters LEFT JOIN cadets ON cadets.id = letters.cadet_id
         ORDER BY letters.created_at DESC, letters.id DESC LIMIT $1"
    );
    Ok(Json(Excuses::All(read.all(all, &[&MOST]).await?)))
}

/// Submit an excuse letter
///
/// A form with the letter in `file`: a picture, PDF or Word document. A request that arrives twice is entered once.
#[utoipa::path(post, path = "/api/excuse", tag = "excuses",
    request_body(content = ExcuseForm, content_type = "multipart/form-data"),
    responses((status = 200, body = SubmittedExcuse)))]
pub async fn submit_excuse(
    own: Own<CadetAccessRequired>,
    State(app): State<App>,
    form: FormData,
) -> Result<Json<SubmittedExcuse>> {
    let sent = Sent::by_client(&app, form)?;
    let id = submit::submit(&app, &own.user, own.cadet_id, &sent).await?;
    Ok(Json(SubmittedExcuse { id, message: "Excuse letter submitted".to_owned() }))
}

/// Approve or reject an excuse letter
///
/// An approved letter excuses the cadet's attendance on that training day; when the approval is taken back, the record
/// says again what it said before. The cadet is told.
#[utoipa::path(put, path = "/api/excuse/{id}", tag = "excuses", params(("id" = i32, Path)),
    request_body = Decision, responses((status = 200, body = Message)))]
pub async fn decide_excuse(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(decision): Json<Decision>,
) -> Result<Json<Message>> {
    decide::decide(&app, &user, id, decision.status()?).await?;
    Ok(message("Status updated"))
}

/// Delete an excuse letter
///
/// With its file. Attendance that it has excused stays excused. Deleting one that is not there succeeds, too.
#[utoipa::path(delete, path = "/api/excuse/{id}", tag = "excuses", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn delete_excuse(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    decide::delete(&app, &user, id).await?;
    Ok(message("Deleted"))
}
