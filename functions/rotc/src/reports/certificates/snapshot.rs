//! What is printed on a certificate, and how it is sealed.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::{App, Result, auth::seal::Seal, row};
use utoipa::ToSchema;

use super::Code;

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
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The activity.
    pub activity_id: i32,
    /// The cadet; none for a name that was typed.
    pub cadet_id: Option<i32>,
}

/// What the seal covers. The order of the members is part of it.
#[derive(Serialize)]
struct Sealed<'a> {
    what: &'static str,
    code: &'a str,
    activity_id: i32,
    cadet_id: Option<i32>,
    printed: &'a Printed,
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
    /// The text that is sealed.
    pub fn sealed(&self, code: &Code, subject: Subject) -> Result<Vec<u8>> {
        let Subject { activity_id, cadet_id } = subject;
        let what = "muster certificate 1";
        Ok(serde_json::to_vec(&Sealed { what, code: code.as_str(), activity_id, cadet_id, printed: self })?)
    }

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
        /// The key of the seal.
        pub key_id: String,
        /// The seal.
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
    /// What was printed, if the row is as we have sealed it.
    pub async fn genuine(&self, app: &App) -> Result<Option<Printed>> {
        let Some(code) = Code::parse(&self.code) else { return Ok(None) };
        let Ok(printed) = serde_json::from_value::<Printed>(self.snapshot.clone()) else { return Ok(None) };
        let seal = Seal { key_id: self.key_id.clone(), signature: self.signature.clone() };
        let subject = Subject { activity_id: self.activity_id, cadet_id: self.cadet_id };
        let sealed = printed.sealed(&code, subject)?;
        Ok(app.sealer.is_sealed(&sealed, &seal).await?.then_some(printed))
    }
}
