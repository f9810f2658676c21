//! Signed tokens (JWT, HS256) that name a session, and short signed codes for people to carry.

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::Sha256;
use uuid::Uuid;

use super::installation_key::InstallationKey;
use crate::{
    Result,
    db::{Change, Db, UserKey},
    ids::Ids,
};

/// What a token says. It proves nothing but that we made it: the session row decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    pub sub: UserKey,
    /// The session.
    pub sid: Uuid,
    /// When it was made, in seconds.
    pub iat: i64,
    /// When the token stops working, in seconds; the session may end before.
    pub exp: i64,
    /// The system it is for. Tokens of before the name was added have none, and are taken until they expire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// Makes every token another, even two of the same second. None in tokens of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<Uuid>,
    /// What it opens.
    #[serde(default)]
    pub token_type: TokenType,
    /// What the system says besides.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// Why a request has nobody behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadToken {
    /// It came without a token.
    Missing,
    /// `Authorization` is `Bearer` without exactly one token.
    BadHeader,
    /// The token was not signed for this system, or its session has ended.
    Invalid,
    /// It was good before.
    Expired,
    /// It is a refresh token.
    WrongType,
}

/// What a token is good for. One type is never taken for the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenType {
    /// It comes with requests.
    #[default]
    Access,
    /// It is exchanged for new tokens.
    Refresh,
}

impl Claims {
    /// Those of an access token of a session; the [`Signer`] adds the audience.
    pub fn access(user: impl Into<UserKey>, session: Uuid, now: DateTime<Utc>, ends: DateTime<Utc>) -> Self {
        Self {
            sub: user.into(),
            sid: session,
            iat: now.timestamp(),
            exp: ends.timestamp(),
            aud: None,
            jti: Some(Ids.uuid()),
            token_type: TokenType::Access,
            extra: Map::new(),
        }
    }
}

/// Signs and checks tokens and codes.
#[derive(Clone)]
pub struct Signer {
    audience: Option<&'static str>,
    keys: InstallationKey<Keys>,
}

/// Codes for one purpose.
#[derive(Clone, Debug)]
pub struct Coder {
    key: SecretSlice<u8>,
}

struct Keys {
    encoding: EncodingKey,
    decoding: DecodingKey,
    secret: SecretSlice<u8>,
}

/// The name of the stored key.
const SIGNING_KEY: &str = "signing_key";

/// Bytes of the longest token: there is room for what a system says besides.
const LONGEST: usize = 2048;

/// Bytes of a code: what 16 hexadecimal digits hold.
const CODE_BYTES: usize = 8;

impl Signer {
    /// A signer with the configured key, or one kept in the database, for the tokens of the system `audience`.
    pub fn new(configured: Option<SecretString>, audience: Option<&'static str>, db: Db) -> Self {
        let configured = configured.map(|secret| secret.expose_secret().as_bytes().to_vec());
        let keys =
            InstallationKey::new(SIGNING_KEY, configured, db, |secret| Some(Keys::of(secret.to_vec())));
        Self { audience, keys }
    }

    /// The token for `claims`, which names this system as its audience, for callers that hold no connection.
    pub async fn sign(&self, claims: &Claims) -> Result<String> {
        self.keys.get().await?.sign(&self.named(claims))
    }

    /// The same inside a transaction, over whose connection the key is read if this process does not know it yet.
    pub async fn sign_in(&self, change: &mut Change, claims: &Claims) -> Result<String> {
        self.keys.get_in(change).await?.sign(&self.named(claims))
    }

    fn named(&self, claims: &Claims) -> Claims {
        Claims { aud: self.audience.map(str::to_owned), ..claims.clone() }
    }

    /// What an access token says, if we signed it for this system and it has not expired at `now`. For callers that hold no
    /// connection.
    pub async fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Option<Claims>> {
        Ok(self.examine(token, now).await?.ok())
    }

    /// The same, with the reason why a token does not hold.
    pub async fn examine(&self, token: &str, now: DateTime<Utc>) -> Result<Result<Claims, BadToken>> {
        Ok(self.examined(self.keys.get().await?.read(token), TokenType::Access, now))
    }

