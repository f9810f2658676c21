//! Locking an account, and slowing an address down, after failed sign-ins.

use chrono::{DateTime, TimeDelta, Utc};

use super::session::Device;
use crate::{
    App, Result,
    db::{Change, UserKey},
    error, sql,
};

/// Failures of one account in [`WINDOW_MINUTES`] that lock it.
pub const ACCOUNT_FAILURES: i64 = 5;
/// How far back failures count.
pub const WINDOW_MINUTES: i64 = 15;
/// How long a lock lasts.
pub const LOCK_MINUTES: i64 = 30;
/// Failures from one address in a minute after which it must wait. Only failures count: a whole class
/// signs in from one address.
pub const ADDRESS_FAILURES: i64 = 10;

/// One attempt to sign in: the account it is for and where it comes from.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// `user:<id>`, or a fingerprint of the name when there is no such user: both lock alike.
    pub account: String,
    /// Where it comes from, as limits count.
    pub address: String,
}

impl Attempt {
    /// An attempt on a user, or on a name that belongs to nobody.
    pub fn new(user: Option<UserKey>, name: &str, device: &Device) -> Self {
        let account = match user {
            Some(key) => format!("user:{key}"),
            None => format!("name:{}", hex::encode(super::fingerprint(&name.trim().to_lowercase()))),
        };
        Self { account, address: device.place().to_owned() }
    }

    /// Refuses the attempt with 429 when the account is locked or the address has failed too often.
    pub async fn check(&self, app: &App) -> Result<()> {
        if !app.config.rate_limits {
            return Ok(());
        }
        let now = app.clock.now();
        let state = sql!(
            "SELECT (SELECT locked_until FROM muster.lockouts WHERE account = $1 AND locked_until > $3),
                    (SELECT count(*) FROM muster.signin_failures WHERE address = $2 AND at > $4)"
        );
        let since = now - TimeDelta::minutes(1);
        let found = app.db.read().await?.one(state, &[&self.account, &self.address, &now, &since]).await?;
        let (locked_until, failures): (Option<DateTime<Utc>>, i64) = found.unwrap_or_default();
        if let Some(until) = locked_until {
            return Err(locked(until - now));
        }
        if failures >= ADDRESS_FAILURES {
            return Err(error::too_many_requests("Too many failed sign-ins. Please wait a minute.", 60));
        }
        Ok(())
    }

    /// Counts a failure; the fifth within the window locks the account. Tells whether it did.
    pub async fn failed(&self, app: &App, change: &mut Change) -> Result<bool> {
        if !app.config.rate_limits {
            return Ok(false);
        }
        let now = app.clock.now();
        let count = sql!(
            "INSERT INTO muster.signin_failures (account, address, at) VALUES ($1, $2, $3)
             RETURNING (SELECT count(*) FROM muster.signin_failures WHERE account = $1 AND at > $4)"
        );
        let since = now - TimeDelta::minutes(WINDOW_MINUTES);
        let before: i64 = change.only(count, &[&self.account, &self.address, &now, &since]).await?;
        if before + 1 < ACCOUNT_FAILURES {
            return Ok(false);
        }
        let lock = sql!(
            "INSERT INTO muster.lockouts (account, locked_until) VALUES ($1, $2)
             ON CONFLICT (account) DO UPDATE SET locked_until = excluded.locked_until"
        );
        change.execute(lock, &[&self.account, &(now + TimeDelta::minutes(LOCK_MINUTES))]).await?;
        self.forget(app, change).await?;
        Ok(true)
    }

    /// Removes the account's failures, and everybody's that no longer count: a success wipes the slate, as a lock does.
    pub async fn forget(&self, app: &App, change: &mut Change) -> Result<()> {
        let forget = sql!("DELETE FROM muster.signin_failures WHERE account = $1 OR at < $2");
        let old = app.clock.now() - TimeDelta::minutes(WINDOW_MINUTES);
        change.execute(forget, &[&self.account, &old]).await?;
        Ok(())
    }
}

fn locked(left: TimeDelta) -> error::Error {
    let minutes = (left.num_seconds() + 59) / 60;
    let message = format!(
        "Account is locked due to too many failed login attempts. Please try again in {minutes} minutes."
    );
    error::too_many_requests(message, u64::try_from(left.num_seconds()).unwrap_or(60).max(1))
}
