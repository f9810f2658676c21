//! The activities as the pages of cadets, staff and admins show them.

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use serde::Serialize;
use shared::{App, Result, row, sql};
use utoipa::ToSchema;

use crate::{access::Member, cached::cached};

/// How long the list is kept while nothing changes.
const LIFE: Duration = Duration::from_secs(300);

row! {
    /// An activity or announcement.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CadetActivity {
        /// The activity's id.
        pub id: i32,
        /// Title.
        pub title: String,
        /// What it is about.
        pub description: Option<String>,
        /// `YYYY-MM-DD`.
        pub date: Option<String>,
        /// `activity`, `announcement` or another word.
        #[serde(rename = "type")]
        pub kind: Option<String>,
        /// The first picture.
        pub image_path: Option<String>,
        /// All pictures: the text of a JSON array.
        pub images: Option<String>,
    }
}

/// List activities
///
/// Newest first, those without a date in front. Kept for each user for five minutes, or until it changes.
#[utoipa::path(get, path = "/api/cadet/activities", tag = "activities",
    responses((status = 200, body = Vec<CadetActivity>)))]
pub async fn list_cadet_activities(
    Member(user): Member,
    State(app): State<App>,
    address: OriginalUri,
) -> Result<Response> {
    cached(&app, &user, &address, LIFE, &["activities", "activity_images"], async || activities(&app).await)
        .await
}

async fn activities(app: &App) -> Result<Vec<CadetActivity>> {
    let list = sql!(
        "SELECT id, title, description, date, type AS kind, image_path, images
         FROM activities ORDER BY date DESC, id DESC"
    );
    app.db.read().await?.all(list, &[]).await
}
