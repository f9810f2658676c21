//! Deleting cadets for good: the one place that destroys records of people.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Result,
    db::{Change, Sql},
    http::Json,
    sql,
};
use utoipa::ToSchema;

use super::selection::Selection;
use crate::{access::Admin, events};

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
    let users = delete_users(&mut change, &ids).await?;
    // Grades, ledger, attendance, letters and events go with the cadet by their foreign keys.
    let cadets = change.execute(sql!("DELETE FROM cadets WHERE id = ANY($1)"), &[&ids]).await?;
    if cadets > 0 {
        events::publish(&mut change, "cadet_deleted", None, json!({ "cadetIds": ids })).await?;
    }
    change.commit().await?;
    Ok(Json(Deleted { message: format!("Permanently deleted {cadets} cadets and {users} users"), ids }))
}

/// Deletes the accounts and what names them. Their private notices go first: a notice that loses its user
/// would be one for everybody.
async fn delete_users(change: &mut Change, cadet_ids: &[i32]) -> Result<u64> {
    let find = sql!("SELECT id FROM users WHERE cadet_id = ANY($1) FOR UPDATE");
    let ids: Vec<i32> =
        change.all::<(i32,)>(find, &[&cadet_ids]).await?.into_iter().map(|(id,)| id).collect();
    for delete in OF_USERS {
        change.execute(*delete, &[&ids]).await?;
    }
    change.execute(sql!("DELETE FROM users WHERE id = ANY($1)"), &[&ids]).await
}

/// What refers to users without a foreign key that deletes it.
const OF_USERS: &[Sql] = &[
    sql!("DELETE FROM notifications WHERE user_id = ANY($1)"),
    sql!("DELETE FROM push_subscriptions WHERE user_id = ANY($1)"),
    sql!("DELETE FROM muster.notification_states WHERE user_id = ANY($1)"),
    sql!("DELETE FROM muster.signin_links WHERE user_id = ANY($1)"),
    sql!("DELETE FROM muster.sessions WHERE user_id = ANY($1)"),
];
