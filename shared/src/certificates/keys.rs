//! The published keys, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use super::Signer;
use crate::Result;

/// A key as a JSON Web Key (RFC 8037).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JsonWebKey {
    /// `OKP`.
    kty: &'static str,
    /// `Ed25519`.
    crv: &'static str,
    /// `sig`.
    #[serde(rename = "use")]
    usage: &'static str,
    /// `EdDSA`.
    alg: &'static str,
    /// Its name in certificates.
    kid: String,
    /// The public key, base64url.
    x: String,
}

/// Keys.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct JsonWebKeys {
    /// The present key first, then earlier ones.
    keys: Vec<JsonWebKey>,
}

impl JsonWebKeys {
    /// Those that signatures of certificates can be verified with.
    pub async fn of(signer: &Signer) -> Result<Self> {
        let keys = signer.public_keys().await?.iter().map(|key| JsonWebKey {
            kty: "OKP",
            crv: "Ed25519",
            usage: "sig",
            alg: "EdDSA",
            kid: key.id.clone(),
            x: key.text.clone(),
        });
        Ok(Self { keys: keys.collect() })
    }
}
