//! Giving a record a file that was just sent, where the sender may change that record.

use shared::{
    App, Result,
    db::Change,
    error::{forbidden, not_found},
    sql,
};

use super::upload::UploadKind;
use crate::{
    access::{Role, User},
    activities::edit,
};

/// Attaches the file at `url` to the record `id`. 403 if the record is somebody else's, 404 if there is none.
pub async fn attach(
    app: &App,
    change: &mut Change,
    user: &User,
    kind: UploadKind,
    id: i32,
    url: &str,
) -> Result<()> {
    match kind {
        UploadKind::ProfilePic if user.role == Role::Staff => staff_photo(change, user, id, url).await,
        UploadKind::ProfilePic => cadet_photo(change, user, id, url).await,
        UploadKind::ExcuseLetter => letter(change, user, id, url).await,
        UploadKind::ActivityImage => {
            let content = edit::lock(change, id).await?;
            edit::append(app, change, id, content, url).await
        }
    }
}

/// A cadet's own photo, until the profile is complete and locked; an admin may always change it.
async fn cadet_photo(change: &mut Change, user: &User, id: i32, url: &str) -> Result<()> {
    if user.role == Role::Cadet && user.cadet_id != Some(id) {
        return Err(refused());
    }
    let find = sql!("SELECT coalesce(is_profile_completed, FALSE) FROM cadets WHERE id = $1 FOR UPDATE");
    let found: Option<bool> = change.one(find, &[&id]).await?;
    let locked = found.ok_or_else(|| not_found("Cadet not found"))?;
    if locked && user.role == Role::Cadet {
        return Err(forbidden("Profile is locked and cannot be edited. Contact your administrator."));
    }
    change.execute(sql!("UPDATE cadets SET profile_pic = $2 WHERE id = $1"), &[&id, &url]).await?;
    let user_too = sql!("UPDATE users SET profile_pic = $2 WHERE cadet_id = $1 AND role = 'cadet'");
    change.execute(user_too, &[&id, &url]).await?;
    Ok(())
}

async fn staff_photo(change: &mut Change, user: &User, id: i32, url: &str) -> Result<()> {
    if user.staff_id != Some(id) {
        return Err(refused());
    }
    change.execute(sql!("UPDATE training_staff SET profile_pic = $2 WHERE id = $1"), &[&id, &url]).await?;
    change.execute(sql!("UPDATE users SET profile_pic = $2 WHERE staff_id = $1"), &[&id, &url]).await?;
    Ok(())
}

/// The file of a letter: the cadet's own while nobody has decided, or any by the staff.
async fn letter(change: &mut Change, user: &User, id: i32, url: &str) -> Result<()> {
    let find =
        sql!("SELECT cadet_id, coalesce(status, 'pending') FROM excuse_letters WHERE id = $1 FOR UPDATE");
    let found: Option<(Option<i32>, String)> = change.one(find, &[&id]).await?;
    let (cadet_id, status) = found.ok_or_else(|| not_found("Excuse letter not found"))?;
    let own = user.cadet_id.is_some() && user.cadet_id == cadet_id && status == "pending";
    if user.role == Role::Cadet && !own {
        return Err(refused());
    }
    change.execute(sql!("UPDATE excuse_letters SET file_url = $2 WHERE id = $1"), &[&id, &url]).await?;
    Ok(())
}

fn refused() -> shared::Error {
    forbidden("You do not have permission to perform this action.")
}
