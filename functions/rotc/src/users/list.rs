//! The list of accounts.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Json, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use crate::access::Admin;

/// Which accounts are wanted.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UserFilter {
    /// `true`: only those that are not approved.
    #[serde(default)]
    pub pending: String,
}

row! {
    /// An account in the list of them.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct ListedUser {
        /// `users.id`.
        pub id: i32,
        /// The user name.
        pub username: String,
        /// `admin`, `training_staff` or `cadet`.
        pub role: String,
        /// Legacy: 1 or 0.
        pub is_approved: Option<i32>,
        /// The address mails go to.
        pub email: Option<String>,
        /// The cadet's given name.
        pub first_name: Option<String>,
        /// The cadet's family name.
        pub last_name: Option<String>,
        /// The cadet's number.
        pub student_id: Option<String>,
    }
}

/// List the accounts
///
/// The newest first, archived ones too. With `pending=true` those that are not approved.
#[utoipa::path(get, path = "/api/admin/users", tag = "users", params(UserFilter),
    responses((status = 200, body = Vec<ListedUser>)))]
pub async fn list_users(
    _: Admin,
    State(app): State<App>,
    Query(filter): Query<UserFilter>,
) -> Result<Json<Vec<ListedUser>>> {
    let list = sql!(
        "SELECT users.id, users.username, users.role, users.is_approved, users.email, cadets.first_name,
                cadets.last_name, cadets.student_id
         FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id
         WHERE NOT $1 OR users.is_approved IS DISTINCT FROM 1
         ORDER BY users.id DESC"
    );
    let pending = filter.pending == "true";
    Ok(Json(app.db.read().await?.all(list, &[&pending]).await?))
}
