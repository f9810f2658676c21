//! Certificates that anybody can check: what is printed is stored with a signature over it, and a code leads to a page that
//! shows it and says whether it still stands. A row that was altered is not shown as a certificate.
//!
//! A system has its own table of them, because each says something else about whom they are for; it stores the code, the
//! snapshot, the signature and the key, and when and why it was revoked.

use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type},
};

mod code;
mod keys;
mod page;
mod signer;

pub use code::Code;
pub use keys::{JsonWebKey, JsonWebKeys};
pub use page::page;
pub use signer::{PublicKey, Signature, Signer};

use crate::{App, Result, db::Change};

/// What is printed on a certificate of some kind. Its JSON is signed, so the order of the fields must stay.
pub trait Snapshot: Serialize + DeserializeOwned + Send + Sync {
    /// Whom and what it is for: an object whose members stand in the signed text too.
    type Subject: Serialize + Send + Sync;

    /// How the signed text begins; another for each form that it ever has: `muster certificate 1`.
    const FORMAT: &'static str;
}

/// The signed text. The order of the members is part of it.
#[derive(Serialize)]
struct Signed<'a, S: Snapshot> {
    what: &'static str,
    code: &'a str,
    #[serde(flatten)]
    subject: &'a S::Subject,
    printed: &'a S,
}

fn signed<S: Snapshot>(code: &Code, subject: &S::Subject, printed: &S) -> Result<Vec<u8>> {
    let signed = Signed { what: S::FORMAT, code: code.as_str(), subject, printed };
    Ok(serde_json::to_vec(&signed)?)
}

/// Signs what is printed. The caller holds no connection: the first use may read the key from the database.
pub async fn sign<S: Snapshot>(
    app: &App,
    code: &Code,
    subject: &S::Subject,
    printed: &S,
) -> Result<Signature> {
    app.certificate_signer.sign(&signed(code, subject, printed)?).await
}

/// The same inside a transaction, whose connection reads the key.
pub async fn sign_in<S: Snapshot>(
    app: &App,
    change: &mut Change,
    code: &Code,
    subject: &S::Subject,
    printed: &S,
) -> Result<Signature> {
    app.certificate_signer.sign_in(change, &signed(code, subject, printed)?).await
}

/// What was printed, if the stored snapshot is as it was signed.
pub async fn verify<S: Snapshot>(
    app: &App,
    code: &Code,
    subject: &S::Subject,
    snapshot: &Value,
    signature: &Signature,
) -> Result<Option<S>> {
    let Ok(printed) = serde_json::from_value::<S>(snapshot.clone()) else { return Ok(None) };
    let text = signed(code, subject, &printed)?;
    Ok(app.certificate_signer.verifies(&text, signature).await?.then_some(printed))
}

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateStatus {
    /// It was issued and stands.
    Issued,
    /// It was revoked.
    Revoked,
    /// Its record was altered: nothing of it can be trusted.
    NotValid,
}

/// When and why a certificate was issued and revoked, as it is stored.
#[derive(Clone, Debug)]
pub struct Standing {
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why.
    pub revoked_reason: Option<String>,
    /// The key it was signed with.
    pub key_id: String,
}

/// What is known of a certificate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verdict<S> {
    /// In groups of four.
    pub code: String,
    /// How it stands.
    pub status: CertificateStatus,
    /// What is printed on it; nothing when it is not valid. Paper that says otherwise was forged.
    #[schema(schema_with = or_null::<S>)]
    pub certificate: Option<S>,
    /// When it was issued.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why.
    pub revoked_reason: Option<String>,
    /// The key it was signed with, which is among the published ones.
    pub key_id: Option<String>,
}

/// The schema of `S`, or null: of a type parameter the derivation forgets that it is optional.
fn or_null<S: PartialSchema>() -> Schema {
    OneOfBuilder::new().item(ObjectBuilder::new().schema_type(Type::Null)).item(S::schema()).into()
}

impl<S> Verdict<S> {
    /// `printed` is none where the record was altered ([`verify`]); nothing else of it counts then.
    pub fn of(code: &Code, standing: Standing, printed: Option<S>) -> Self {
        let status = match (&printed, standing.revoked_at) {
            (None, _) => CertificateStatus::NotValid,
            (Some(_), Some(_)) => CertificateStatus::Revoked,
            (Some(_), None) => CertificateStatus::Issued,
        };
        let valid = printed.is_some();
        Self {
            code: code.to_string(),
            status,
            issued_at: valid.then_some(standing.issued_at),
            revoked_at: standing.revoked_at.filter(|_| valid),
            revoked_reason: standing.revoked_reason.filter(|_| valid),
            key_id: valid.then_some(standing.key_id),
            certificate: printed,
        }
    }
}
