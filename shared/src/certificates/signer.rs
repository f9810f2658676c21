//! Ed25519 signatures that anybody can check with a published key.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::{
    Result,
    auth::installation_key::{InstallationKey, decoded, seed_of},
    config::SealConfig,
    db::{Change, Db},
};

/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 64;

/// Signs texts and verifies signatures.
#[derive(Clone)]
pub struct Signer {
    keys: InstallationKey<Keys>,
}

struct Keys {
    signing: SigningKey,
    /// The present one first.
    published: Vec<PublicKey>,
}

/// A detached signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key it was made with.
    pub key_id: String,
    /// 64 bytes.
    pub bytes: Vec<u8>,
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
        VerifyingKey::from_bytes(&seed_of(text)?).ok().map(Self::of)
    }

    fn of(key: VerifyingKey) -> Self {
        let id = hex::encode(&Sha256::digest(key.as_bytes())[..8]);
        Self { id, text: BASE64_URL_SAFE_NO_PAD.encode(key.as_bytes()), key }
    }
}

impl Keys {
    fn sign(&self, text: &[u8]) -> Signature {
        let key_id = self.published.first().map(|key| key.id.clone()).unwrap_or_default();
        Signature { key_id, bytes: self.signing.sign(text).to_vec() }
    }
}

impl Signer {
    /// A signer with the configured key, or one kept in the database; nothing is contacted.
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

    /// Signs a text. For callers that hold no connection, like everything else here: the first use may read the database.
    pub async fn sign(&self, text: &[u8]) -> Result<Signature> {
        Ok(self.keys.get().await?.sign(text))
    }

    /// The same inside a transaction, over whose connection the key is read if this process does not know it yet.
    pub async fn sign_in(&self, change: &mut Change, text: &[u8]) -> Result<Signature> {
        Ok(self.keys.get_in(change).await?.sign(text))
    }

    /// Whether a signature of this text is ours.
    pub async fn verifies(&self, text: &[u8], signature: &Signature) -> Result<bool> {
        let keys = self.keys.get().await?;
        let key = keys.published.iter().find(|key| key.id == signature.key_id);
        let signature = <[u8; SIGNATURE_BYTES]>::try_from(signature.bytes.as_slice());
        Ok(key.zip(signature.ok()).is_some_and(|(key, signature)| {
            key.key.verify_strict(text, &ed25519_dalek::Signature::from_bytes(&signature)).is_ok()
        }))
    }

    /// The keys that signatures may be checked with: the present one, then earlier ones.
    pub async fn public_keys(&self) -> Result<&[PublicKey]> {
        Ok(&self.keys.get().await?.published)
    }
}
