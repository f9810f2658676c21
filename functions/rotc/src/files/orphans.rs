//! Stored files that no record refers to: found, reported, and only then deleted.

use axum::extract::State;
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use shared::{
    App, Result,
    files::{REPORTED_FOR, SweepFiles},
    http::{Accepted, Json, PageRequest, Query},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    access::Admin,
    answer::{Listing, Success, iso, success},
};

row! {
    /// A file that no record refers to.
    #[derive(Debug, Serialize, ToSchema)]
    pub struct OrphanFile {
        /// Its address.
        pub address: String,
        /// Its size.
        pub bytes: i64,
        /// When a sweep found it.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = String)]
        pub found_at: Option<NaiveDateTime>,
        /// When a sweep may delete it, if no record refers to it by then.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = String)]
        pub delete_after: Option<NaiveDateTime>,
        #[serde(skip)]
        total: i64,
    }
}

/// List stored files that no record refers to
///
/// As the last sweep found them, oldest first.
#[utoipa::path(get, path = "/api/admin/files/orphans", tag = "files", params(PageRequest),
    responses((status = 200, body = Listing<OrphanFile>)))]
pub async fn list_orphan_files(
    _admin: Admin,
    State(app): State<App>,
    Query(request): Query<PageRequest>,
) -> Result<Json<Listing<OrphanFile>>> {
    let page = request.page(50, 1000);
    let list = sql!(
        "SELECT address, bytes, found_at AT TIME ZONE 'UTC' AS found_at,
                (found_at + make_interval(secs => $3)) AT TIME ZONE 'UTC' AS delete_after,
                count(*) OVER () AS total
         FROM muster.orphan_files ORDER BY found_at, address LIMIT $1 OFFSET $2"
    );
    let wait = TimeDelta::from_std(REPORTED_FOR)?.num_seconds() as f64;
    let data: Vec<OrphanFile> = app.db.read().await?.all(list, &[&page.limit, &page.offset(), &wait]).await?;
    let total = data.first().map_or(0, |file| file.total);
    Ok(Json(Listing::of(page, total, data)))
}

/// A sweep that was started.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sweep {
    /// The job.
    pub job_id: Uuid,
}

/// Look for stored files that no record refers to
///
/// Happens by itself once a day. Nothing is deleted that was not in the report for a week.
#[utoipa::path(post, path = "/api/admin/files/sweep", tag = "files",
    responses((status = 202, body = Success<Sweep>)))]
pub async fn sweep_files(Admin(admin): Admin, State(app): State<App>) -> Result<Accepted<Success<Sweep>>> {
    let mut change = app.db.change(&admin.actor()).await?;
    let job_id = change.start(&SweepFiles {}).await?;
    change.commit().await?;
    Ok(Accepted(success(Sweep { job_id })))
}
