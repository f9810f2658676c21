//! Giving certificates.

use std::collections::{HashMap, HashSet};

use shared::{
    App, Error, Result,
    certificates::{self, Code},
    db::{Actor, UserKey},
    error::{conflict, internal, invalid, not_found},
    row, sql,
};

use super::snapshot::{Printed, Stored, Subject};
use crate::{
    school_time,
    settings::{keys, system},
};

/// Letters of a name at most.
pub const LONGEST_NAME: usize = 200;

row! {
    /// What certificates are given for.
    #[derive(Clone, Debug)]
    pub struct Occasion {
        /// The activity.
        pub id: i32,
        /// Its title.
        pub title: String,
        /// When it was, `YYYY-MM-DD` or other words.
        pub date: Option<String>,
        /// `activity`, `announcement`, `achievement` or `event`.
        pub kind: String,
    }
}

row! {
    struct CadetName {
        id: i32,
        rank: Option<String>,
        first_name: String,
        middle_name: Option<String>,
        last_name: String,
        suffix_name: Option<String>,
    }
}

/// Who gets one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Recipient {
    /// The cadet; none for a name that was typed.
    pub cadet_id: Option<i32>,
    /// What is printed.
    pub name: String,
}

/// A certificate that stands.
#[derive(Clone, Debug)]
pub struct Issued {
    /// Its code.
    pub code: Code,
    /// What is printed.
    pub printed: Printed,
}

impl Occasion {
    /// `Certificate of Achievement`; nothing is given for an announcement.
    pub fn title(&self) -> Result<&'static str> {
        match self.kind.as_str() {
            "announcement" => Err(invalid("no_certificate", "No certificate is given for an announcement")),
            "achievement" => Ok("Certificate of Achievement"),
            _ => Ok("Certificate of Participation"),
        }
    }
}

/// The activity that certificates are given for.
pub async fn occasion(app: &App, id: i32) -> Result<Occasion> {
    let find = sql!(
        "SELECT id, title, date, coalesce(nullif(type, ''), 'activity') AS kind FROM activities WHERE id = $1"
    );
    let found: Option<Occasion> = app.db.read().await?.one(find, &[&id]).await?;
    let occasion = found.ok_or_else(|| not_found("Activity not found"))?;
    occasion.title()?;
    Ok(occasion)
}

/// These cadets, as they are printed, in their order; 404 if one is unknown.
pub async fn cadets(app: &App, ids: &[i32]) -> Result<Vec<Recipient>> {
    let list = sql!(
        "SELECT id, rank, first_name, middle_name, last_name, suffix_name FROM cadets WHERE id = ANY($1)"
    );
    let rows: Vec<CadetName> = app.db.read().await?.all(list, &[&ids]).await?;
    let mut names: HashMap<i32, String> = rows.into_iter().map(|row| (row.id, row.full())).collect();
    let recipient = |id: &i32| {
        let name = names.remove(id).ok_or_else(|| crate::reports::profile::unknown(*id))?;
        Ok(Recipient { cadet_id: Some(*id), name })
    };
    let mut seen = HashSet::new();
    ids.iter().filter(|id| seen.insert(**id)).map(recipient).collect()
}

/// A name that was typed, on one line.
pub fn typed(name: &str) -> Result<Recipient> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return Err(nobody());
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(invalid(
            "bad_name",
            format!("cadet_name must have at most {LONGEST_NAME} letters in one line"),
        ));
    }
    Ok(Recipient { cadet_id: None, name })
}

/// Where it is not said who gets it.
pub fn nobody() -> Error {
    invalid("no_name", "cadet_name query parameter is required")
}

