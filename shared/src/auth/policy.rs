//! Pairs of tokens: how long they live, how they are exchanged for new ones, and what becomes of one that comes back.
//!
//! The session row is the family of all refresh tokens of a sign-in: it knows the newest one and the one before, and its
//! revocation ends all of them. A refresh token works once. Its successor is made of it and of the signing key, so whoever
//! sends it twice can be given the same one again without any being kept.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    fingerprint,
    session::{Device, Tokens, revoke},
    token::{BadToken, Claims, TokenType},
};
use crate::{
    App, Result,
    config::Config,
    db::{Change, UserKey},
    row, sql,
};

/// The life of a session that nothing limits but its refreshes.
const UNLIMITED: TimeDelta = TimeDelta::days(3650);

/// The rules of a system for its tokens.
#[derive(Clone, Copy, Debug)]
pub struct TokenPolicy {
    /// How long an access token works; none: as long as the session can last.
    pub access: Option<TimeDelta>,
    /// How long a session lives after its last refresh.
    pub refresh: TimeDelta,
    /// How long a session lives however often it is refreshed; none: without limit.
    pub session: Option<TimeDelta>,
    /// How long after its use a refresh token that comes back is taken for a repetition (an answer was lost, two pages
    /// refresh at once). Later it was stolen, and its session ends.
    pub grace: TimeDelta,
    /// What a repetition gets.
    pub within_grace: WithinGrace,
    /// How refresh tokens are written.
    pub form: RefreshForm,
}

/// What a refresh token gets that comes back within the grace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithinGrace {
    /// It is refused, and its session lives on.
    Reject,
    /// The same successor as before, unless that has been used already.
    SameSuccessor,
}

/// How refresh tokens are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshForm {
    /// The session's id and a secret.
    Opaque,
    /// A JWT with `token_type` `refresh`, for clients that read it.
    Jwt,
}

/// Why a refresh token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is unknown.
    Invalid,
    /// It is too old.
    Expired,
    /// It is an access token.
    WrongType,
    /// It was used before.
    Spent,
    /// Its session has ended.
    Ended,
}

/// A refresh token that may be exchanged. The session's row is locked until the end of the transaction.
#[derive(Debug)]
pub struct Redeemed {
    /// Whose it is. The system reads them again: they may be gone, or be somebody else by now.
    pub user: UserKey,
    /// Its session.
    pub session: Uuid,
    /// The further claims that it was issued with; none in an opaque one.
    pub extra: Map<String, Value>,
    absolute_expires_at: DateTime<Utc>,
    successor: String,
    /// When the successor was handed out before, and until when it works.
    repeated: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

row! {
    struct Family {
        user_id: UserKey,
        idle_expires_at: DateTime<Utc>,
        absolute_expires_at: DateTime<Utc>,
        refreshed_at: DateTime<Utc>,
        live: bool,
        refresh_hash: Option<Vec<u8>>,
        previous_refresh_hash: Option<Vec<u8>>,
    }
}

impl TokenPolicy {
    /// That of the configuration: `SESSION_IDLE_HOURS` and `SESSION_DAYS`.
    pub fn configured(config: &Config) -> Result<Self> {
        Ok(Self {
            access: None,
            refresh: TimeDelta::from_std(config.session.idle)?,
            session: Some(TimeDelta::from_std(config.session.absolute)?),
            grace: TimeDelta::seconds(30),
            within_grace: WithinGrace::SameSuccessor,
            form: RefreshForm::Opaque,
        })
    }

    /// Opens a session for a user who has proved who they are. `extra` are further claims of both tokens.
    pub async fn issue(
        &self,
        app: &App,
        change: &mut Change,
        user: impl Into<UserKey>,
        device: &Device,
        extra: Map<String, Value>,
    ) -> Result<Tokens> {
        let (user, session, now) = (user.into(), app.ids.uuid(), app.clock.now());
        let absolute = now + self.session.unwrap_or(UNLIMITED);
        let idle = (now + self.refresh).min(absolute);
        let id = match self.form {
            RefreshForm::Opaque => app.ids.token(),
            RefreshForm::Jwt => app.ids.uuid().to_string(),
        };
        let insert = sql!(
            "INSERT INTO muster.sessions (id, user_id, created_at, last_used_at, idle_expires_at, absolute_expires_at,
                                          refresh_hash, refreshed_at, user_agent, address)
             VALUES ($1, $2, $3, $3, $4, $5, $6, $3, left($7, 300), $8)"
        );
        let hash = fingerprint(&id);
        change
            .execute(
                insert,
                &[&session, &user, &now, &idle, &absolute, &hash, &device.user_agent, &device.address],
            )
            .await?;
        let family = Claims { extra, ..Claims::access(user, session, now, absolute) };
        self.pair(app, change, family, &id, (now, idle)).await
    }

