//! Deleting cadets for good, beside [`crate::users::purge`] the one place that destroys records of people.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{App, Result, http::Json, sql};
use utoipa::ToSchema;

use super::selection::Selection;
use crate::{access::Admin, accounts, events};

/// What was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// How many cadets and accounts.
    pub message: String,
    /// The ids as sent.
    pub ids: Vec<i32>,
}

/// Delete cadets for good
///
/// With their accounts, grades, ledger, attendance, letters, notices and files. The audit log stays.
#[utoipa::path(post, path = "/api/admin/cadets/delete-permanent", tag = "cadets", request_body = Selection,
    responses((status = 200, body = Deleted)))]
pub async fn delete_cadets_permanently(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Deleted>> {
    let ids = selection.some()?;
    let mut change = app.db.change(&admin.actor()).await?;
    let users = accounts::delete_of_cadets(&mut change, &ids).await?;
    // Grades, ledger, attendance, letters and events go with the cadet by their foreign keys.
    let cadets = change.execute(sql!("DELETE FROM cadets WHERE id = ANY($1)"), &[&ids]).await?;
    if cadets > 0 {
        events::publish(&mut change, "cadet_deleted", None, json!({ "cadetIds": ids })).await?;
    }
    change.commit().await?;
    Ok(Json(Deleted { message: format!("Permanently deleted {cadets} cadets and {users} users"), ids }))
}
