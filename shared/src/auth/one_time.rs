//! One-time codes: secrets in a mail that prove, once and for a while, that their reader has the address.

use chrono::TimeDelta;

use super::fingerprint;
use crate::{
    App, Result,
    db::{Change, UserKey},
    sql,
};

/// A use of one-time codes. A code for one purpose is none for another.
#[derive(Clone, Copy, Debug)]
pub struct OneTime {
    /// What the code is for.
    pub purpose: &'static str,
    /// Whether a new code ends the earlier ones of the same user.
    pub newest_only: bool,
}

impl OneTime {
    /// Stores a new code for the user that works for so long, and gives the code, which is kept nowhere.
    pub async fn create(
        &self,
        app: &App,
        change: &mut Change,
        user: impl Into<UserKey>,
        life: TimeDelta,
    ) -> Result<String> {
        let (code, now, user) = (app.ids.token(), app.clock.now(), user.into());
        if self.newest_only {
            let replace = sql!(
                "DELETE FROM muster.signin_links WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL"
            );
            change.execute(replace, &[&user, &self.purpose]).await?;
        }
        let insert = sql!(
            "INSERT INTO muster.signin_links (id, code_hash, user_id, purpose, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)"
        );
        let id = app.ids.uuid();
        change
            .execute(insert, &[&id, &fingerprint(&code), &user, &self.purpose, &now, &(now + life)])
            .await?;
        Ok(code)
    }

    /// Uses the code up and tells whose it was; none when it is unknown, for another purpose, used or too old.
    pub async fn redeem(&self, app: &App, change: &mut Change, code: &str) -> Result<Option<UserKey>> {
        let redeem = sql!(
            "UPDATE muster.signin_links SET used_at = $2
             WHERE code_hash = $1 AND purpose = $3 AND used_at IS NULL AND expires_at > $2 RETURNING user_id"
        );
        change.one(redeem, &[&fingerprint(code), &app.clock.now(), &self.purpose]).await
    }
}
