//! Results that are kept for a day.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, sql};
use utoipa::ToSchema;

use crate::{
    access::Member,
    answer::{Success, success},
};

/// What was forgotten.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forgotten {
    /// One sentence.
    pub message: &'static str,
    /// Results.
    pub cleared: u64,
}

/// Forget what was read
///
/// One's own results; an administrator clears everybody's.
#[utoipa::path(delete, path = "/api/ocr/cache", tag = "ocr", responses((status = 200, body = Success<Forgotten>)))]
pub async fn clear_ocr_cache(
    Member(user): Member,
    State(app): State<App>,
) -> Result<Json<Success<Forgotten>>> {
    let only = user.only_own();
    let mut change = app.db.change(&user.actor()).await?;
    let delete = sql!("DELETE FROM muster.ocr_results WHERE $1::int IS NULL OR asked_by = $1");
    let cleared = change.execute(delete, &[&only]).await?;
    change.commit().await?;
    Ok(Json(success(Forgotten { message: "OCR cache cleared", cleared })))
}
