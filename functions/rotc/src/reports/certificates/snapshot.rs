//! What is printed on a certificate.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::{
    App, Result,
    certificates::{self, Code, Signature, Snapshot},
    row,
};
use utoipa::ToSchema;

/// What is printed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Printed {
    /// The school, or nothing.
    pub school: String,
    /// The unit.
    pub unit: String,
    /// `Certificate of Achievement`.
    pub title: String,
    /// Who got it.
    pub name: String,
    /// The activity.
    pub activity: String,
    /// When that was, as it is recorded.
    pub activity_date: Option<String>,
    /// When the certificate was given.
    pub issued_on: NaiveDate,
}

/// Whom and what a certificate is for.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Subject {
    /// The activity.
    pub activity_id: i32,
    /// The cadet; none for a name that was typed.
    pub cadet_id: Option<i32>,
}

impl Snapshot for Printed {
    type Subject = Subject;

    const FORMAT: &'static str = "muster certificate 1";
}

/// What makes two certificates the same: everything but the day.
#[derive(Serialize)]
struct Same<'a> {
    activity_id: i32,
    cadet_id: Option<i32>,
    school: &'a str,
    unit: &'a str,
    title: &'a str,
    name: &'a str,
    activity: &'a str,
    activity_date: Option<&'a str>,
}

impl Printed {
    /// The same for two certificates that say the same.
    pub fn fingerprint(&self, subject: Subject) -> Result<Vec<u8>> {
        let same = Same {
            activity_id: subject.activity_id,
            cadet_id: subject.cadet_id,
            school: &self.school,
            unit: &self.unit,
            title: &self.title,
            name: &self.name,
            activity: &self.activity,
            activity_date: self.activity_date.as_deref(),
        };
        Ok(Sha256::digest(serde_json::to_vec(&same)?).to_vec())
    }
}

row! {
    /// A certificate as it is stored.
    #[derive(Clone, Debug)]
    pub struct Stored {
        /// Without hyphens.
        pub code: String,
        /// The activity.
        pub activity_id: i32,
        /// The cadet; none for a name that was typed.
        pub cadet_id: Option<i32>,
        /// See [`Printed::fingerprint`].
        pub fingerprint: Vec<u8>,
        /// What was printed: a [`Printed`], unless it was altered.
        pub snapshot: Value,
        /// The key of the signature.
        pub key_id: String,
        /// See [`certificates::sign`].
        pub signature: Vec<u8>,
        /// When it was given.
        pub issued_at: DateTime<Utc>,
        /// When it was taken back.
        pub revoked_at: Option<DateTime<Utc>>,
        /// Why.
        pub revoked_reason: Option<String>,
    }
}

impl Stored {
    /// What was printed, if the row is as it was signed.
    pub async fn verified(&self, app: &App) -> Result<Option<Printed>> {
        let Some(code) = Code::parse(&self.code) else { return Ok(None) };
        let signature = Signature { key_id: self.key_id.clone(), bytes: self.signature.clone() };
        let subject = Subject { activity_id: self.activity_id, cadet_id: self.cadet_id };
        certificates::verify(app, &code, &subject, &self.snapshot, &signature).await
    }
}
