//! Signed tokens (JWT, HS256) that name a session, and short signed codes for people to carry.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::{Result, db::Db, ids::Ids};

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

/// Signs and checks tokens and codes.
#[derive(Clone)]
pub struct Signer {
    configured: Option<SecretString>,
    db: Db,
    keys: Arc<OnceCell<Keys>>,
}

struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: SecretSlice<u8>,
}

/// Bytes of a code: what 16 hexadecimal digits hold.
const CODE_BYTES: usize = 8;

impl Signer {
    /// A signer with the configured key, or one kept in the database.
    pub fn new(configured: Option<SecretString>, db: Db) -> Self {
        Self { configured, db, keys: Arc::default() }
    }

    /// The token for `claims`.
    pub async fn sign(&self, claims: &Claims) -> Result<String> {
        let keys = self.keys().await?;
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &keys.encoding).map_err(Into::into)
    }

    /// What a token says, if we signed it and it has not expired at `now`.
    pub async fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Claims>> {
        // Anything longer is not ours; it is refused before any work.
        if token.len() > 1024 {
            return Ok(None);
        }
        let keys = self.keys().await?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &keys.decoding, &validation).ok().map(|data| data.claims);
        Ok(claims.filter(|claims| claims.exp > now.timestamp()))
    }

    /// The code for `message`: 16 hexadecimal digits that nobody else can make. Each `purpose` has a key of its own, so
    /// a code for one thing is none for another, and no token either.
    ///
    /// The first use may read the database: call it before a connection is held.
    pub async fn code(&self, purpose: &str, message: &str) -> Result<String> {
        let tag = self.mac(purpose, message).await?.finalize().into_bytes();
        Ok(hex::encode(&tag[..CODE_BYTES]))
    }

    /// Whether `code` is the one for `message`; takes as long for one that is nearly right as for any other.
    pub async fn is_code(&self, purpose: &str, message: &str, code: &str) -> Result<bool> {
        let mut tag = [0; CODE_BYTES];
        if hex::decode_to_slice(code, &mut tag).is_err() {
            return Ok(false);
        }
        Ok(self.mac(purpose, message).await?.verify_truncated_left(&tag).is_ok())
    }

    async fn mac(&self, purpose: &str, message: &str) -> Result<Hmac<Sha256>> {
        let keys = self.keys().await?;
        let key = keyed(keys.secret.expose_secret(), purpose)?.finalize();
        keyed(&key.into_bytes(), message)
    }

    async fn keys(&self) -> Result<&Keys> {
        self.keys
            .get_or_try_init(|| async {
                let secret = match &self.configured {
                    Some(secret) => secret.expose_secret().as_bytes().to_vec(),
                    None => self.db.secret("signing_key", || Ids.key()).await?,
                };
                Ok(Keys {
                    encoding: EncodingKey::from_secret(&secret),
                    decoding: DecodingKey::from_secret(&secret),
                    secret: secret.into(),
                })
            })
            .await
    }
}

/// HMAC-SHA-256 of `message`.
fn keyed(key: &[u8], message: &str) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(message.as_bytes());
    Ok(mac)
}
