//! Signed tokens (JWT, HS256) that name a session.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{Result, db::Db, error, ids::Ids, sql};

/// What a token says. It proves nothing but that we made it: the session row decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user's id.
    pub sub: String,
    /// The session.
    pub sid: Uuid,
    /// When it was made, in seconds.
    pub iat: i64,
    /// When the session ends at the latest, in seconds.
    pub exp: i64,
}

/// Signs and checks tokens.
#[derive(Clone)]
pub struct Signer {
    configured: Option<SecretString>,
    db: Db,
    keys: Arc<OnceCell<(EncodingKey, DecodingKey)>>,
}

impl Signer {
    /// A signer with the configured key, or one kept in the database.
    pub fn new(configured: Option<SecretString>, db: Db) -> Self {
        Self { configured, db, keys: Arc::default() }
    }

    /// The token for `claims`.
    pub async fn sign(&self, claims: &Claims) -> Result<String> {
        let (encoding, _) = self.keys().await?;
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, encoding).map_err(Into::into)
    }

    /// What a token says, if we signed it and it has not expired at `now`.
    pub async fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Claims>> {
        // Anything longer is not ours; it is refused before any work.
        if token.len() > 1024 {
            return Ok(None);
        }
        let (_, decoding) = self.keys().await?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let claims =
            jsonwebtoken::decode::<Claims>(token, decoding, &validation).ok().map(|data| data.claims);
        Ok(claims.filter(|claims| claims.exp > now.timestamp()))
    }

    async fn keys(&self) -> Result<&(EncodingKey, DecodingKey)> {
        self.keys
            .get_or_try_init(|| async {
                let secret = match &self.configured {
                    Some(secret) => secret.expose_secret().as_bytes().to_vec(),
                    None => self.stored_key().await?,
                };
                Ok((EncodingKey::from_secret(&secret), DecodingKey::from_secret(&secret)))
            })
            .await
    }

    /// The key of this installation; made by whoever needs it first.
    async fn stored_key(&self) -> Result<Vec<u8>> {
        let find = sql!("SELECT value FROM muster.secrets WHERE name = 'signing_key'");
        if let Some((key,)) = self.db.read().await?.one::<(Vec<u8>,)>(find, &[]).await? {
            return Ok(key);
        }
        let mut change = self.db.change_for_system("first signing key").await?;
        let keep = sql!(
            "INSERT INTO muster.secrets (name, value) VALUES ('signing_key', $1) ON CONFLICT (name) DO NOTHING"
        );
        change.execute(keep, &[&Ids.key().as_slice()]).await?;
        let key = change.one::<(Vec<u8>,)>(find, &[]).await?;
        change.commit().await?;
        key.map(|(key,)| key).ok_or_else(|| error::internal("the signing key vanished"))
    }
}