    /// Looks at a refresh token. One that comes back after the grace was stolen: it ends the session, so commit the change
    /// whatever the answer is.
    pub async fn redeem(
        &self,
        app: &App,
        change: &mut Change,
        presented: &str,
    ) -> Result<Result<Redeemed, Refused>> {
        let (session, id, extra) = match self.read(app, change, presented).await? {
            Ok(read) => read,
            Err(refused) => return Ok(Err(refused)),
        };
        let now = app.clock.now();
        let find = sql!(
            "SELECT user_id, idle_expires_at, absolute_expires_at, refreshed_at,
                    revoked_at IS NULL AND idle_expires_at > $2 AND absolute_expires_at > $2 AS live,
                    refresh_hash, previous_refresh_hash
             FROM muster.sessions WHERE id = $1 FOR UPDATE"
        );
        let found: Option<Family> = change.one(find, &[&session, &now]).await?;
        let Some(family) = found else { return Ok(Err(Refused::Invalid)) };
        if !family.live {
            return Ok(Err(Refused::Ended));
        }
        let hash = Some(fingerprint(&id));
        let successor = self.successor(app, change, &id).await?;
        let repeated = if family.refresh_hash == hash {
            None
        } else if family.previous_refresh_hash == hash && family.refreshed_at > now - self.grace {
            let is_unused = family.refresh_hash == Some(fingerprint(&successor));
            if self.within_grace == WithinGrace::Reject || !is_unused {
                return Ok(Err(Refused::Spent));
            }
            Some((family.refreshed_at, family.idle_expires_at))
        } else {
            revoke(app, change, session, "refresh token used twice").await?;
            return Ok(Err(Refused::Spent));
        };
        let absolute_expires_at = family.absolute_expires_at;
        let user = family.user_id;
        Ok(Ok(Redeemed { user, session, extra, absolute_expires_at, successor, repeated }))
    }

    /// Exchanges a refresh token for new tokens.
    pub async fn renew(
        &self,
        app: &App,
        change: &mut Change,
        redeemed: Redeemed,
        extra: Map<String, Value>,
    ) -> Result<Tokens> {
        let Redeemed { user, session, absolute_expires_at, successor, repeated, .. } = redeemed;
        let now = app.clock.now();
        let life = match repeated {
            Some(life) => life,
            None => {
                let idle = (now + self.refresh).min(absolute_expires_at);
                let rotate = sql!(
                    "UPDATE muster.sessions
                     SET previous_refresh_hash = refresh_hash, refresh_hash = $2, refreshed_at = $3, last_used_at = $3,
                         idle_expires_at = $4, refresh_generation = refresh_generation + 1
                     WHERE id = $1"
                );
                change.execute(rotate, &[&session, &fingerprint(&successor), &now, &idle]).await?;
                (now, idle)
            }
        };
        let family = Claims { extra, ..Claims::access(user, session, now, absolute_expires_at) };
        self.pair(app, change, family, &successor, life).await
    }

    /// The tokens of a session; `life` is that of the refresh token with this id.
    async fn pair(
        &self,
        app: &App,
        change: &mut Change,
        family: Claims,
        id: &str,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Tokens> {
        let session = family.sid;
        let refresh = match self.form {
            RefreshForm::Opaque => format!("{session}.{id}"),
            RefreshForm::Jwt => {
                let claims = Claims {
                    iat: from.timestamp(),
                    exp: until.timestamp(),
                    jti: id.parse().ok(),
                    token_type: TokenType::Refresh,
                    ..family.clone()
                };
                app.signer.sign_in(change, &claims).await?
            }
        };
        let exp = self.access.map_or(family.exp, |life| family.exp.min(family.iat + life.num_seconds()));
        let access = app.signer.sign_in(change, &Claims { exp, ..family }).await?;
        Ok(Tokens { access, refresh, session })
    }

    /// The session that a refresh token names, the token's own id, and its further claims.
    async fn read(
        &self,
        app: &App,
        change: &mut Change,
        presented: &str,
    ) -> Result<Result<(Uuid, String, Map<String, Value>), Refused>> {
        let read = match self.form {
            RefreshForm::Opaque => presented
                .split_once('.')
                .and_then(|(session, id)| Some((session.parse().ok()?, id.to_owned(), Map::new()))),
            RefreshForm::Jwt => match app.signer.examine_refresh(change, presented, app.clock.now()).await? {
                Ok(claims) => claims.jti.map(|id| (claims.sid, id.to_string(), claims.extra)),
                Err(BadToken::Expired) => return Ok(Err(Refused::Expired)),
                Err(BadToken::WrongType) => return Ok(Err(Refused::WrongType)),
                Err(_) => None,
            },
        };
        Ok(read.ok_or(Refused::Invalid))
    }

    /// The id of the refresh token that follows the one with this id.
    async fn successor(&self, app: &App, change: &mut Change, id: &str) -> Result<String> {
        let derived = app.signer.derive(change, "refresh token", id).await?;
        Ok(match self.form {
            RefreshForm::Opaque => BASE64_URL_SAFE_NO_PAD.encode(derived),
            RefreshForm::Jwt => {
                let mut bytes = [0; 16];
                bytes.copy_from_slice(&derived[..16]);
                uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
            }
        })
    }
}