    /// The same of a refresh token, inside a transaction.
    pub async fn examine_refresh(
        &self,
        change: &mut Change,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<Result<Claims, BadToken>> {
        let claims = self.keys.get_in(change).await?.read(token);
        Ok(self.examined(claims, TokenType::Refresh, now))
    }

    fn examined(
        &self,
        claims: Option<Claims>,
        kind: TokenType,
        now: DateTime<Utc>,
    ) -> Result<Claims, BadToken> {
        let ours = |claims: &Claims| claims.aud.is_none() || claims.aud.as_deref() == self.audience;
        match claims.filter(ours) {
            None => Err(BadToken::Invalid),
            Some(claims) if claims.exp <= now.timestamp() => Err(BadToken::Expired),
            Some(claims) if claims.token_type != kind => Err(BadToken::WrongType),
            Some(claims) => Ok(claims),
        }
    }

    /// Makes and checks codes for one purpose, without waiting: for answers with many of them. For callers that hold no
    /// connection.
    pub async fn coder(&self, purpose: &str) -> Result<Coder> {
        let key = keyed(self.keys.get().await?.secret.expose_secret(), purpose)?.finalize();
        Ok(Coder { key: key.into_bytes().to_vec().into() })
    }

    /// The code for `message`: 16 hexadecimal digits that nobody else can make. Each `purpose` has a key of its own, so
    /// a code for one thing is none for another, and no token either.
    ///
    /// For callers that hold no connection.
    pub async fn code(&self, purpose: &str, message: &str) -> Result<String> {
        self.coder(purpose).await?.code(message)
    }

    /// Whether `code` is the one for `message`; takes as long for one that is nearly right as for any other.
    pub async fn is_code(&self, purpose: &str, message: &str, code: &str) -> Result<bool> {
        self.coder(purpose).await?.is_code(message, code)
    }

    /// 32 bytes made of `message` that nobody can guess who has not the key; inside a transaction.
    pub(super) async fn derive(&self, change: &mut Change, purpose: &str, message: &str) -> Result<[u8; 32]> {
        Ok(self.keys.get_in(change).await?.mac(purpose, message)?.finalize().into_bytes().into())
    }
}

impl Coder {
    /// The code for `message`, as [`Signer::code`] makes it.
    pub fn code(&self, message: &str) -> Result<String> {
        let tag = keyed(self.key.expose_secret(), message)?.finalize().into_bytes();
        Ok(hex::encode(&tag[..CODE_BYTES]))
    }

    /// Whether `code` is the one for `message`.
    pub fn is_code(&self, message: &str, code: &str) -> Result<bool> {
        let mut tag = [0; CODE_BYTES];
        if hex::decode_to_slice(code, &mut tag).is_err() {
            return Ok(false);
        }
        Ok(keyed(self.key.expose_secret(), message)?.verify_truncated_left(&tag).is_ok())
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

    /// What a token says that was signed with this key.
    fn read(&self, token: &str) -> Option<Claims> {
        // Anything longer is not ours; it is refused before any work.
        if token.len() > LONGEST {
            return None;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Claims>(token, &self.decoding, &validation).ok().map(|data| data.claims)
    }

    fn mac(&self, purpose: &str, message: &str) -> Result<Hmac<Sha256>> {
        let key = keyed(self.secret.expose_secret(), purpose)?.finalize();
        keyed(&key.into_bytes(), message)
    }
}

/// HMAC-SHA-256 of `message`.
fn keyed(key: &[u8], message: &str) -> Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)?;
    mac.update(message.as_bytes());
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use serde_json::json;

    use super::*;
    use crate::{
        App,
        config::Config,
        system::{System, sample::SAMPLE},
    };

    static SYSTEM: System = SAMPLE;

    const KEY: &str = "a key for tests, long enough to sign with";

    fn signer(audience: Option<&'static str>) -> Signer {
        let app = App::new(&SYSTEM, Config::read(&|_| None).unwrap());
        Signer::new(Some(KEY.into()), audience, app.db.clone())
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_770_000_000, 0).unwrap()
    }

    #[tokio::test]
    async fn token_of_another_system_is_refused() {
        let claims = Claims::access(5, Uuid::nil(), now(), now() + TimeDelta::hours(1));
        let token = signer(Some("one")).sign(&claims).await.unwrap();

        assert!(signer(Some("one")).check(&token, now()).await.unwrap().is_some());
        assert_eq!(signer(Some("other")).check(&token, now()).await.unwrap(), None);
        assert_eq!(signer(None).check(&token, now()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn token_issued_before_audiences_is_accepted_until_it_expires() {
        let claims = json!({ "sub": "5", "sid": Uuid::nil(), "iat": 0, "exp": now().timestamp() + 60 });
        let key = EncodingKey::from_secret(KEY.as_bytes());
        let token = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &key).unwrap();

        let read = signer(Some("one")).check(&token, now()).await.unwrap().unwrap();
        assert_eq!((read.sub, read.token_type), (5.into(), TokenType::Access));
        let later = now() + TimeDelta::minutes(1);
        assert_eq!(signer(Some("one")).check(&token, later).await.unwrap(), None);
    }

    #[tokio::test]
    async fn refresh_token_is_no_access_token() {
        let mut claims = Claims::access(5, Uuid::nil(), now(), now() + TimeDelta::hours(1));
        claims.token_type = TokenType::Refresh;
        let token = signer(Some("one")).sign(&claims).await.unwrap();

        assert_eq!(signer(Some("one")).check(&token, now()).await.unwrap(), None);
    }
}
