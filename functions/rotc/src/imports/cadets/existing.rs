//! Which cadets of a list are in the register already.

use std::collections::HashMap;

use shared::{
    Result,
    db::Change,
    http::lenient::is_blank,
    imports::{
        lookup::{Hit, Lookup},
        values::{identity, nearly},
    },
    row, sql,
};

use super::{
    fields::{FIRST_NAME, LAST_NAME, MIDDLE_NAME, SUFFIX},
    rows::CadetRow,
};

row! {
    /// A cadet of the register with the account they sign in with.
    #[derive(Clone, Debug)]
    pub struct Existing {
        /// `cadets.id`.
        pub id: i32,
        /// `cadets.student_id`.
        pub student_id: String,
        /// Whether they are archived.
        pub is_archived: bool,
        /// What is known, in the order of [`super::fields::FIELDS`].
        pub fields: Vec<Option<String>>,
        /// Their oldest account that is not archived.
        pub user_id: Option<i32>,
        /// Its name.
        pub username: Option<String>,
        /// Its mail address.
        pub user_email: Option<String>,
    }
}

/// The cadets that a list may mean.
#[derive(Debug, Default)]
pub struct Known {
    /// By id.
    pub cadets: HashMap<i32, Existing>,
    by_student_id: HashMap<String, i32>,
    /// Student ids with those of their cadets, by what is left of them without zeros, case, spaces and dashes.
    nearly: HashMap<String, Vec<(String, i32)>>,
    by_username: Lookup<i32>,
    by_email: Lookup<i32>,
    by_name: Lookup<i32>,
}

/// Whom a student id means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody yet.
    New,
    /// This cadet.
    Cadet(i32),
    /// This cadet, whose student id is written otherwise: case, spaces or dashes differ.
    Written(i32, String),
    /// Perhaps the cadet of this student id, which differs in its zeros.
    Nearly(String),
}

impl Known {
    /// Whom a student id means.
    pub fn owner(&self, student_id: &str) -> Owner {
        if let Some(id) = self.by_student_id.get(student_id) {
            return Owner::Cadet(*id);
        }
        let key = nearly(student_id);
        let near = self.nearly.get(&key).filter(|_| !key.is_empty()).map(Vec::as_slice).unwrap_or_default();
        let same: Vec<_> = near.iter().filter(|(other, _)| identity(other) == identity(student_id)).collect();
        match (same.as_slice(), near) {
            ([(other, id)], _) => Owner::Written(*id, other.clone()),
            ([], []) => Owner::New,
            (_, [(other, _), ..]) => Owner::Nearly(other.clone()),
            (_, []) => Owner::New,
        }
    }

    /// Whom a row without a student id means: nobody yet, one cadet, or several (an error).
    pub fn of(&self, row: &CadetRow) -> Result<Option<i32>, String> {
        let username = row.username.as_deref().and_then(|name| self.by_username.get(&name.to_lowercase()));
        let email = || row.email().and_then(|email| self.by_email.get(&email.to_lowercase()));
        let name = || {
            let unnamed = row.username.is_none() && row.email().is_none();
            unnamed.then(|| self.by_name.get(&name_key(row))).flatten()
        };
        match username.or_else(email).or_else(name) {
            None => Ok(None),
            Some(Hit::One(id)) => match self.cadets.get(&id).and_then(|cadet| differs(cadet, row)) {
                Some(why) => Err(why),
                None => Ok(Some(id)),
            },
            Some(Hit::Several) => Err("fits several cadets, please add the student id".to_owned()),
        }
    }
}

/// Why a namesake is somebody else: another middle name or suffix.
fn differs(cadet: &Existing, row: &CadetRow) -> Option<String> {
    let initial = |text: &Option<String>| {
        text.iter().flat_map(|text| text.chars()).next().map(|letter| letter.to_lowercase().to_string())
    };
    let letters = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        Some(
            text.chars()
                .filter(|letter| letter.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect::<String>(),
        )
    };
    let differ = |at: usize, of: &dyn Fn(&Option<String>) -> Option<String>| {
        let (known, said) = (&cadet.fields[at], &row.fields[at]);
        let both = !known.as_deref().is_none_or(is_blank) && !said.as_deref().is_none_or(is_blank);
        both && of(known) != of(said)
    };
    let what = [(differ(MIDDLE_NAME, &initial), "middle name"), (differ(SUFFIX, &letters), "suffix")];
    let (_, what) = what.into_iter().find(|(differs, _)| *differs)?;
    Some(format!("{} has this name, but another {what}: please add the student id", cadet.student_id))
}

