//! Rejecting somebody who has asked for an account, and taking an account away.

use axum::extract::State;
use shared::{
    App, Result,
    db::Change,
    error::conflict,
    http::{Json, Path},
    row, sql,
};

use crate::{
    access::{Admin, Role},
    accounts,
    answer::{Message, message},
    cadets,
};

row! {
    struct Account {
        role: String,
        cadet_id: Option<i32>,
        approved: bool,
        archived: bool,
    }
}

impl Account {
    /// Whether somebody has only asked for it: nothing would be lost with it.
    fn is_mere_request(&self) -> bool {
        self.role == Role::Cadet.as_str() && self.cadet_id.is_none() && !self.approved && !self.archived
    }
}

/// Reject or remove an account
///
/// One that was only asked for is deleted; any other is archived together with its cadet, whose records stay. Nobody
/// removes their own account. An id that nobody has changes nothing.
#[utoipa::path(delete, path = "/api/admin/users/{id}", tag = "users", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn remove_user(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    if id == admin.id {
        return Err(conflict("own_account", "You cannot remove your own account"));
    }
    let mut change = app.db.change(&admin.actor()).await?;
    still_admin(&mut change, admin.id).await?;
    let find = sql!(
        "SELECT role, cadet_id, coalesce(is_approved = 1, FALSE) AS approved, coalesce(is_archived, FALSE) AS archived
         FROM users WHERE id = $1 FOR UPDATE"
    );
    match change.one::<Account>(find, &[&id]).await? {
        Some(account) if account.is_mere_request() => {
            accounts::delete(&mut change, &[id]).await?;
        }
        Some(account) => {
            if let Some(cadet_id) = account.cadet_id.filter(|_| account.role == Role::Cadet.as_str()) {
                cadets::archive::archive(&app, &mut change, &[cadet_id]).await?;
            }
            accounts::archive(&app, &mut change, &[id]).await?;
        }
        None => {}
    }
    change.commit().await?;
    Ok(message("User rejected/deleted"))
}

/// Administrators who remove each other at the same moment wait here, and the second finds that they are none any
/// more: so one is always left.
async fn still_admin(change: &mut Change, admin_id: i32) -> Result<()> {
    let admins = sql!(
        "SELECT id FROM users WHERE role = 'admin' AND is_approved = 1 AND is_archived IS NOT TRUE
         ORDER BY id FOR UPDATE"
    );
    let admins: Vec<i32> = change.all(admins, &[]).await?;
    match admins.contains(&admin_id) {
        true => Ok(()),
        false => Err(conflict("no_admin_any_more", "Your own account has just been removed")),
    }
}
