//! Which cadet a row of scores or points means.

use documents::read::Row;
use shared::{
    Result,
    db::Change,
    imports::{
        Columns, Field, Requirement,
        lookup::{Hit, Lookup},
        values::{identity, name_parts},
    },
    sql,
};

/// How tables name their cadets.
pub static PERSON: [Field; 6] = [
    Field::new(
        "student_id",
        &["student_id", "sid", "student number", "student no", "ID Number", "ID No", "USN"],
    )
    .identifier()
    .or_last(&["id"]),
    Field::new("email", &["email", "email address"]),
    Field::new("username", &["username", "user name"]),
    Field::new("first_name", &["first_name", "firstname", "fname", "Given Name"]).words(),
    Field::new("last_name", &["last_name", "lastname", "lname", "Surname", "Family Name"]).words(),
    Field::new(
        "name",
        &["name", "Full Name", "Student Name", "Cadet Name", "Name of Cadet", "Name of Student"],
    )
    .words(),
];

/// What names a cadet in such a table.
pub const WHO: Requirement = Requirement {
    says: "which cadet is meant",
    fields: &["student_id", "name", "last_name", "email", "username"],
};

/// How a row names a cadet; what it does not say is empty.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Student id.
    pub student_id: String,
    /// Mail address.
    pub email: String,
    /// Name of the account.
    pub username: String,
    /// First name.
    pub first: String,
    /// Last name.
    pub last: String,
}

impl Person {
    /// What a row says.
    pub fn of(row: &Row, columns: &Columns<6>) -> Self {
        let [student_id, email, username, mut first, mut last, name] = columns.texts(row);
        if first.is_empty() && last.is_empty() {
            let parts = name_parts(&name);
            (first, last) = (parts.first, parts.last.unwrap_or_default());
        }
        Self { student_id, email, username, first, last }
    }

    /// Whether anything names them.
    pub fn is_named(&self) -> bool {
        [&self.student_id, &self.email, &self.username].iter().any(|text| !text.is_empty())
            || !(self.first.is_empty() || self.last.is_empty())
    }

    /// How they are named in reports.
    pub fn who(&self) -> String {
        let known = [&self.student_id, &self.email, &self.username].into_iter().find(|text| !text.is_empty());
        known.map_or_else(|| format!("{} {}", self.first, self.last).trim().to_owned(), Clone::clone)
    }

    /// What is wrong with a row, with whom it is about.
    pub fn blamed(&self, why: &str) -> String {
        let who = self.who();
        if who.is_empty() { why.to_owned() } else { format!("{who}: {why}") }
    }

    fn name(&self) -> String {
        format!("{}\n{}", self.first.to_lowercase(), self.last.to_lowercase())
    }
}

/// The cadets that are meant, found in four statements.
#[derive(Debug, Default)]
pub struct Found {
    by_student_id: Lookup<i32>,
    by_email: Lookup<i32>,
    by_username: Lookup<i32>,
    by_name: Lookup<i32>,
}

impl Found {
    /// Looks for everybody who is not archived.
    pub async fn all(change: &mut Change, people: &[Person]) -> Result<Self> {
        let by_student_id = sql!(
            "SELECT wanted, id
             FROM (SELECT regexp_replace(lower(student_id), '[-\\s\\u2010-\\u2015\\u2212]', '', 'g') AS wanted, id
                   FROM cadets WHERE is_archived IS NOT TRUE) AS cadets
             WHERE wanted = ANY($1)"
        );
        let by_email = sql!(
            "SELECT lower(cadets.email), cadets.id FROM cadets
             WHERE lower(cadets.email) = ANY($1) AND cadets.is_archived IS NOT TRUE
             UNION
             SELECT lower(users.email), cadets.id FROM users JOIN cadets ON cadets.id = users.cadet_id
             WHERE lower(users.email) = ANY($1) AND cadets.is_archived IS NOT TRUE AND users.is_archived IS NOT TRUE"
        );
        let by_username = sql!(
            "SELECT lower(users.username), cadets.id FROM users JOIN cadets ON cadets.id = users.cadet_id
             WHERE lower(users.username) = ANY($1) AND cadets.is_archived IS NOT TRUE"
        );
        let by_name = sql!(
            "SELECT DISTINCT wanted, cadets.id FROM unnest($1::text[]) AS wanted
             JOIN cadets ON normalize(lower(trim(first_name)) || E'\\n' || lower(trim(last_name))) = wanted
             WHERE cadets.is_archived IS NOT TRUE"
        );
        let keys = |of: fn(&Person) -> String| -> Vec<String> {
            people.iter().map(of).filter(|key| !key.is_empty()).collect()
        };
        let mut found = Self::default();
        for (lookup, find, keys) in [
            (&mut found.by_student_id, by_student_id, keys(|person| identity(&person.student_id))),
            (&mut found.by_email, by_email, keys(|person| person.email.to_lowercase())),
            (&mut found.by_username, by_username, keys(|person| person.username.to_lowercase())),
            (&mut found.by_name, by_name, keys(Person::name)),
        ] {
            *lookup = change.all::<(String, i32)>(find, &[&keys]).await?.into_iter().collect();
        }
        Ok(found)
    }

    /// The cadet of a row, or why there is none. A name alone must be exact, and counts only where nothing else is said.
    pub fn named(&self, person: &Person) -> Result<i32, String> {
        if !person.is_named() {
            return Err("it does not say which cadet is meant".to_owned());
        }
        let ids = [
            (&self.by_student_id, identity(&person.student_id)),
            (&self.by_username, person.username.to_lowercase()),
            (&self.by_email, person.email.to_lowercase()),
        ];
        let said = ids.iter().any(|(_, key)| !key.is_empty());
        let found = match said {
            true => ids.iter().find_map(|(lookup, key)| lookup.get(key)),
            false => self.by_name.get(&person.name()),
        };
        match found {
            Some(Hit::One(id)) => Ok(id),
            Some(Hit::Several) => Err(format!("{}: fits several cadets", person.who())),
            None => Err(format!("{}: no such cadet", person.who())),
        }
    }
}
