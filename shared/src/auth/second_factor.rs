//! A second factor: codes of an authenticator (TOTP, RFC 6238: SHA-1, 6 digits, 30 seconds), and backup codes.
//!
//! A code works once: the step it belongs to is remembered. Codes are guessed like passwords, so whoever verifies one
//! reserves an attempt of a [`LoginThrottle`](super::lockout::LoginThrottle) first.

use chrono::{DateTime, TimeDelta, Utc};
use totp_rs::{Builder, Secret, Totp};

use super::data_key::DataKey;
use crate::{
    App, Result,
    db::{Change, UserKey},
    error::internal,
    row, sql,
};

/// Bytes of a secret: 32 characters in base32.
const SECRET_BYTES: usize = 20;

/// Steps around the present one whose codes are taken: clocks differ, and people type slowly.
const SKEW: u16 = 1;

/// Seconds of a step.
const STEP: u64 = 30;

/// How long a factor that was set up waits for its first code.
const PENDING: TimeDelta = TimeDelta::minutes(30);

/// Backup codes of a user.
const BACKUP_CODES: usize = 10;

/// What an authenticator needs to know.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The same as an `otpauth://` address, for a QR code.
    pub url: String,
    /// Codes for when the authenticator is lost; each works once, and they are shown only now.
    pub backup_codes: Vec<String>,
}

/// What a code was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A code of the authenticator.
    Code,
    /// A backup code.
    BackupCode,
}

row! {
    struct Stored {
        secret: Vec<u8>,
        created_at: DateTime<Utc>,
        confirmed: bool,
        used_steps: Vec<i64>,
    }
}

/// Sets up a new factor of a user, which counts once [`confirm`] has seen a code of it. An earlier one that was never
/// confirmed is replaced; a confirmed one stays, and the result is none.
///
/// `issuer` and `name` are what the authenticator shows; a colon cannot stand in them.
pub async fn set_up(
    app: &App,
    change: &mut Change,
    key: &DataKey,
    user: &UserKey,
    (issuer, name): (&str, &str),
) -> Result<Option<Setup>> {
    let secret = app.ids.key()[..SECRET_BYTES].to_vec();
    let store = sql!(
        "INSERT INTO muster.second_factors AS kept (user_id, secret, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET secret = $2, created_at = $3, used_steps = '{}'
         WHERE kept.confirmed_at IS NULL"
    );
    let encrypted = key.encrypt(user.as_str(), &secret)?;
    if change.execute(store, &[user, &encrypted, &app.clock.now()]).await? == 0 {
        return Ok(None);
    }
    let authenticator = builder(&secret).with_issuer(Some(issuer.replace(':', " ")));
    let authenticator = authenticator.with_account_name(name.replace(':', " ")).build();
    let url = authenticator.and_then(|authenticator| authenticator.to_url());
    let url = url.map_err(|cause| internal("an authenticator could not be set up").caused_by(cause))?;
    let backup_codes = new_backup_codes(app, change, key, user).await?;
    Ok(Some(Setup { secret: Secret::from(secret).to_base32(), url, backup_codes }))
}

/// Confirms the factor that was set up within the last half hour with a first code. Tells whether it counts now.
pub async fn confirm(
    app: &App,
    change: &mut Change,
    key: &DataKey,
    user: &UserKey,
    code: &str,
) -> Result<bool> {
    let Some(stored) = find(change, user).await? else { return Ok(false) };
    let is_due = !stored.confirmed && app.clock.now() - stored.created_at < PENDING;
    if !is_due || !use_code(app, change, key, user, (&stored, code)).await? {
        return Ok(false);
    }
    let confirm = sql!("UPDATE muster.second_factors SET confirmed_at = $2 WHERE user_id = $1");
    change.execute(confirm, &[user, &app.clock.now()]).await?;
    Ok(true)
}

/// Whether the user has a factor that counts.
pub async fn is_on(change: &mut Change, user: &UserKey) -> Result<bool> {
    Ok(find(change, user).await?.is_some_and(|stored| stored.confirmed))
}

