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

use crate::{
    Result,
    db::{Change, Db, must_hold_none},
    ids::Ids,
};

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

/// The name of the stored key.
const SIGNING_KEY: &str = "signing_key";

/// Bytes of a code: what 16 hexadecimal digits hold.
const CODE_BYTES: usize = 8;

impl Signer {
    /// A signer with the configured key, or one kept in the database.
    pub fn new(configured: Option<SecretString>, db: Db) -> Self {
        Self { configured, db, keys: Arc::default() }
    }

    /// The token for `claims`, for callers that hold no connection.
    pub async fn sign(&self, claims: &Claims) -> Result<String> {
        self.keys().await?.sign(claims)
    }

    /// The same inside a transaction, over whose connection the key is read if this process does not know it yet.
    pub async fn sign_in(&self, change: &mut Change, claims: &Claims) -> Result<String> {
        if let Some(keys) = self.keys.get() {
            return keys.sign(claims);
        }
        let keys = match &self.configured {
            Some(secret) => Keys::of(secret.expose_secret().as_bytes().to_vec()),
            None => {
                let secret = change.secret(SIGNING_KEY, || Ids.key()).await?;
                let keys = Keys::of(secret.key);
                if !secret.stored {
                    return keys.sign(claims);
                }
                keys
            }
        };
        let token = keys.sign(claims);
        // Whoever was faster has the same.
        drop(self.keys.set(keys));
        token
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
    /// For callers that hold no connection.
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
        must_hold_none("the signing key");
        self.keys
            .get_or_try_init(|| async {
                Ok(Keys::of(match &self.configured {
                    Some(secret) => secret.expose_secret().as_bytes().to_vec(),
                    None => self.db.secret(SIGNING_KEY, || Ids.key()).await?,
                }))
            })
            .await
    }
}

impl Keys {
    fn of(secret: Vec<u8>) -> Self {
        Self {
            encoding: EncodingKey::from_secret(&secret),
            decoding: DecodingKey::from_secret(&secret),
            secret: secret.into(),
        }
    }

    fn sign(&self, claims: &Claims) -> Result<String> {
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.encoding).map_err(Into::into)
    }
}

/// HMAC-SHA-256 of `message`.
fn keyed(key: &[u8], message: &str) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(message.as_bytes());
    Ok(mac)
}
