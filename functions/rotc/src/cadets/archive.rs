//! Archiving cadets and bringing them back. Nothing is destroyed: grades, ledger, attendance and letters stay.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Result,
    auth::session,
    db::Change,
    error::not_found,
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;

use super::{cadet::Cadet, list, selection::Selection};
use crate::{
    access::{Admin, User},
    answer::{Message, Success, message, success},
    events,
};

/// How many rows an archiving or restoring touched.
pub struct Touched {
    /// Cadets.
    pub cadets: usize,
    /// Accounts.
    pub users: usize,
}

/// Archive cadets
///
/// Their accounts are archived and signed out too.
#[utoipa::path(post, path = "/api/admin/cadets/archive", tag = "cadets", request_body = Selection,
    responses((status = 200, body = Message)))]
pub async fn archive_cadets(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Message>> {
    let touched = archive_all(&app, &admin, &selection.some()?).await?;
    Ok(message(format!("Archived {} cadets", touched.cadets)))
}

/// Remove cadets from the register
///
/// Archives them and their accounts. Legacy: the sentence says that related records were deleted, which
/// the legacy server did; here they stay.
#[utoipa::path(post, path = "/api/admin/cadets/delete", tag = "cadets", request_body = Selection,
    responses((status = 200, body = Message)))]
pub async fn remove_cadets(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Message>> {
    let Touched { cadets, users } = archive_all(&app, &admin, &selection.any()?).await?;
    Ok(message(format!("Archived {cadets} cadets, {users} users, and deleted related records")))
}

/// Restore archived cadets
///
/// Their accounts are restored too, approved as they were.
#[utoipa::path(post, path = "/api/admin/cadets/restore", tag = "cadets", request_body = Selection,
    responses((status = 200, body = Message)))]
pub async fn restore_cadets(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Message>> {
    let ids = selection.some()?;
    let mut change = app.db.change(&admin.actor()).await?;
    let restored = restore(&mut change, &ids).await?;
    change.commit().await?;
    Ok(message(format!("Restored {restored} cadets")))
}

/// Archive the cadets who have completed
///
/// Legacy: production archived them, whatever the sentence says.
#[utoipa::path(delete, path = "/api/admin/cadets/prune-completed", tag = "cadets",
    responses((status = 200, body = Message)))]
pub async fn prune_completed_cadets(Admin(admin): Admin, State(app): State<App>) -> Result<Json<Message>> {
    let mut change = app.db.change(&admin.actor()).await?;
    let completed =
        sql!("SELECT id FROM cadets WHERE status = 'Completed' AND is_archived IS NOT TRUE FOR UPDATE");
    let ids: Vec<i32> = change.all(completed, &[]).await?;
    let touched = archive(&app, &mut change, &ids).await?;
    change.commit().await?;
    Ok(message(format!("Successfully removed {} completed cadets from the database.", touched.cadets)))
}

/// What is left of an archived cadet.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Archived {
    /// Always true.
    pub is_archived: bool,
}

/// Archive a cadet
///
/// The account is archived and signed out too. Archiving twice changes nothing more.
#[utoipa::path(delete, path = "/api/cadets/{id}", tag = "cadets", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Archived>)))]
pub async fn archive_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Archived>>> {
    let touched = archive_all(&app, &admin, &[id]).await?;
    if touched.cadets == 0 {
        return Err(not_found("Cadet not found"));
    }
    Ok(Json(success(Archived { is_archived: true }).saying("Cadet archived successfully")))
}

/// Restore an archived cadet
///
/// The account is restored too, approved as it was.
#[utoipa::path(post, path = "/api/cadets/{id}/restore", tag = "cadets", params(("id" = i32, Path)),
    responses((status = 200, body = Success<Cadet>)))]
pub async fn restore_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Cadet>>> {
    let mut change = app.db.change(&admin.actor()).await?;
    restore(&mut change, &[id]).await?;
    let cadet = list::changed(&mut change, id).await?;
    change.commit().await?;
    Ok(Json(success(cadet)))
}

async fn archive_all(app: &App, user: &User, ids: &[i32]) -> Result<Touched> {
    let mut change = app.db.change(&user.actor()).await?;
    let touched = archive(app, &mut change, ids).await?;
    change.commit().await?;
    Ok(touched)
}

/// Archives cadets with their accounts and ends their sessions. An account that was never approved is none of 0 and 1 then,
/// so that it is not approved by being restored.
pub async fn archive(app: &App, change: &mut Change, ids: &[i32]) -> Result<Touched> {
    let cadets = sql!("UPDATE cadets SET is_archived = TRUE WHERE id = ANY($1)");
    let users = sql!(
        "UPDATE users
         SET is_archived = TRUE,
             is_approved = CASE WHEN is_approved = 1 THEN 0 WHEN is_archived THEN is_approved END
         WHERE cadet_id = ANY($1) AND role = 'cadet' RETURNING id"
    );
    let cadets = usize::try_from(change.execute(cadets, &[&ids]).await?)?;
    let user_ids: Vec<i32> = change.all(users, &[&ids]).await?;
    session::revoke_all(app, change, &user_ids, "archived").await?;
    if cadets > 0 {
        events::publish(change, "cadet_deleted", None, json!({ "cadetIds": ids })).await?;
    }
    Ok(Touched { cadets, users: user_ids.len() })
}

/// Brings cadets and their accounts back; tells how many cadets there were.
async fn restore(change: &mut Change, ids: &[i32]) -> Result<u64> {
    let cadets = sql!("UPDATE cadets SET is_archived = FALSE WHERE id = ANY($1)");
    // One account each, however many a cadet had: two people must not be the same cadet.
    let users = sql!(
        "UPDATE users SET is_archived = FALSE, is_approved = CASE WHEN is_approved IS NULL THEN 0 ELSE 1 END
         WHERE is_archived IS TRUE AND id IN (
             SELECT DISTINCT ON (cadet_id) id FROM users WHERE cadet_id = ANY($1) AND role = 'cadet'
             ORDER BY cadet_id, is_archived IS TRUE, id)"
    );
    let restored = change.execute(cadets, &[&ids]).await?;
    change.execute(users, &[&ids]).await?;
    Ok(restored)
}
