//! Giving certificates and taking them back.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    App, Result,
    certificates::{self, Code, Signature, Snapshot},
    db::Change,
    jobs::{Job, Task},
    row, sql,
};
use uuid::Uuid;

use crate::times::day;

/// What is printed. Its JSON is signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Printed {
    /// `MKSU-CLR-2026-00001`
    pub serial: String,
    /// Who was cleared.
    pub name: String,
    /// Their number.
    pub registration_number: String,
    /// What they studied.
    pub program: String,
    /// At which school.
    pub school: String,
    /// When the last office agreed, in Nairobi.
    pub completed_on: NaiveDate,
}

/// What a certificate is for.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// The request.
    pub request: Uuid,
}

impl Snapshot for Printed {
    type Subject = Subject;

    const FORMAT: &'static str = "clearance certificate 1";
}

/// A certificate that was just given.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its number in its year.
    pub serial: String,
    /// The code of its page.
    pub code: Code,
}

row! {
    /// A stored certificate.
    #[derive(Debug)]
    pub struct Stored {
        /// The code of its page.
        pub code: String,
        /// The request.
        pub request: Uuid,
        /// What is printed.
        pub snapshot: Value,
        /// The key it was signed with.
        pub key_id: String,
        /// The signature.
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
    /// What is printed, if nobody has altered it.
    pub async fn verified(&self, app: &App) -> Result<Option<Printed>> {
        let Some(code) = Code::parse(&self.code) else { return Ok(None) };
        let subject = Subject { request: self.request };
        let signature = Signature { key_id: self.key_id.clone(), bytes: self.signature.clone() };
        certificates::verify(app, &code, &subject, &self.snapshot, &signature).await
    }
}

row! {
    struct Cleared {
        name: String,
        registration_number: String,
        program: String,
        school: String,
        completion_date: DateTime<Utc>,
    }
}

/// Gives the certificate of a completed request, in the transaction that completes it. The year's counter is locked until the
/// commit, so that no number is lost.
pub async fn issue(app: &App, change: &mut Change, request: Uuid) -> Result<Issued> {
    let find = sql!(
        "SELECT users.full_name AS name, registration_number, program, coalesce(schools.name, faculty) AS school,
                completion_date
         FROM clearance_requests AS requests JOIN students ON students.id = requests.student_id
         JOIN users ON users.id = students.user_id LEFT JOIN academic_schools AS schools ON schools.id = students.school_id
         WHERE requests.id = $1 AND status = 'completed' AND completion_date IS NOT NULL"
    );
    let Cleared { name, registration_number, program, school, completion_date } =
        change.only(find, &[&request]).await?;
    let completed_on = day(completion_date);
    let draw = sql!(
        "INSERT INTO counters (name, value) VALUES ('certificates ' || $1::int, 1)
         ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    );
    let number: i32 = change.only(draw, &[&completed_on.year()]).await?;
    let serial = format!("MKSU-CLR-{}-{number:05}", completed_on.year());
    let printed =
        Printed { serial: serial.clone(), name, registration_number, program, school, completed_on };
    let code = Code::draw_short(app.ids);
    let signature = certificates::sign_in(app, change, &code, &Subject { request }, &printed).await?;
    let insert = sql!(
        "INSERT INTO clearance_certificates (clearance_request_id, serial, code, snapshot, key_id, signature, issued_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    let (snapshot, now) = (serde_json::to_value(&printed)?, app.clock.now());
    let Signature { key_id, bytes } = signature;
    change.execute(insert, &[&request, &serial, &code.as_str(), &snapshot, &key_id, &bytes, &now]).await?;
    Ok(Issued { serial, code })
}

/// Gives the certificates that completed requests of another system have not; tells how many. Oldest first.
pub async fn issue_missing(app: &App, change: &mut Change) -> Result<usize> {
    let list = sql!(
        "SELECT id FROM clearance_requests AS requests
         WHERE status = 'completed' AND completion_date IS NOT NULL AND deleted_at IS NULL
           AND NOT EXISTS (SELECT FROM clearance_certificates WHERE clearance_request_id = requests.id)
         ORDER BY completion_date, id"
    );
    let requests: Vec<Uuid> = change.all(list, &[]).await?;
    for request in &requests {
        issue(app, change, *request).await?;
    }
    Ok(requests.len())
}

/// Gives the certificates that imported requests have not. What is given is given: a second run finds nothing to do.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssueCertificates {}

impl Job for IssueCertificates {
    const KIND: &'static str = "issue_certificates";
    const LEASE: Duration = Duration::from_mins(15);
    const INTERNAL: bool = true;

    async fn run(self, task: &Task) -> Result<()> {
        let mut change = task.change("certificates of imported requests").await?;
        let issued = issue_missing(&task.app, &mut change).await?;
        change.finish(task, &serde_json::json!({ "issued": issued })).await?;
        change.commit().await
    }
}

/// Takes the certificate of a request back.
pub async fn revoke(app: &App, change: &mut Change, request: Uuid, reason: &str) -> Result<()> {
    let update = sql!(
        "UPDATE clearance_certificates SET revoked_at = $2, revoked_reason = $3
         WHERE clearance_request_id = $1 AND revoked_at IS NULL"
    );
    change.execute(update, &[&request, &app.clock.now(), &reason]).await?;
    Ok(())
}