impl CadetName {
    fn full(&self) -> String {
        let optional = |part: &Option<String>| part.clone().unwrap_or_default();
        let parts = [
            optional(&self.rank),
            self.first_name.clone(),
            optional(&self.middle_name),
            self.last_name.clone(),
            optional(&self.suffix_name),
        ];
        parts.join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// The certificates of these people, in their order: those that stand, and new ones for the others. Who asks twice, even at
/// the same moment, gets the same.
pub async fn issue(app: &App, by: &Actor, occasion: &Occasion, to: &[Recipient]) -> Result<Vec<Issued>> {
    let wanted = wanted(app, occasion, to).await?;
    let fingerprints: Vec<Vec<u8>> = wanted.iter().map(|(_, fingerprint, _)| fingerprint.clone()).collect();
    let mut standing = standing(app, &fingerprints).await?;
    let missing: Vec<_> =
        wanted.iter().filter(|(_, fingerprint, _)| !standing.contains_key(fingerprint)).collect();
    if !missing.is_empty() {
        store(app, by, &missing).await?;
        standing = self::standing(app, &fingerprints).await?;
    }
    let mut issued = Vec::with_capacity(to.len());
    for fingerprint in &fingerprints {
        let row = standing.get(fingerprint).ok_or_else(|| internal("a certificate vanished"))?;
        let (code, printed) = (Code::parse(&row.code), row.verified(app).await?);
        let (code, printed) = code.zip(printed).ok_or_else(|| altered(&row.code))?;
        issued.push(Issued { code, printed });
    }
    Ok(issued)
}

fn altered(code: &str) -> Error {
    conflict(
        "altered",
        format!("The record of certificate {code} has been altered. Revoke it to give a new one."),
    )
}

type Wanted = (Subject, Vec<u8>, Printed);

async fn wanted(app: &App, occasion: &Occasion, to: &[Recipient]) -> Result<Vec<Wanted>> {
    let settings = system::load(app).await?;
    let text = |key: &str| settings.get(key).map(str::to_owned);
    let unit = text(keys::UNIT_NAME).or_else(|| text("current_battalion")).unwrap_or_default();
    let school = text(keys::SCHOOL_NAME).unwrap_or_default();
    let title = occasion.title()?;
    let one = |recipient: &Recipient| {
        let printed = Printed {
            school: school.clone(),
            unit: unit.clone(),
            title: title.to_owned(),
            name: recipient.name.clone(),
            activity: occasion.title.clone(),
            activity_date: occasion.date.clone().filter(|date| !date.trim().is_empty()),
            issued_on: school_time::today(app)?,
        };
        let subject = Subject { activity_id: occasion.id, cadet_id: recipient.cadet_id };
        Ok((subject, printed.fingerprint(subject)?, printed))
    };
    to.iter().map(one).collect()
}

async fn standing(app: &App, fingerprints: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, Stored>> {
    let list = sql!(
        "SELECT code, activity_id, cadet_id, fingerprint, snapshot, key_id, signature, issued_at, revoked_at,
                revoked_reason
         FROM muster.certificates WHERE fingerprint = ANY($1) AND revoked_at IS NULL"
    );
    let rows: Vec<Stored> = app.db.read().await?.all(list, &[&fingerprints]).await?;
    Ok(rows.into_iter().map(|row| (row.fingerprint.clone(), row)).collect())
}

async fn store(app: &App, by: &Actor, missing: &[&Wanted]) -> Result<()> {
    let (mut codes, mut snapshots, mut signatures, mut key_id) = (vec![], vec![], vec![], String::new());
    for (subject, _, printed) in missing {
        let code = Code::draw(app.ids);
        let signature = certificates::sign(app, &code, subject, printed).await?;
        codes.push(code.as_str().to_owned());
        snapshots.push(serde_json::to_value(printed)?);
        signatures.push(signature.bytes);
        key_id = signature.key_id;
    }
    let activities: Vec<i32> = missing.iter().map(|(subject, ..)| subject.activity_id).collect();
    let cadets: Vec<Option<i32>> = missing.iter().map(|(subject, ..)| subject.cadet_id).collect();
    let fingerprints: Vec<&Vec<u8>> = missing.iter().map(|(_, fingerprint, _)| fingerprint).collect();
    let insert = sql!(
        "INSERT INTO muster.certificates (code, activity_id, cadet_id, fingerprint, snapshot, signature, key_id, issued_at,
                                          issued_by)
         SELECT new.code, new.activity_id, new.cadet_id, new.fingerprint, new.snapshot, new.signature, $7, $8, $9
         FROM unnest($1::text[], $2::int[], $3::int[], $4::bytea[], $5::jsonb[], $6::bytea[])
              AS new (code, activity_id, cadet_id, fingerprint, snapshot, signature)
         ORDER BY new.fingerprint
         ON CONFLICT (fingerprint) WHERE revoked_at IS NULL DO NOTHING"
    );
    let issued_by: Option<i32> = by.user.as_ref().and_then(UserKey::parse);
    let now = app.clock.now();
    let mut change = app.db.change(by).await?;
    change
        .execute(
            insert,
            &[
                &codes,
                &activities,
                &cadets,
                &fingerprints,
                &snapshots,
                &signatures,
                &key_id,
                &now,
                &issued_by,
            ],
        )
        .await?;
    change.commit().await
}

/// The certificates with these codes, in their order; a code that is unknown, revoked or altered is left out.
pub async fn of_codes(app: &App, codes: &[String]) -> Result<Vec<Issued>> {
    let list = sql!(
        "SELECT kept.code, activity_id, cadet_id, fingerprint, snapshot, key_id, signature, issued_at, revoked_at,
                revoked_reason
         FROM unnest($1::text[]) WITH ORDINALITY AS wanted (code, place)
         JOIN muster.certificates AS kept ON kept.code = wanted.code
         WHERE revoked_at IS NULL ORDER BY wanted.place"
    );
    let rows: Vec<Stored> = app.db.read().await?.all(list, &[&codes]).await?;
    let mut issued = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some((code, printed)) = Code::parse(&row.code).zip(row.verified(app).await?) {
            issued.push(Issued { code, printed });
        }
    }
    Ok(issued)
}

/// Refuses a cadet who has been given no certificate for an activity.
pub async fn check_given(app: &App, activity: i32, cadet: i32) -> Result<()> {
    let find = sql!(
        "SELECT EXISTS (SELECT FROM muster.certificates
                        WHERE cadet_id = $1 AND activity_id = $2 AND revoked_at IS NULL)"
    );
    let given: bool = app.db.read().await?.only(find, &[&cadet, &activity]).await?;
    if given { Ok(()) } else { Err(not_found("No certificate has been given")) }
}
