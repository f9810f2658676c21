//! Which cadet a row of scores or points means.

use std::collections::HashMap;

use documents::read::{Row, Table};
use shared::{Result, db::Change, sql};

use super::columns::{Aliases, Column, grouped};

const STUDENT_ID: Aliases = &["student_id", "sid", "id", "student number", "student no"];
const EMAIL: Aliases = &["email", "email address"];
const USERNAME: Aliases = &["username", "user name"];
const FIRST_NAME: Aliases = &["first_name", "firstname", "fname"];
const LAST_NAME: Aliases = &["last_name", "lastname", "lname"];

/// Where a table names its cadets.
pub struct PersonColumns {
    student_id: Column,
    email: Column,
    username: Column,
    first: Column,
    last: Column,
}

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

impl PersonColumns {
    /// Looks for them.
    pub fn find(table: &Table) -> Self {
        let column = |aliases| Column::find(table, aliases);
        Self {
            student_id: column(STUDENT_ID),
            email: column(EMAIL),
            username: column(USERNAME),
            first: column(FIRST_NAME),
            last: column(LAST_NAME),
        }
    }

    /// What a row says.
    pub fn of(&self, row: &Row) -> Person {
        let text = |column: &Column| column.of(row).unwrap_or_default().to_owned();
        Person {
            student_id: text(&self.student_id),
            email: text(&self.email),
            username: text(&self.username),
            first: self.first.word(row).unwrap_or_default().to_owned(),
            last: self.last.word(row).unwrap_or_default().to_owned(),
        }
    }
}

impl Person {
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

    fn name(&self) -> String {
        format!("{}\n{}", self.first.to_lowercase(), self.last.to_lowercase())
    }
}

/// The cadets that are meant, found in four statements.
#[derive(Debug, Default)]
pub struct Found {
    by_student_id: HashMap<String, Vec<i32>>,
    by_email: HashMap<String, Vec<i32>>,
    by_username: HashMap<String, Vec<i32>>,
    by_name: HashMap<String, Vec<i32>>,
}

impl Found {
    /// Looks for everybody who is not archived.
    pub async fn all(change: &mut Change, people: &[&Person]) -> Result<Self> {
        let keys = |of: fn(&Person) -> String| -> Vec<String> {
            people.iter().map(|person| of(person)).filter(|key| !key.is_empty()).collect()
        };
        let by_student_id = sql!(
            "SELECT lower(student_id), id FROM cadets WHERE lower(student_id) = ANY($1) AND is_archived IS NOT TRUE"
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
             JOIN cadets ON lower(trim(first_name)) || E'\\n' || lower(trim(last_name)) = wanted
             WHERE cadets.is_archived IS NOT TRUE"
        );
        let lower = |of: fn(&Person) -> &String| -> Vec<String> {
            people.iter().map(|person| of(person).to_lowercase()).filter(|key| !key.is_empty()).collect()
        };
        Ok(Self {
            by_student_id: grouped(change.all(by_student_id, &[&lower(|person| &person.student_id)]).await?),
            by_email: grouped(change.all(by_email, &[&lower(|person| &person.email)]).await?),
            by_username: grouped(change.all(by_username, &[&lower(|person| &person.username)]).await?),
            by_name: grouped(change.all(by_name, &[&keys(Person::name)]).await?),
        })
    }

    /// The cadet, or why there is none. A name alone must be exact, and counts only where nothing else is said.
    pub fn of(&self, person: &Person) -> Result<i32, &'static str> {
        let ids = [
            (&self.by_student_id, person.student_id.to_lowercase()),
            (&self.by_username, person.username.to_lowercase()),
            (&self.by_email, person.email.to_lowercase()),
        ];
        let said = ids.iter().any(|(_, key)| !key.is_empty());
        let mut found = ids.iter().find_map(|(map, key)| map.get(key));
        if !said {
            found = self.by_name.get(&person.name());
        }
        match found.map(Vec::as_slice) {
            Some([one]) => Ok(*one),
            Some([_, _, ..]) => Err("fits several cadets"),
            _ => Err("no such cadet"),
        }
    }
}
