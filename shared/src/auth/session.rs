//! Sessions: opened by a sign-in, kept alive by the heartbeat, ended by logout, age or misuse.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use chrono::TimeDelta;
use http::{header, request::Parts};
use serde_json::Map;
use uuid::Uuid;

use super::policy::TokenPolicy;
use crate::{
    App, Result,
    db::{Change, UserKey},
    http::address::client_address,
    sql,
};

/// What a sign-in hands out.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// For the `Authorization` header.
    pub access: String,
    /// For the next refresh.
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

/// Opens a session for a user who has proved who they are, by the configured policy.
pub async fn open(
    app: &App,
    change: &mut Change,
    user: impl Into<UserKey>,
    device: &Device,
) -> Result<Tokens> {
    TokenPolicy::configured(&app.config)?.issue(app, change, user, device, Map::new()).await
}

/// Exchanges a refresh token for new tokens, by the configured policy. None means refused.
pub async fn refresh(app: &App, change: &mut Change, presented: &str) -> Result<Option<Tokens>> {
    let policy = TokenPolicy::configured(&app.config)?;
    match policy.redeem(app, change, presented).await? {
        Ok(redeemed) => policy.renew(app, change, redeemed, Map::new()).await.map(Some),
        Err(_) => Ok(None),
    }
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

/// Ends every session of a user but the present one, as after a change of the password.
pub async fn revoke_others(
    app: &App,
    change: &mut Change,
    user: impl Into<UserKey>,
    present: Uuid,
    reason: &'static str,
) -> Result<()> {
    let revoke = sql!(
        "UPDATE muster.sessions SET revoked_at = $3, revoked_reason = $4
         WHERE user_id = $1 AND id <> $2 AND revoked_at IS NULL"
    );
    change.execute(revoke, &[&user.into(), &present, &app.clock.now(), &reason]).await?;
    Ok(())
}
