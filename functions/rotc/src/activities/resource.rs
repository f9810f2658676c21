//! Activities in the resource API.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use shared::{
    App, Result,
    error::invalid_field,
    http::{Created, FormData, Json, PageRequest, Path, Query},
    sql,
};
use utoipa::IntoParams;

use super::{
    activity::{self, Activity, ActivityRow, unknown},
    edit,
    form::{ActivityFields, Sent, is_day},
};
use crate::{
    access::{Admin, Member, Staff},
    answer::{Listing, Success, created, success},
};

/// Which activities are wanted. Everything given must hold.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ActivityFilter {
    /// Exactly this type.
    #[serde(rename = "type")]
    kind: Option<String>,
    /// This day (`YYYY-MM-DD`) or later.
    date_from: Option<String>,
    /// This day (`YYYY-MM-DD`) or earlier.
    date_to: Option<String>,
}

/// List activities
///
/// Newest first, those without a date in front.
#[utoipa::path(get, path = "/api/activities", tag = "activities", params(ActivityFilter, PageRequest),
    responses((status = 200, body = Listing<Activity>)))]
pub async fn list_activities(
    _member: Member,
    State(app): State<App>,
    Query(filter): Query<ActivityFilter>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<Activity>>> {
    let page = request.page(10, 100);
    let kind = filter.kind.map(|kind| kind.trim().to_lowercase()).filter(|kind| !kind.is_empty());
    let (from, to) = (day("date_from", filter.date_from)?, day("date_to", filter.date_to)?);
    // Dates are texts; one that an earlier server wrote in other words is on no day.
    let count = sql!(
        "SELECT count(*) AS total FROM activities
         WHERE ($1::text IS NULL OR coalesce(nullif(lower(type), ''), 'activity') = $1)
           AND ($2::text IS NULL OR (date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND left(date, 10) >= $2))
           AND ($3::text IS NULL OR (date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND left(date, 10) <= $3))"
    );
    let list = sql!(
        "SELECT id, title, description, date, coalesce(nullif(type, ''), 'activity') AS kind, image_path, images
         FROM activities
         WHERE ($1::text IS NULL OR coalesce(nullif(lower(type), ''), 'activity') = $1)
           AND ($2::text IS NULL OR (date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND left(date, 10) >= $2))
           AND ($3::text IS NULL OR (date ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' AND left(date, 10) <= $3))
         ORDER BY date DESC, id DESC LIMIT $4 OFFSET $5"
    );
    let mut read = app.db.read().await?;
    let total = read.only(count, &[&kind, &from, &to]).await?;
    let rows: Vec<ActivityRow> = read.all(list, &[&kind, &from, &to, &page.limit, &page.offset()]).await?;
    let data = activity::with_images(&mut read, rows).await?;
    Ok(Json(Listing::of(page, total, data)))
}

/// A day of the filter, if it is given.
fn day(field: &str, sent: Option<String>) -> Result<Option<String>> {
    let sent = sent.filter(|day| !day.is_empty());
    if sent.as_deref().is_some_and(|day| !is_day(day)) {
        return Err(invalid_field(field, format!("{field} must be a day as YYYY-MM-DD.")));
    }
    Ok(sent)
}

/// Show an activity
#[utoipa::path(get, path = "/api/activities/{id}", tag = "activities", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Activity>)))]
pub async fn show_activity(
    _member: Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Activity>>> {
    Ok(Json(success(activity::find(&app, id).await?)))
}

/// Enter an activity
///
/// JSON, or a form with up to 10 pictures in `images`. Title, description and date are required; activities have 1 to 5
/// pictures, announcements at least 1. Everyone gets a notification. A request that arrives twice is entered once.
#[utoipa::path(post, path = "/api/activities", tag = "activities",
    request_body(content((ActivityFields = "application/json"), (ActivityFields = "multipart/form-data"))),
    responses((status = 201, body = Success<Activity>)))]
pub async fn create_activity(
    Staff(user): Staff,
    State(app): State<App>,
    form: FormData,
) -> Result<Created<Success<Activity>>> {
    let sent = Sent::by_resource(form)?;
    sent.require_all()?;
    let id = edit::create(&app, &user, sent).await?;
    Ok(created(activity::find(&app, id).await?))
}

/// Edit an activity
///
/// JSON, or a form with new pictures in `images`. What is not sent stays; `images` names all pictures to go on with.
/// Everyone gets a notification.
#[utoipa::path(put, path = "/api/activities/{id}", tag = "activities", params(("id" = i32, Path)),
    request_body(content((ActivityFields = "application/json"), (ActivityFields = "multipart/form-data"))),
    responses((status = 200, body = Success<Activity>)))]
pub async fn update_activity(
    Staff(user): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    form: FormData,
) -> Result<Json<Success<Activity>>> {
    edit::update(&app, &user, id, Sent::by_resource(form)?).await?;
    Ok(Json(success(activity::find(&app, id).await?)))
}

/// Delete an activity
///
/// With its pictures.
#[utoipa::path(delete, path = "/api/activities/{id}", tag = "activities", params(("id" = i32, Path)),
    responses((status = 204)))]
pub async fn delete_activity(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<StatusCode> {
    if edit::delete(&app, &admin, id).await? { Ok(StatusCode::NO_CONTENT) } else { Err(unknown()) }
}
