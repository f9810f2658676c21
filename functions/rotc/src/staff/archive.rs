//! Archiving members of the staff and bringing them back. Nothing is destroyed.

use axum::extract::State;
use shared::{
    App, Result,
    auth::session,
    db::Change,
    error::{conflict, not_found},
    http::{Json, Path},
    sql,
};

use crate::{
    access::{Admin, User},
    answer::{Message, message},
    cadets::Selection,
};

/// Archive a member of the staff
///
/// The account is archived and signed out too; messages and attendance stay. One's own row is refused.
#[utoipa::path(delete, path = "/api/staff/{id}", tag = "staff", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn archive_staff_member(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    let archived = archive(&app, &admin, &[id]).await?;
    // Legacy: a member who is not there was said to be deleted.
    Ok(message(if archived == 0 { "Staff deleted successfully" } else { "Staff archived successfully" }))
}

/// Archive members of the staff
///
/// Their accounts are archived and signed out too. One's own row is refused.
#[utoipa::path(post, path = "/api/admin/staff/archive", tag = "staff", request_body = Selection,
    responses((status = 200, body = Message)))]
pub async fn archive_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Message>> {
    let archived = archive(&app, &admin, &selection.some()?).await?;
    Ok(message(format!("Archived {archived} staff")))
}

/// Restore an archived member of the staff
///
/// The account is restored too, approved as it was.
#[utoipa::path(post, path = "/api/staff/{id}/restore", tag = "staff", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn restore_staff_member(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    let mut change = app.db.change(&admin.actor()).await?;
    let is_archived = sql!("SELECT id FROM training_staff WHERE id = $1 AND is_archived IS TRUE FOR UPDATE");
    if change.one::<i32>(is_archived, &[&id]).await?.is_none() {
        return Err(not_found("Staff not found or not archived"));
    }
    restore(&mut change, &[id]).await?;
    change.commit().await?;
    Ok(message("Staff restored"))
}

/// Restore archived members of the staff
///
/// Their accounts are restored too, approved as they were.
#[utoipa::path(post, path = "/api/admin/staff/restore", tag = "staff", request_body = Selection,
    responses((status = 200, body = Message)))]
pub async fn restore_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<Selection>,
) -> Result<Json<Message>> {
    let ids = selection.some()?;
    let mut change = app.db.change(&admin.actor()).await?;
    let restored = restore(&mut change, &ids).await?;
    change.commit().await?;
    Ok(message(format!("Restored {restored} staff")))
}

/// Archives members with their accounts and ends their sessions; tells how many members there were.
///
/// The account of an admin who is on the staff stays, but nobody signs in whose row is archived.
async fn archive(app: &App, admin: &User, ids: &[i32]) -> Result<u64> {
    if admin.staff_id.is_some_and(|own| ids.contains(&own)) {
        return Err(conflict("own_row", "You cannot archive yourself"));
    }
    let mut change = app.db.change(&admin.actor()).await?;
    let members = sql!("UPDATE training_staff SET is_archived = TRUE WHERE id = ANY($1)");
    let accounts = sql!(
        "UPDATE users
         SET is_archived = TRUE,
             is_approved = CASE WHEN is_approved = 1 THEN 0 WHEN is_archived THEN is_approved END
         WHERE staff_id = ANY($1) AND role = 'training_staff'"
    );
    let archived = change.execute(members, &[&ids]).await?;
    change.execute(accounts, &[&ids]).await?;
    let users = sql!("SELECT id FROM users WHERE staff_id = ANY($1)");
    let users: Vec<i32> = change.all(users, &[&ids]).await?;
    session::revoke_all(app, &mut change, &users, "archived").await?;
    change.commit().await?;
    Ok(archived)
}

/// Brings members and their accounts back; tells how many members there were.
async fn restore(change: &mut Change, ids: &[i32]) -> Result<u64> {
    let members = sql!("UPDATE training_staff SET is_archived = FALSE WHERE id = ANY($1)");
    let accounts = sql!(
        "UPDATE users SET is_archived = FALSE, is_approved = CASE WHEN is_approved IS NULL THEN 0 ELSE 1 END
         WHERE staff_id = ANY($1) AND role = 'training_staff' AND is_archived IS TRUE"
    );
    let restored = change.execute(members, &[&ids]).await?;
    change.execute(accounts, &[&ids]).await?;
    Ok(restored)
}