/// First and last name of a row as they are compared.
pub fn name_key(row: &CadetRow) -> String {
    let part = |at: usize| row.fields[at].as_deref().unwrap_or_default().trim().to_lowercase();
    format!("{}\n{}", part(FIRST_NAME), part(LAST_NAME))
}

/// Looks for everybody in the list. They stay as they are until the change ends.
pub async fn find(change: &mut Change, rows: &[CadetRow]) -> Result<Known> {
    let mut known = Known::default();
    let unnumbered: Vec<&CadetRow> = rows.iter().filter(|row| row.student_id.is_none()).collect();
    if !unnumbered.is_empty() {
        known.by_username = by_username(change, &unnumbered).await?;
        known.by_email = by_email(change, &unnumbered).await?;
        known.by_name = by_name(change, &unnumbered).await?;
    }
    let found = known.by_username.records().chain(known.by_email.records()).chain(known.by_name.records());
    let ids: Vec<i32> = found.collect();
    let student_ids: Vec<&str> = rows.iter().filter_map(|row| row.student_id.as_deref()).collect();
    let near: Vec<String> = student_ids.iter().map(|id| nearly(id)).filter(|key| !key.is_empty()).collect();
    let list = sql!(
        "SELECT cadets.id, student_id, coalesce(cadets.is_archived, FALSE) AS is_archived,
                ARRAY[rank, first_name, middle_name, last_name, suffix_name, cadets.email, contact_number, address,
                      course, year_level, school_year, battalion, company, platoon, cadet_course, semester,
                      corp_position, cadets.gender, religion, birthdate::text] AS fields,
                account.id AS user_id, account.username, account.email AS user_email
         FROM cadets LEFT JOIN LATERAL (
              SELECT id, username, email FROM users
              WHERE users.cadet_id = cadets.id AND users.is_archived IS NOT TRUE ORDER BY id LIMIT 1) AS account ON TRUE
         WHERE cadets.student_id = ANY($1) OR cadets.id = ANY($2)
            OR ltrim(regexp_replace(lower(cadets.student_id), '[-\\s\\u2010-\\u2015\\u2212]', '', 'g'), '0') = ANY($3)
         ORDER BY cadets.id FOR UPDATE OF cadets"
    );
    for cadet in change.all::<Existing>(list, &[&student_ids, &ids, &near]).await? {
        known.by_student_id.insert(cadet.student_id.clone(), cadet.id);
        let near = known.nearly.entry(nearly(&cadet.student_id)).or_default();
        near.push((cadet.student_id.clone(), cadet.id));
        known.cadets.insert(cadet.id, cadet);
    }
    Ok(known)
}

/// Also by student id: a list without one may have been imported before, and the name became the id.
async fn by_username(change: &mut Change, rows: &[&CadetRow]) -> Result<Lookup<i32>> {
    let names: Vec<&str> = rows.iter().filter_map(|row| row.username.as_deref()).collect();
    let find = sql!(
        "SELECT DISTINCT lower(wanted.name), found.id
         FROM unnest($1::text[]) AS wanted (name) CROSS JOIN LATERAL (
              SELECT users.cadet_id AS id FROM users
              WHERE lower(users.username) = lower(wanted.name) AND users.cadet_id IS NOT NULL AND users.role = 'cadet'
              UNION SELECT cadets.id FROM cadets WHERE lower(cadets.student_id) = lower(wanted.name)) AS found"
    );
    Ok(change.all::<(String, i32)>(find, &[&names]).await?.into_iter().collect())
}

async fn by_email(change: &mut Change, rows: &[&CadetRow]) -> Result<Lookup<i32>> {
    let emails: Vec<&str> = rows.iter().filter_map(|row| row.email()).collect();
    let find = sql!(
        "SELECT DISTINCT lower(wanted.email), cadets.id
         FROM unnest($1::text[]) AS wanted (email)
         JOIN cadets ON lower(cadets.email) = lower(wanted.email) OR lower(cadets.student_id) = lower(wanted.email)"
    );
    Ok(change.all::<(String, i32)>(find, &[&emails]).await?.into_iter().collect())
}

async fn by_name(change: &mut Change, rows: &[&CadetRow]) -> Result<Lookup<i32>> {
    let unnamed = rows.iter().filter(|row| row.username.is_none() && row.email().is_none());
    let names: Vec<String> = unnamed.map(|row| name_key(row)).collect();
    let find = sql!(
        "SELECT DISTINCT wanted.name, cadets.id
         FROM unnest($1::text[]) AS wanted (name)
         JOIN cadets ON normalize(lower(trim(first_name)) || E'\\n' || lower(trim(last_name))) = wanted.name
         WHERE cadets.is_archived IS NOT TRUE"
    );
    Ok(change.all::<(String, i32)>(find, &[&names]).await?.into_iter().collect())
}
