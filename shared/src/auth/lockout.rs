//! Locking an account, and slowing an address down, after failed sign-ins.
//!
//! An attempt is reserved before its password is looked at. Guesses sent at the same moment are therefore counted one by
//! one, and no more of them are verified than may fail.
//!
//! A device that has signed in to the account before has an allowance of its own, so that the guesses of strangers lock
//! nobody out, nor those of a neighbor a whole school: a client is known again by its address together with what it calls itself.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::session::Device;
use crate::{
    App, Error, Result,
    db::{Actor, Change, UserKey},
    error, row, sql,
};

/// How long an attempt may take. One that has neither failed nor succeeded by then belongs to a process that died.
const PENDING: TimeDelta = TimeDelta::minutes(1);

/// The longest lock, however often it was doubled.
const LONGEST_LOCK: TimeDelta = TimeDelta::hours(24);

/// How many failures a system takes, and what follows them.
#[derive(Clone, Copy, Debug)]
pub struct LoginThrottle {
    /// Failures of one account within [`Self::window`] that lock it.
    pub failures: i64,
    /// How far back failures count.
    pub window: TimeDelta,
    /// How long the first lock lasts.
    pub lock: TimeDelta,
    /// Whether each further lock lasts twice as long, until a success or a day without a lock.
    pub doubling: bool,
    /// Failures from one address in a minute after which it must wait. Only failures count: a whole class signs in from
    /// one address.
    pub address_failures: i64,
    /// Whether `RATE_LIMITS=off` switches it off.
    pub optional: bool,
    /// The refusal while the account is locked for so long.
    pub locked: fn(TimeDelta) -> Error,
}

/// An attempt to sign in that has been counted.
#[derive(Clone, Debug)]
pub struct Attempt {
    throttle: LoginThrottle,
    account: String,
    /// None when the throttle is off.
    id: Option<Uuid>,
}

row! {
    struct Standing {
        locked_until: Option<DateTime<Utc>>,
        from_address: i64,
        failed: i64,
        pending: i64,
    }
}

impl LoginThrottle {
    /// Counts an attempt on a user, or on a name that is nobody's (both lock alike), before its password is looked at.
    ///
    /// Refuses it when the account is locked, when as many attempts are under way as may still fail, or (429) when the
    /// address has failed too often. It is a transaction of its own: call it before a connection is held.
    pub async fn reserve(
        &self,
        app: &App,
        user: Option<UserKey>,
        name: &str,
        device: &Device,
    ) -> Result<Attempt> {
        let mut account = account(user.as_ref(), name);
        if self.is_off(app) {
            return Ok(Attempt { throttle: *self, account, id: None });
        }
        let (id, now) = (app.ids.uuid(), app.clock.now());
        let mut change = app.db.change_for_access(&Actor::default(), "sign-in attempt").await?;
        let known = known_device(&mut change, user.as_ref(), device).await?;
        if let Some(device) = &known {
            account = format!("{account}@{device}");
        }
        one_at_a_time(&mut change, &account).await?;
        let reserve = sql!(
            "WITH standing AS (
                 SELECT (SELECT locked_until FROM muster.lockouts WHERE account = $2 AND locked_until > $4) AS locked_until,
                        (SELECT count(*) FROM muster.signin_failures
                         WHERE address = $3 AND at > $5 AND NOT pending) AS from_address,
                        count(*) FILTER (WHERE NOT pending) AS failed, count(*) FILTER (WHERE pending) AS pending
                 FROM muster.signin_failures
                 WHERE account = $2 AND at > CASE WHEN pending THEN $6::timestamptz ELSE $7::timestamptz END
                   AND at > coalesce((SELECT locked_at FROM muster.lockouts WHERE account = $2), '-infinity')),
             reserved AS (
                 INSERT INTO muster.signin_failures (attempt, account, address, at, pending)
                 SELECT $1::uuid, $2, $3, $4::timestamptz, TRUE FROM standing
                 WHERE locked_until IS NULL AND (from_address < $8 OR $10) AND failed + pending < $9)
             SELECT locked_until, from_address, failed, pending FROM standing"
        );
        let (minute, pending, window) = (now - TimeDelta::minutes(1), now - PENDING, now - self.window);
        let standing: Standing = change
            .only(
                reserve,
                &[
                    &id,
                    &account,
                    &device.place(),
                    &now,
                    &minute,
                    &pending,
                    &window,
                    &self.address_failures,
                    &self.failures,
                    &known.is_some(),
                ],
            )
            .await?;
        change.commit().await?;
        self.admits(&standing, known.is_some(), now)?;
        Ok(Attempt { throttle: *self, account, id: Some(id) })
    }

    /// Refuses an attempt that was not counted.
    fn admits(&self, standing: &Standing, is_known: bool, now: DateTime<Utc>) -> Result<()> {
        match standing.locked_until {
            Some(until) => Err((self.locked)(until - now)),
            None if standing.from_address >= self.address_failures && !is_known => {
                Err(error::too_many_requests("Too many failed sign-ins. Please wait a minute.", 60))
            }
            None if standing.failed + standing.pending >= self.failures => Err(error::too_many_requests(
                "Too many sign-ins of this account at the same time. Please try again.",
                1,
            )),
            None => Ok(()),
        }
    }

    /// Forgets the failures of a user who has proved who they are, in the transaction that signs them in.
    pub async fn clear(&self, app: &App, change: &mut Change, user: impl Into<UserKey>) -> Result<()> {
        let forget = sql!(
            "WITH unlocked AS (
                 DELETE FROM muster.lockouts
                 WHERE (account = $1 OR starts_with(account, $1 || '@')) AND locked_until <= $3)
             DELETE FROM muster.signin_failures WHERE account = $1 OR starts_with(account, $1 || '@') OR at < $2"
        );
        let now = app.clock.now();
        change.execute(forget, &[&account(Some(&user.into()), ""), &(now - self.window), &now]).await?;
        Ok(())
    }

    /// Ends the lock of a user: an administrator, or a link in a mail, says that it was not them.
    pub async fn unlock(&self, app: &App, change: &mut Change, user: impl Into<UserKey>) -> Result<()> {
        let user = user.into();
        let unlock =
            sql!("DELETE FROM muster.lockouts WHERE account = $1 OR starts_with(account, $1 || '@')");
        change.execute(unlock, &[&account(Some(&user), "")]).await?;
        self.clear(app, change, user).await
    }

    fn is_off(&self, app: &App) -> bool {
        self.optional && !app.config.rate_limits
    }
}

