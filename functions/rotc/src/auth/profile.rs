//! Who one is.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json};
use utoipa::ToSchema;

use super::person::{self, Person};
use crate::access::Member;

/// The signed-in user, once under `user` and once at the top: clients of both kinds exist.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Profile {
    /// The user.
    pub user: Person,
    /// The same again.
    #[serde(flatten)]
    pub same: Person,
}

/// Show oneself
#[utoipa::path(get, path = "/api/auth/profile", tag = "auth", responses((status = 200, body = Profile)))]
pub async fn show_profile(Member(user): Member, State(app): State<App>) -> Result<Json<Profile>> {
    let person = person::load(&mut app.db.read().await?, user.id).await?;
    Ok(Json(Profile { user: person.clone(), same: person }))
}
