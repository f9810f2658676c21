//! Excuse letters in the resource API.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::{
    App, Result,
    error::{forbidden, not_found},
    http::{Created, FormData, Json, Page, PageRequest, Path, Query, lenient::filled},
    sql,
};
use utoipa::IntoParams;

use super::{
    client::Decision,
    decide,
    form::{ExcuseLetterForm, NewExcuseLetter, Sent},
    letter::{self, ExcuseLetter},
    submit,
};
use crate::{
    access::{Acting, Staff, Visible},
    answer::{Listing, Success, created, success},
};

/// Which letters are wanted. Everything given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExcuseFilter {
    /// Exactly this status.
    status: Option<String>,
    /// Of this cadet.
    cadet_id: Option<i32>,
}

/// List excuse letters
///
/// Newest first. Cadets see their own only.
#[utoipa::path(get, path = "/api/excuse-letters", tag = "excuses", params(ExcuseFilter, PageRequest),
    responses((status = 200, body = Listing<ExcuseLetter>)))]
pub async fn list_excuse_letters(
    acting: Acting,
    State(app): State<App>,
    Query(filter): Query<ExcuseFilter>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<ExcuseLetter>>> {
    page(&app, acting.only, &filter, request.page(50, 100)).await
}

/// List a cadet's excuse letters
///
/// Newest first. Cadets see their own only.
#[utoipa::path(get, path = "/api/excuse-letters/cadet/{cadet_id}", tag = "excuses",
    params(("cadet_id" = i32, Path), PageRequest), responses((status = 200, body = Listing<ExcuseLetter>)))]
pub async fn list_cadet_excuse_letters(
    Visible(cadet_id): Visible,
    State(app): State<App>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<ExcuseLetter>>> {
    page(&app, Some(cadet_id), &ExcuseFilter::default(), request.page(50, 100)).await
}

async fn page(
    app: &App,
    only: Option<i32>,
    filter: &ExcuseFilter,
    page: Page,
) -> Result<Json<Listing<ExcuseLetter>>> {
    let status = filled(&filter.status);
    let count = sql!(
        "SELECT count(*) AS total FROM excuse_letters AS letters
         WHERE ($1::int IS NULL OR letters.cadet_id = $1) AND ($2::int IS NULL OR letters.cadet_id = $2)
           AND ($3::text IS NULL OR lower(coalesce(letters.status, 'pending')) = lower($3))"
    );
    let list = sql!(
        "SELECT letters.id, letters.cadet_id AS cadet,
                concat_ws(' ', cadets.first_name, cadets.last_name) AS cadet_name, cadets.student_id,
                letters.training_day_id AS training_day, letters.date_absent, letters.reason, letters.file_url,
                texts.text AS ocr_text, texts.confidence AS ocr_confidence,
                texts.processed_at AT TIME ZONE 'UTC' AS ocr_processed_at,
                coalesce(letters.status, 'pending') AS status, letters.created_at
         FROM excuse_letters AS letters LEFT JOIN cadets ON cadets.id = letters.cadet_id
              LEFT JOIN muster.letter_texts AS texts ON texts.letter_id = letters.id
         WHERE ($1::int IS NULL OR letters.cadet_id = $1) AND ($2::int IS NULL OR letters.cadet_id = $2)
           AND ($3::text IS NULL OR lower(coalesce(letters.status, 'pending')) = lower($3))
         ORDER BY letters.created_at DESC, letters.id DESC LIMIT $4 OFFSET $5"
    );
    let mut read = app.db.read().await?;
    let total = read.only(count, &[&only, &filter.cadet_id, &status]).await?;
    let data = read.all(list, &[&only, &filter.cadet_id, &status, &page.limit, &page.offset()]).await?;
    Ok(Json(Listing::of(page, total, data)))
}

/// Submit an excuse letter
///
/// JSON, or a form with the letter in `file`. Cadets submit their own; the staff name the cadet. The training day is found
/// by the date. A request that arrives twice is entered once.
#[utoipa::path(post, path = "/api/excuse-letters", tag = "excuses",
    request_body(content((NewExcuseLetter = "application/json"), (ExcuseLetterForm = "multipart/form-data"))),
    responses((status = 201, body = Success<ExcuseLetter>)))]
pub async fn create_excuse_letter(
    Acting { user, only: own }: Acting,
    State(app): State<App>,
    form: FormData,
) -> Result<Created<Success<ExcuseLetter>>> {
    let sent = Sent::by_resource(&app, form, own)?;
    let cadet_id = match (sent.cadet_id, own) {
        (Some(named), Some(own)) if named != own => {
            return Err(forbidden("You do not have permission to perform this action."));
        }
        (Some(cadet_id), _) | (None, Some(cadet_id)) => cadet_id,
        (None, None) => return Err(not_found("Cadet not found")),
    };
    let id = submit::submit(&app, &user, cadet_id, &sent).await?;
    Ok(created(letter::find(&app, id).await?))
}

/// Approve or reject an excuse letter (resource API)
///
/// The same as `PUT /api/excuse/{id}`.
#[utoipa::path(put, path = "/api/excuse-letters/{id}", tag = "excuses", params(("id" = i32, Path)),
    request_body = Decision, responses((status = 200, body = Success<ExcuseLetter>)))]
pub async fn update_excuse_letter(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(decision): Json<Decision>,
) -> Result<Json<Success<ExcuseLetter>>> {
    decide::decide(&app, &user, id, decision.status()?).await?;
    Ok(Json(success(letter::find(&app, id).await?)))
}

/// Delete an excuse letter (resource API)
///
/// With its file. Attendance that it has excused stays excused.
#[utoipa::path(delete, path = "/api/excuse-letters/{id}", tag = "excuses", params(("id" = i32, Path)),
    responses((status = 204)))]
pub async fn delete_excuse_letter(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<StatusCode> {
    let deleted = decide::delete(&app, &user, id).await?;
    if deleted { Ok(StatusCode::NO_CONTENT) } else { Err(not_found("Excuse letter not found")) }
}