impl Attempt {
    /// Turns the attempt into a failure, which counts against the address too; the last one that is allowed locks the
    /// account. Tells whether it did.
    pub async fn failed(&self, app: &App, change: &mut Change) -> Result<bool> {
        let Some(id) = self.id else { return Ok(false) };
        one_at_a_time(change, &self.account).await?;
        let fail =
            sql!("UPDATE muster.signin_failures SET pending = FALSE WHERE account = $1 AND attempt = $2");
        change.execute(fail, &[&self.account, &id]).await?;
        let now = app.clock.now();
        let count = sql!(
            "SELECT count(*) FROM muster.signin_failures
             WHERE account = $1 AND at > $2 AND NOT pending
               AND at > coalesce((SELECT locked_at FROM muster.lockouts WHERE account = $1), '-infinity')"
        );
        let failures: i64 = change.only(count, &[&self.account, &(now - self.throttle.window)]).await?;
        if failures < self.throttle.failures {
            return Ok(false);
        }
        self.lock(change, now).await?;
        Ok(true)
    }

    async fn lock(&self, change: &mut Change, now: DateTime<Utc>) -> Result<()> {
        let LoginThrottle { lock, doubling, .. } = self.throttle;
        let level = sql!(
            "INSERT INTO muster.lockouts AS locks (account, locked_until, locked_at) VALUES ($1, $2, $2)
             ON CONFLICT (account) DO UPDATE
             SET level = CASE WHEN locks.locked_until > $3 THEN least(locks.level + 1, 20) ELSE 0 END, locked_at = $2
             RETURNING level"
        );
        let level: i32 = change.only(level, &[&self.account, &now, &(now - TimeDelta::days(1))]).await?;
        let lasts = match doubling {
            true => (lock * 2_i32.pow(u32::try_from(level)?)).min(LONGEST_LOCK),
            false => lock,
        };
        let until = sql!("UPDATE muster.lockouts SET locked_until = $2 WHERE account = $1");
        change.execute(until, &[&self.account, &(now + lasts)]).await?;
        Ok(())
    }
}

/// What a device is known again by, if it has signed in to this account before.
async fn known_device(
    change: &mut Change,
    user: Option<&UserKey>,
    device: &Device,
) -> Result<Option<String>> {
    let (Some(user), Some(address), Some(agent)) = (user, &device.address, &device.user_agent) else {
        return Ok(None);
    };
    let known = sql!(
        "SELECT EXISTS (SELECT FROM muster.sessions
                        WHERE user_id = $1 AND address = $2 AND user_agent = left($3, 300))"
    );
    let is_known: bool = change.only(known, &[user, address, agent]).await?;
    Ok(is_known.then(|| hex::encode(super::fingerprint(&format!("{address} {agent}")))))
}

/// `user:<key>`, or a fingerprint of a name that belongs to nobody.
fn account(user: Option<&UserKey>, name: &str) -> String {
    match user {
        Some(key) => format!("user:{key}"),
        None => format!("name:{}", hex::encode(super::fingerprint(&name.trim().to_lowercase()))),
    }
}

/// Attempts on one account wait for each other until the end of the transaction: a count and what follows from it are one.
async fn one_at_a_time(change: &mut Change, account: &str) -> Result<()> {
    let lock = sql!("SELECT pg_advisory_xact_lock(hashtextextended('muster.signin:' || $1, 0))");
    change.execute(lock, &[&account]).await?;
    Ok(())
}
