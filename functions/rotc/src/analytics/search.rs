//! Finding a cadet or a member of the staff from any admin page.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Json, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use crate::access::Admin;

/// People found at most.
const MOST: i64 = 10;

/// Whom to find.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PersonFilter {
    /// Part of the name, a cadet's student id or a staff member's mail address; in any case, every character
    /// stands for itself. Empty finds nobody.
    query: String,
}

row! {
    /// Somebody found.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct PersonFound {
        /// `cadet` or `staff`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Id of the cadet or the staff member.
        pub id: i32,
        /// First name.
        pub first_name: String,
        /// Last name.
        pub last_name: String,
        /// Rank.
        pub rank: Option<String>,
        /// The cadet's student id, or the staff member's mail address.
        pub sub_info: Option<String>,
    }
}

/// Find people by name, student id or mail address
///
/// At most ten, cadets first, archived ones too.
#[utoipa::path(get, path = "/api/admin/search", tag = "analytics", params(PersonFilter),
    responses((status = 200, body = Vec<PersonFound>)))]
pub async fn search_people(
    _: Admin,
    State(app): State<App>,
    Query(filter): Query<PersonFilter>,
) -> Result<Json<Vec<PersonFound>>> {
    if filter.query.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let find = sql!(
        "SELECT kind, id, first_name, last_name, rank, sub_info
         FROM (SELECT 'cadet' AS kind, id, first_name, last_name, rank, student_id AS sub_info FROM cadets
               UNION ALL
               SELECT 'staff', id, first_name, last_name, rank, email FROM training_staff) AS people
         WHERE strpos(lower(first_name || ' ' || last_name), lower($1)) > 0
            OR strpos(lower(sub_info), lower($1)) > 0
         ORDER BY kind, last_name, first_name, id LIMIT $2"
    );
    Ok(Json(app.db.read().await?.all(find, &[&filter.query, &MOST]).await?))
}
