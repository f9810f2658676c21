//! The lists of training days, of both APIs.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use shared::{
    App, Result,
    http::{Page, PageRequest, Query},
    sql,
};

use super::{days::TrainingDay, training_days::DayResource};
use crate::{
    access::Member,
    answer::Listing,
    cached::{cached_for_all, name_of},
};

/// How long a list is kept while nothing changes (requirement 15.4).
const LIFE: Duration = Duration::from_mins(10);

/// List training days
///
/// Newest first. Kept for ten minutes, or until it changes.
#[utoipa::path(get, path = "/api/attendance/days", tag = "attendance",
    responses((status = 200, body = Vec<TrainingDay>)))]
pub async fn list_days(
    Member(user): Member,
    State(app): State<App>,
    address: OriginalUri,
) -> Result<Response> {
    let name = "rotc:training_days:days";
    cached_for_all(&app, &user, &address, name, LIFE, &["training_days"], async || {
        let list = sql!("SELECT id, date, title, description FROM training_days ORDER BY date DESC, id DESC");
        app.db.read().await?.all::<TrainingDay>(list, &[]).await
    })
    .await
}

/// List training days in pages
///
/// Newest first. A page is kept for ten minutes, or until it changes.
#[utoipa::path(get, path = "/api/training-days", tag = "attendance", params(PageRequest),
    responses((status = 200, body = Listing<DayResource>)))]
pub async fn list_training_days(
    Member(user): Member,
    State(app): State<App>,
    Query(request): Query<PageRequest>,
    address: OriginalUri,
) -> Result<Response> {
    let page = request.page(50, 1000);
    let name = name_of("rotc:training_days:list", &page)?;
    cached_for_all(&app, &user, &address, &name, LIFE, &["training_days"], async || days(&app, page).await)
        .await
}

async fn days(app: &App, page: Page) -> Result<Listing<DayResource>> {
    let list = sql!(
        "SELECT id, date, title, description, NULL::text AS location, NULL::text AS created_at
         FROM training_days ORDER BY date DESC, id DESC LIMIT $1 OFFSET $2"
    );
    let mut read = app.db.read().await?;
    let total = read.only(sql!("SELECT count(*) AS total FROM training_days"), &[]).await?;
    let data = read.all(list, &[&page.limit, &page.offset()]).await?;
    Ok(Listing::of(page, total, data))
}
