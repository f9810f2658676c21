//! Signatures (Ed25519) that anybody can check with a published key: for documents that leave the system.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::installation_key::InstallationKey;
use crate::{Result, config::SealConfig, db::Db};

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// Seals texts and checks seals.
#[derive(Clone)]
pub struct Sealer {
    keys: InstallationKey<Keys>,
}

struct Keys {
    signing: SigningKey,
    /// The present one first.
    published: Vec<PublicKey>,
}

/// A seal of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// The key it was made with.
    pub key_id: String,
    /// 64 bytes.
    pub signature: Vec<u8>,
}

/// A published key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// The beginning of its fingerprint: 16 hexadecimal digits.
    pub id: String,
    /// Its 32 bytes in base64url.
    pub text: String,
    key: VerifyingKey,
}

impl PublicKey {
    /// A key of 32 bytes in base64 or base64url.
    pub fn parse(text: &str) -> Option<Self> {
        VerifyingKey::from_bytes(&bytes_of(text)?).ok().map(Self::of)
    }

    fn of(key: VerifyingKey) -> Self {
        let id = hex::encode(&Sha256::digest(key.as_bytes())[..8]);
        Self { id, text: BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes()), key }
    }
}

impl Sealer {
    /// A sealer with the configured key, or one kept in the database; nothing is contacted.
    pub fn new(config: SealConfig, db: Db) -> Self {
        let configured = config.key.as_ref().map(decoded);
        let earlier: Vec<PublicKey> =
            config.earlier.iter().filter_map(|text| PublicKey::parse(text)).collect();
        let keys = InstallationKey::new("certificate_key", configured, db, move |seed| {
            let signing = SigningKey::from_bytes(&<[u8; 32]>::try_from(seed).ok()?);
            let present = PublicKey::of(signing.verifying_key());
            let published = std::iter::once(present).chain(earlier.iter().cloned()).collect();
            Some(Keys { signing, published })
        });
        Self { keys }
    }

    /// Seals a text. For callers that hold no connection, like everything here: the first use may read the database.
    pub async fn seal(&self, text: &[u8]) -> Result<Seal> {
        let keys = self.keys.get().await?;
        let key_id = keys.published.first().map(|key| key.id.clone()).unwrap_or_default();
        Ok(Seal { key_id, signature: keys.signing.sign(text).to_vec() })
    }

    /// Whether a seal is ours and the text is the one it was made for.
    pub async fn is_sealed(&self, text: &[u8], seal: &Seal) -> Result<bool> {
        let keys = self.keys.get().await?;
        let key = keys.published.iter().find(|key| key.id == seal.key_id);
        let signature = <[u8; SIGNATURE_BYTES]>::try_from(seal.signature.as_slice());
        Ok(key.zip(signature.ok()).is_some_and(|(key, signature)| {
            key.key.verify_strict(text, &Signature::from_bytes(&signature)).is_ok()
        }))
    }

    /// The keys that seals may be checked with: the present one, then earlier ones.
    pub async fn public_keys(&self) -> Result<&[PublicKey]> {
        Ok(&self.keys.get().await?.published)
    }
}

/// The bytes of a configured key of 32 bytes; none of them, which is not a valid key, if it is something else.
pub(super) fn decoded(key: &SecretString) -> Vec<u8> {
    seed_of(key.expose_secret()).unwrap_or_default().to_vec()
}

/// The secret half of a key, 32 bytes in base64 or base64url.
pub(crate) fn seed_of(text: &str) -> Option<[u8; 32]> {
    bytes_of(text)
}

fn bytes_of(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
