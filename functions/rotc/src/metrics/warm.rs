//! Making the answers that the first pages of the morning ask for before anybody asks.

use axum::extract::{OriginalUri, State};
use http::Uri;
use serde::Serialize;
use shared::{
    App, Result,
    http::{Json, PageRequest, Query},
};
use utoipa::ToSchema;

use crate::{
    access::{Acting, Admin, Member, Staff, User},
    analytics::{demographics, overview},
    attendance::day_lists,
    cadets::{client_list, list},
    grades::grade_records,
    recognition::leaderboard,
    settings::system,
};

/// What is kept now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Warmed {
    /// One sentence.
    pub message: &'static str,
    /// Always true.
    pub success: bool,
    /// The addresses whose answers are kept.
    pub warmed: Vec<&'static str>,
}

/// Keep the answers that are asked for most
///
/// The first page of each list, the dashboards and the settings, as administrators and staff see them. What is kept already
/// is not made again.
#[utoipa::path(post, path = "/api/cache/warm", tag = "metrics", responses((status = 200, body = Warmed)))]
pub async fn warm_cache(Admin(admin): Admin, State(app): State<App>) -> Result<Json<Warmed>> {
    system::load(&app).await?;
    let mut warmed = vec!["/api/system-settings"];
    for path in LISTS {
        ask(&app, &admin, path).await?;
        warmed.push(path);
    }
    Ok(Json(Warmed { message: "Cache warmed successfully", success: true, warmed }))
}

const LISTS: [&str; 8] = [
    "/api/cadets",
    "/api/admin/cadets",
    "/api/grades",
    "/api/attendance/days",
    "/api/training-days",
    "/api/admin/analytics",
    "/api/admin/analytics/demographics",
    "/api/recognition/leaderboard",
];

/// Asks as the handler of the path is asked.
async fn ask(app: &App, user: &User, path: &'static str) -> Result<()> {
    let (app, user, address) = (State(app.clone()), user.clone(), OriginalUri(Uri::from_static(path)));
    let page = Query(PageRequest::default());
    match path {
        "/api/cadets" => {
            list::list_cadets(Acting { user, only: None }, app, Query::default(), page, address).await
        }
        "/api/admin/cadets" => {
            client_list::list_client_cadets(Staff(user), app, Query::default(), page, address).await
        }
        "/api/grades" => grade_records::list_grades(Acting { user, only: None }, app, page, address).await,
        "/api/attendance/days" => day_lists::list_days(Member(user), app, address).await,
        "/api/training-days" => day_lists::list_training_days(Member(user), app, page, address).await,
        "/api/admin/analytics" => overview::show_analytics(Staff(user), app, address).await,
        "/api/recognition/leaderboard" => {
            leaderboard::show_leaderboard(Member(user), app, Query::default(), address).await
        }
        _ => demographics::show_demographics(Staff(user), app, address).await,
    }?;
    Ok(())
}
