//! Training days: the rules of both APIs, and the client API.

use axum::extract::State;
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Change,
    error::{invalid_field, not_found},
    http::{Json, Path},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::rows;
use crate::{
    access::{Admin, User},
    answer::{Message, message},
    grades::attendance_total,
};

/// Years in which somebody may have been trained, or will be.
const YEARS: std::ops::RangeInclusive<i32> = 1950..=2100;

row! {
    /// A training day.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct TrainingDay {
        /// The day's id.
        pub id: i32,
        /// `YYYY-MM-DD`.
        pub date: String,
        /// Title.
        pub title: String,
        /// What is trained.
        pub description: Option<String>,
    }
}

/// A training day to enter.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct NewTrainingDay {
    /// `YYYY-MM-DD`.
    #[schema(required)]
    pub date: Option<String>,
    /// Title; never empty.
    #[schema(required)]
    #[validate(length(max = 300, message = "Title must have at most 300 characters."))]
    pub title: Option<String>,
    /// What is trained.
    #[validate(length(max = 10000, message = "Description must have at most 10000 characters."))]
    pub description: Option<String>,
}

/// A new day's id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CreatedDay {
    /// The day's id.
    pub id: i32,
    /// One sentence.
    pub message: String,
}

/// Enter a training day
///
/// A day that is there already, with the same date, title and description, is not entered again.
#[utoipa::path(post, path = "/api/attendance/days", tag = "attendance",
    request_body = NewTrainingDay, responses((status = 200, body = CreatedDay)))]
pub async fn create_day(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(new): Json<NewTrainingDay>,
) -> Result<Json<CreatedDay>> {
    let day = enter(&app, &admin, new).await?;
    Ok(Json(CreatedDay { id: day.id, message: "Training day created".to_owned() }))
}

/// Delete a training day
///
/// With everybody's attendance of that day; the grades are counted anew. Deleting a day that is not there
/// succeeds, too.
#[utoipa::path(delete, path = "/api/attendance/days/{id}", tag = "attendance", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn delete_day(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    remove(&app, &admin, id).await?;
    Ok(message("Training day deleted"))
}

/// Checks and stores a day.
pub(super) async fn enter(app: &App, user: &User, new: NewTrainingDay) -> Result<TrainingDay> {
    let date = date(new.date.as_deref().unwrap_or_default())?;
    let title = title(new.title.as_deref().unwrap_or_default())?;
    let description = new.description;
    let mut change = app.db.change(&user.actor()).await?;
    // One after the other, so that a request sent twice finds its first: each day more lowers all grades.
    change.execute(sql!("LOCK TABLE training_days IN SHARE ROW EXCLUSIVE MODE"), &[]).await?;
    let find = sql!(
        "SELECT id, date, title, description FROM training_days
         WHERE date = $1 AND title = $2 AND description IS NOT DISTINCT FROM $3 ORDER BY id LIMIT 1"
    );
    let insert = sql!(
        "INSERT INTO training_days (date, title, description) VALUES ($1, $2, $3)
         RETURNING id, date, title, description"
    );
    let params: [shared::db::Param<'_>; 3] = [&date, &title, &description];
    let day = match change.one(find, &params).await? {
        Some(day) => Some(day),
        None => change.one(insert, &params).await?,
    };
    change.commit().await?;
    day.ok_or_else(|| shared::error::internal("the new day is gone"))
}

/// Deletes a day with its attendance. False if there is no such day.
///
/// Excuse letters for the day stay, without it.
pub(super) async fn remove(app: &App, user: &User, id: i32) -> Result<bool> {
    let mut change = app.db.change(&user.actor()).await?;
    // The grades before the day, as everything else that writes attendance does.
    let cadet_ids = attending(&mut change, id).await?;
    attendance_total::hold(&mut change, &cadet_ids).await?;
    let keep = sql!("SELECT id FROM training_days WHERE id = $1 FOR UPDATE");
    if change.one::<i32>(keep, &[&id]).await?.is_none() {
        return Ok(false);
    }
    // Once more: somebody may have been recorded in between.
    let cadet_ids = attending(&mut change, id).await?;
    let letters = sql!("UPDATE excuse_letters SET training_day_id = NULL WHERE training_day_id = $1");
    change.execute(letters, &[&id]).await?;
    change.execute(sql!("DELETE FROM training_days WHERE id = $1"), &[&id]).await?;
    attendance_total::recompute(&mut change, &cadet_ids).await?;
    rows::publish_removed(&mut change, id, &cadet_ids).await?;
    change.commit().await?;
    Ok(true)
}

/// The cadets recorded on a day.
async fn attending(change: &mut Change, day_id: i32) -> Result<Vec<i32>> {
    let list = sql!("SELECT cadet_id FROM attendance_records WHERE training_day_id = $1 ORDER BY cadet_id");
    change.all(list, &[&day_id]).await
}

/// The day, which cannot be deleted before the change ends.
pub(super) async fn find(change: &mut Change, id: i32) -> Result<TrainingDay> {
    let find = sql!("SELECT id, date, title, description FROM training_days WHERE id = $1 FOR KEY SHARE");
    change.one(find, &[&id]).await?.ok_or_else(no_such_day)
}

/// 404.
pub(super) fn no_such_day() -> shared::Error {
    not_found("Training day not found")
}

/// A day of the calendar, as `YYYY-MM-DD`.
pub(super) fn date(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(invalid_field("date", "Date is required"));
    }
    let parsed = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let written = parsed.map(|date| date.format("%Y-%m-%d").to_string());
    if parsed.is_some_and(|date| !YEARS.contains(&date.year())) {
        return Err(invalid_field("date", "Date must be between the years 1950 and 2100"));
    }
    // What chrono also reads (`2026-2-1`, `+12026-02-01`) would not sort as text among the others.
    written
        .filter(|written| written == text && text.len() == 10)
        .ok_or_else(|| invalid_field("date", "Date must be a day of the calendar, as YYYY-MM-DD"))
}

/// A title that says something.
pub(super) fn title(text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() { Err(invalid_field("title", "Title is required")) } else { Ok(text.to_owned()) }
}
