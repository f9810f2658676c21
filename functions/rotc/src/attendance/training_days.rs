//! Training days in the resource API.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Read,
    http::{Created, Json, Path},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    day_code,
    days::{self, NewTrainingDay, TrainingDay},
};
use crate::{
    access::{Admin, Member, Staff},
    answer::{Empty, Success, created, iso, success},
};

row! {
    /// A training day. The legacy table keeps neither a place nor when it was entered.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct DayResource {
        /// The day's id.
        pub id: i32,
        /// `YYYY-MM-DD`.
        pub date: String,
        /// Title.
        pub title: String,
        /// What is trained.
        pub description: Option<String>,
        /// Always `null`.
        pub location: Option<String>,
        /// Always `null`.
        pub created_at: Option<String>,
    }
}

impl From<TrainingDay> for DayResource {
    fn from(day: TrainingDay) -> Self {
        let TrainingDay { id, date, title, description } = day;
        Self { id, date, title, description, location: None, created_at: None }
    }
}

/// What changes; members that are missing or `null` stay.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct DayChanges {
    /// `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Title; never empty.
    #[validate(length(max = 300, message = "Title must have at most 300 characters."))]
    pub title: Option<String>,
    /// What is trained.
    #[validate(length(max = 10000, message = "Description must have at most 10000 characters."))]
    pub description: Option<String>,
}

/// The code that cadets check in with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DayQrCode {
    /// The day.
    pub training_day_id: i32,
    /// 16 hexadecimal digits.
    pub qr_code: String,
    /// The day's title.
    pub title: String,
    /// `YYYY-MM-DD`.
    pub date: String,
    /// When to show another code; this one is accepted a while longer.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub refresh_at: Option<NaiveDateTime>,
    /// When this code is no longer accepted.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub expires_at: Option<NaiveDateTime>,
}

/// Show a training day
#[utoipa::path(get, path = "/api/training-days/{id}", tag = "attendance", params(("id" = i32, Path)),
    responses((status = 200, body = Success<DayResource>)))]
pub async fn show_training_day(
    _member: Member,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<DayResource>>> {
    Ok(Json(success(day(&mut app.db.read().await?, id).await?.into())))
}

/// Enter a training day
///
/// A day that is there already, with the same date, title and description, is not entered again.
#[utoipa::path(post, path = "/api/training-days", tag = "attendance",
    request_body = NewTrainingDay, responses((status = 201, body = Success<DayResource>)))]
pub async fn create_training_day(
    Staff(staff): Staff,
    State(app): State<App>,
    Json(new): Json<NewTrainingDay>,
) -> Result<Created<Success<DayResource>>> {
    let day = days::enter(&app, &staff, new).await?;
    Ok(created(day.into()))
}

/// Change a training day
#[utoipa::path(put, path = "/api/training-days/{id}", tag = "attendance", params(("id" = i32, Path)),
    request_body = DayChanges, responses((status = 200, body = Success<DayResource>)))]
pub async fn update_training_day(
    Staff(staff): Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(changes): Json<DayChanges>,
) -> Result<Json<Success<DayResource>>> {
    let date = changes.date.as_deref().map(days::date).transpose()?;
    let title = changes.title.as_deref().map(days::title).transpose()?;
    let update = sql!(
        "UPDATE training_days SET date = coalesce($2, date), title = coalesce($3, title),
                description = coalesce($4, description)
         WHERE id = $1 RETURNING id, date, title, description"
    );
    let mut change = app.db.change(&staff.actor()).await?;
    let day: Option<TrainingDay> = change.one(update, &[&id, &date, &title, &changes.description]).await?;
    change.commit().await?;
    Ok(Json(success(day.ok_or_else(days::no_such_day)?.into())))
}

/// Delete a training day
///
/// With everybody's attendance of that day, which is why only an admin may; the grades are counted anew.
#[utoipa::path(delete, path = "/api/training-days/{id}", tag = "attendance", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Empty>)))]
pub async fn delete_training_day(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Empty>>> {
    if !days::remove(&app, &admin, id).await? {
        return Err(days::no_such_day());
    }
    Ok(Json(success(Empty {}).saying("Training day deleted")))
}

/// Show the code of a training day
///
/// Cadets check in with it (`POST /api/attendance/qr_checkin`). It changes every 15 minutes and is accepted for 15
/// more.
#[utoipa::path(get, path = "/api/training-days/{id}/qr_code", tag = "attendance", params(("id" = i32, Path)),
    responses((status = 200, body = Success<DayQrCode>)))]
pub async fn show_qr_code(
    _staff: Staff,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<DayQrCode>>> {
    let code = day_code::current(&app, id).await?;
    let day = day(&mut app.db.read().await?, id).await?;
    Ok(Json(success(DayQrCode {
        training_day_id: day.id,
        qr_code: code.code,
        title: day.title,
        date: day.date,
        refresh_at: Some(code.refresh_at.naive_utc()),
        expires_at: Some(code.expires_at.naive_utc()),
    })))
}

/// The day, or 404.
pub(super) async fn day(read: &mut Read, id: i32) -> Result<TrainingDay> {
    let find = sql!("SELECT id, date, title, description FROM training_days WHERE id = $1");
    read.one(find, &[&id]).await?.ok_or_else(days::no_such_day)
}
