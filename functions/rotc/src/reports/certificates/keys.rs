//! The keys by which anybody can check a seal.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json};
use utoipa::ToSchema;

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

/// List the public keys of certificates
#[utoipa::path(get, path = "/api/certificates/public-key", tag = "reports", security(()),
    responses((status = 200, body = JsonWebKeys)))]
pub async fn list_certificate_keys(State(app): State<App>) -> Result<Json<JsonWebKeys>> {
    let keys = app.sealer.public_keys().await?.iter().map(|key| JsonWebKey {
        kty: "OKP",
        crv: "Ed25519",
        usage: "sig",
        alg: "EdDSA",
        kid: key.id.clone(),
        x: key.text.clone(),
    });
    Ok(Json(JsonWebKeys { keys: keys.collect() }))
}
