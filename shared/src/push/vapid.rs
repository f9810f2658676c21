//! The key pair by which push services know us (RFC 8292).

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use web_push_native::p256::{SecretKey, elliptic_curve::sec1::ToEncodedPoint, pkcs8::EncodePrivateKey};

/// A key pair of the curve P-256.
pub struct Vapid {
    signing: EncodingKey,
    public: String,
}

impl Vapid {
    /// The pair of a private key in base64url.
    pub fn parse(private_key: &str) -> Option<Self> {
        Self::from_bytes(&Self::decode(private_key))
    }

    /// The bytes of a private key in base64url; none, which is no key, if it is something else.
    pub(super) fn decode(private_key: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(private_key.trim().trim_end_matches('=')).unwrap_or_default()
    }

    /// The pair of a private key of 32 bytes.
    pub fn from_bytes(private_key: &[u8]) -> Option<Self> {
        let secret = SecretKey::from_slice(private_key).ok().filter(|_| private_key.len() == 32)?;
        let point = secret.public_key().to_encoded_point(false);
        let document = secret.to_pkcs8_der().ok()?;
        Some(Self {
            signing: EncodingKey::from_ec_der(document.as_bytes()),
            public: BASE64_URL_SAFE_NO_PAD.encode(point.as_bytes()),
        })
    }

    /// The public key: an uncompressed point in base64url.
    pub fn public_key(&self) -> &str {
        &self.public
    }

    pub(super) fn signing_key(&self) -> &EncodingKey {
        &self.signing
    }
}

impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vapid").field("public", &self.public).finish_non_exhaustive()
    }
}
