//! One-time links: a secret in a mail that signs its reader in, once, for a while.

use chrono::TimeDelta;

use super::fingerprint;
use crate::{
    App, Result,
    db::{Change, UserKey},
    sql,
};

/// How long a link works that somebody asked for.
pub const MINUTES: i64 = 15;

/// Stores a new link for the user that works for `minutes`, and gives its secret, which is kept nowhere.
pub async fn create(
    app: &App,
    change: &mut Change,
    user: impl Into<UserKey>,
    minutes: i64,
) -> Result<String> {
    let (code, now) = (app.ids.token(), app.clock.now());
    let insert = sql!(
        "INSERT INTO muster.signin_links (id, code_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)"
    );
    let expires = now + TimeDelta::minutes(minutes);
    change.execute(insert, &[&app.ids.uuid(), &fingerprint(&code), &user.into(), &now, &expires]).await?;
    Ok(code)
}

/// Uses the link up and tells whose it was; none when it is unknown, used or too old.
pub async fn redeem(app: &App, change: &mut Change, code: &str) -> Result<Option<UserKey>> {
    let redeem = sql!(
        "UPDATE muster.signin_links SET used_at = $2
         WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING user_id"
    );
    let user = change.one::<UserKey>(redeem, &[&fingerprint(code), &app.clock.now()]).await?;
    Ok(user)
}