/// Uses up a code of the authenticator or a backup code; none when it is neither, or was used before.
pub async fn verify(
    app: &App,
    change: &mut Change,
    key: &DataKey,
    user: &UserKey,
    code: &str,
) -> Result<Option<Proof>> {
    let stored = find(change, user).await?.filter(|stored| stored.confirmed);
    let Some(stored) = stored else { return Ok(None) };
    if use_code(app, change, key, user, (&stored, code)).await? {
        return Ok(Some(Proof::Code));
    }
    let redeem = sql!(
        "UPDATE muster.backup_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL"
    );
    let hash = key.fingerprint(user.as_str(), code);
    let used = change.execute(redeem, &[user, &hash, &app.clock.now()]).await?;
    Ok((used == 1).then_some(Proof::BackupCode))
}

/// New backup codes of a user who has a factor; the old ones stop working.
pub async fn new_backup_codes(
    app: &App,
    change: &mut Change,
    key: &DataKey,
    user: &UserKey,
) -> Result<Vec<String>> {
    change.execute(sql!("DELETE FROM muster.backup_codes WHERE user_id = $1"), &[user]).await?;
    let codes: Vec<String> = (0..BACKUP_CODES).map(|_| hex::encode(&app.ids.key()[..4])).collect();
    let hashes: Vec<Vec<u8>> = codes.iter().map(|code| key.fingerprint(user.as_str(), code)).collect();
    let insert = sql!(
        "INSERT INTO muster.backup_codes (user_id, code_hash) SELECT $1, unnest($2::bytea[]) ON CONFLICT DO NOTHING"
    );
    change.execute(insert, &[user, &hashes]).await?;
    Ok(codes)
}

/// Backup codes that still work.
pub async fn backup_codes_left(change: &mut Change, user: &UserKey) -> Result<i64> {
    let count = sql!("SELECT count(*) FROM muster.backup_codes WHERE user_id = $1 AND used_at IS NULL");
    change.only(count, &[user]).await
}

/// Removes the factor of a user and its backup codes.
pub async fn remove(change: &mut Change, user: &UserKey) -> Result<()> {
    change.execute(sql!("DELETE FROM muster.second_factors WHERE user_id = $1"), &[user]).await?;
    Ok(())
}

/// Of two requests with the same code the second waits here, and sees that it was used.
async fn find(change: &mut Change, user: &UserKey) -> Result<Option<Stored>> {
    let find = sql!(
        "SELECT secret, created_at, confirmed_at IS NOT NULL AS confirmed, used_steps
         FROM muster.second_factors WHERE user_id = $1 FOR UPDATE"
    );
    change.one(find, &[user]).await
}

/// Whether the code is one of the authenticator that was not used yet; then it is used.
async fn use_code(
    app: &App,
    change: &mut Change,
    key: &DataKey,
    user: &UserKey,
    (stored, code): (&Stored, &str),
) -> Result<bool> {
    let authenticator = authenticator(&key.decrypt(user.as_str(), &stored.secret)?)?;
    let now = u64::try_from(app.clock.now().timestamp())?;
    let Some(step) = authenticator.check(code, now) else { return Ok(false) };
    let step = i64::try_from(step)?;
    if stored.used_steps.contains(&step) {
        return Ok(false);
    }
    let oldest = i64::try_from(now / STEP)? - i64::from(SKEW);
    let used: Vec<i64> =
        stored.used_steps.iter().copied().filter(|used| *used >= oldest).chain([step]).collect();
    let remember = sql!("UPDATE muster.second_factors SET used_steps = $2 WHERE user_id = $1");
    change.execute(remember, &[user, &used]).await?;
    Ok(true)
}

fn builder(secret: &[u8]) -> Builder {
    Builder::new().with_secret(secret).with_skew(SKEW).with_step_duration(STEP)
}

fn authenticator(secret: &[u8]) -> Result<Totp> {
    // What it shows matters only when it is set up.
    let authenticator = builder(secret).with_account_name("-").build();
    authenticator
        .map_err(|cause| internal("the secret of an authenticator is not a valid key").caused_by(cause))
}
