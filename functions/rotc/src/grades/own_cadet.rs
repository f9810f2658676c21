//! Which cadet a user is, also for users that were never linked to their cadet.

use shared::{App, Result, error::forbidden};

use crate::{
    access::{NotACadetAccount, Refusal, Role, User},
    autolink,
};

/// The cadet behind a user; 403 for everybody else.
///
/// Links a cadet's user without a cadet to the one that fits.
pub async fn own_cadet(app: &App, user: &User) -> Result<i32> {
    if user.role != Role::Cadet {
        return Err(forbidden(NotACadetAccount::MESSAGE));
    }
    if let Some(cadet_id) = user.cadet_id {
        return Ok(cadet_id);
    }
    let mut change = app.db.change(&user.actor()).await?;
    let linked = autolink::link(&mut change, user.id, "cadet_autolinked").await?;
    change.commit().await?;
    linked.ok_or_else(|| {
        tracing::warn!(user_id = user.id, "a cadet's user belongs to no cadet");
        forbidden(NotACadetAccount::MESSAGE)
    })
}
