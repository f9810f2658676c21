//! Sessions: opened by a sign-in, kept alive by the heartbeat, ended by logout, age or misuse.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use chrono::{DateTime, TimeDelta, Utc};
use http::{header, request::Parts};
use uuid::Uuid;

use super::{fingerprint, token::Claims};
use crate::{
    App, Result,
    db::{Change, UserKey},
    http::address::client_address,
    row, sql,
};

/// How long the refresh token before the present one is still taken: a client whose answer was lost
/// on the way sends it again.
const RETRY_SECONDS: i64 = 30;

/// What a sign-in hands out.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For the `Authorization` header.
    pub access: String,
    /// For `POST /api/auth/refresh`; each works once.
    pub refresh: String,
    /// The session both belong to.
    pub session: Uuid,
}

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// The client's address.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Device {
    /// Whom limits count: the address, or everybody whose address is not known together.
    pub fn place(&self) -> &str {
        self.address.as_deref().unwrap_or("unknown")
    }
}

impl FromRequestParts<App> for Device {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(Self {
            address: client_address(parts, app.config.trusted_hops),
            user_agent: agent.map(str::to_owned),
        })
    }
}

/// Opens a session for a user who has proved who they are.
pub async fn open(
    app: &App,
    change: &mut Change,
    user: impl Into<UserKey>,
    device: &Device,
) -> Result<Tokens> {
    let user = user.into();
    let (session, secret, now) = (app.ids.uuid(), app.ids.token(), app.clock.now());
    let absolute = now + TimeDelta::from_std(app.config.session.absolute)?;
    let idle = (now + TimeDelta::from_std(app.config.session.idle)?).min(absolute);
    let insert = sql!(
        "INSERT INTO muster.sessions (id, user_id, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                                      refresh_hash, refreshed_at, user_agent, address)
         VALUES ($1, $2, $3, $3, $4, $5, $6, $3, left($7, 300), $8)"
    );
    let hash = fingerprint(&secret);
    change
        .execute(
            insert,
            &[&session, &user, &now, &idle, &absolute, &hash, &device.user_agent, &device.address],
        )
        .await?;
    tokens(app, change, session, user, &secret, absolute).await
}

row! {
    struct Refreshed {
        user_id: UserKey,
        absolute_expires_at: DateTime<Utc>,
        live: bool,
        current: bool,
        retried: bool,
    }
}

/// Exchanges a refresh token for new tokens. Each works once: one that comes back later was stolen,
/// so it ends the whole session. None means refused.
pub async fn refresh(app: &App, change: &mut Change, presented: &str) -> Result<Option<Tokens>> {
    let Some((session, secret)) =
        presented.split_once('.').and_then(|(id, secret)| Some((id.parse::<Uuid>().ok()?, secret)))
    else {
        return Ok(None);
    };
    let now = app.clock.now();
    let find = sql!(
        "SELECT user_id, absolute_expires_at,
                revoked_at IS NULL AND idle_expires_at > $2 AND absolute_expires_at > $2 AS live,
                refresh_hash = $3 AS current,
                coalesce(previous_refresh_hash = $3 AND refreshed_at > $4, false) AS retried
         FROM muster.sessions WHERE id = $1 FOR UPDATE"
    );
    let retry_since = now - TimeDelta::seconds(RETRY_SECONDS);
    let found: Option<Refreshed> =
        change.one(find, &[&session, &now, &fingerprint(secret), &retry_since]).await?;
    let Some(found) = found.filter(|found| found.live) else { return Ok(None) };
    if !found.current && !found.retried {
        revoke(app, change, session, "refresh token used twice").await?;
        return Ok(None);
    }
    rotate(app, change, session, found).await.map(Some)
}

async fn rotate(app: &App, change: &mut Change, session: Uuid, found: Refreshed) -> Result<Tokens> {
    let (secret, now) = (app.ids.token(), app.clock.now());
    let idle = (now + TimeDelta::from_std(app.config.session.idle)?).min(found.absolute_expires_at);
    let rotate = sql!(
        "UPDATE muster.sessions
         SET previous_refresh_hash = refresh_hash, refresh_hash = $2, refreshed_at = $3, last_used_at = $3,
             idle_expires_at = $4, refresh_generation = refresh_generation + 1
         WHERE id = $1"
    );
    change.execute(rotate, &[&session, &fingerprint(&secret), &now, &idle]).await?;
    tokens(app, change, session, found.user_id, &secret, found.absolute_expires_at).await
}

/// Pushes the idle limit on; called by the heartbeat. A session that has ended stays ended.
pub async fn renew(app: &App, change: &mut Change, session: Uuid) -> Result<()> {
    let now = app.clock.now();
    let idle = now + TimeDelta::from_std(app.config.session.idle)?;
    let renew = sql!(
        "UPDATE muster.sessions SET last_used_at = $2, idle_expires_at = least($3, absolute_expires_at)
         WHERE id = $1 AND revoked_at IS NULL AND idle_expires_at > $2"
    );
    change.execute(renew, &[&session, &now, &idle]).await?;
    Ok(())
}

/// Ends one session.
pub async fn revoke(app: &App, change: &mut Change, session: Uuid, reason: &'static str) -> Result<()> {
    let revoke = sql!(
        "UPDATE muster.sessions SET revoked_at = $2, revoked_reason = $3 WHERE id = $1 AND revoked_at IS NULL"
    );
    change.execute(revoke, &[&session, &app.clock.now(), &reason]).await?;
    Ok(())
}

/// Ends every session of the given users, as when they are archived.
pub async fn revoke_all(
    app: &App,
    change: &mut Change,
    users: &[impl Clone + Into<UserKey>],
    reason: &'static str,
) -> Result<()> {
    let revoke = sql!(
        "UPDATE muster.sessions SET revoked_at = $2, revoked_reason = $3
         WHERE user_id = ANY($1) AND revoked_at IS NULL"
    );
    let users: Vec<UserKey> = users.iter().cloned().map(Into::into).collect();
    change.execute(revoke, &[&users, &app.clock.now(), &reason]).await?;
    Ok(())
}

async fn tokens(
    app: &App,
    change: &mut Change,
    session: Uuid,
    user: UserKey,
    secret: &str,
    ends: DateTime<Utc>,
) -> Result<Tokens> {
    let claims = Claims::access(user, session, app.clock.now(), ends);
    let access = app.signer.sign_in(change, &claims).await?;
    Ok(Tokens { access, refresh: format!("{session}.{secret}"), session })
}
