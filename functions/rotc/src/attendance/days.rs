//! Training days.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use crate::access::Member;

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

/// List training days
///
/// Newest first.
#[utoipa::path(get, path = "/api/attendance/days", tag = "attendance",
    responses((status = 200, body = Vec<TrainingDay>)))]
pub async fn list_days(_member: Member, State(app): State<App>) -> Result<Json<Vec<TrainingDay>>> {
    let list = sql!("SELECT id, date, title, description FROM training_days ORDER BY date DESC, id DESC");
    Ok(Json(app.db.read().await?.all(list, &[]).await?))
}
