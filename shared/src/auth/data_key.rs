//! Encryption of what the database keeps and nobody who reads it may use: AES-256-GCM.

use std::sync::Arc;

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use secrecy::SecretString;
use sha2::Sha256;

use super::installation_key::{InstallationKey, decoded};
use crate::{
    Result,
    db::{Change, Db},
    error::internal,
    ids::Ids,
};

/// Bytes of a nonce, which stands before the ciphertext.
const NONCE_BYTES: usize = 12;

/// The key of an installation for its secrets.
#[derive(Clone)]
pub struct DataKey {
    cipher: Aes256Gcm,
    mac: Hmac<Sha256>,
}

/// Where the key comes from: `DATA_KEY`, or the database.
#[derive(Clone)]
pub struct DataKeys(InstallationKey<DataKey>);

impl DataKeys {
    /// The configured key (32 bytes in base64), or one kept in the database; nothing is contacted.
    pub fn new(configured: Option<SecretString>, db: Db) -> Self {
        Self(InstallationKey::new("data_key", configured.as_ref().map(decoded), db, |key| {
            DataKey::new(key.try_into().ok()?).ok()
        }))
    }

    /// The key, for callers that hold no connection.
    pub async fn get(&self) -> Result<&DataKey> {
        self.0.get().await
    }

    /// The same inside a transaction, over its connection.
    pub async fn get_in(&self, change: &mut Change) -> Result<Arc<DataKey>> {
        self.0.get_in(change).await
    }
}

impl DataKey {
    /// The key with these bytes.
    pub fn new(key: &[u8; 32]) -> Result<Self> {
        Ok(Self { cipher: Aes256Gcm::new_from_slice(key)?, mac: <Hmac<Sha256> as Mac>::new_from_slice(key)? })
    }

    /// Encrypts a secret. It is only decrypted for the same `owner`: copied to another row it is useless.
    pub fn encrypt(&self, owner: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE_BYTES];
        nonce.copy_from_slice(&Ids.key()[..NONCE_BYTES]);
        let payload = Payload { msg: secret, aad: owner.as_bytes() };
        let encrypted = self.cipher.encrypt(&nonce.into(), payload);
        let encrypted = encrypted.map_err(|_| internal("a secret could not be encrypted"))?;
        Ok([nonce.as_slice(), &encrypted].concat())
    }

    /// The secret of an owner; an error when it was encrypted with another key, for another owner, or changed.
    pub fn decrypt(&self, owner: &str, stored: &[u8]) -> Result<Vec<u8>> {
        let parts = stored.split_first_chunk::<NONCE_BYTES>();
        let secret = parts.and_then(|(nonce, encrypted)| {
            let payload = Payload { msg: encrypted, aad: owner.as_bytes() };
            self.cipher.decrypt(&(*nonce).into(), payload).ok()
        });
        secret.ok_or_else(|| internal("a stored secret cannot be decrypted with the present key"))
    }

    /// A fingerprint of a short code of an owner, which only the key lets anybody compute: too few codes exist for a plain
    /// hash to hide one.
    pub fn fingerprint(&self, owner: &str, code: &str) -> Vec<u8> {
        let mut mac = self.mac.clone();
        mac.update(format!("{}:{owner}:{code}", owner.len()).as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_decrypted_for_its_owner_with_its_key_only() {
        let (key, other) = (DataKey::new(&[1; 32]).unwrap(), DataKey::new(&[2; 32]).unwrap());

        let stored = key.encrypt("7", b"secret").unwrap();

        assert_eq!(key.decrypt("7", &stored).unwrap(), b"secret");
        assert!(!stored.windows(6).any(|bytes| bytes == b"secret"));
        assert_ne!(key.encrypt("7", b"secret").unwrap(), stored);
        assert!(key.decrypt("8", &stored).is_err());
        assert!(other.decrypt("7", &stored).is_err());
        assert!(key.decrypt("7", &stored[..8]).is_err());
    }
}
