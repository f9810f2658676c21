//! Parameters that choose the rows of a list, with the messages of django-filter.

use axum::extract::FromRequestParts;
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use http::{Uri, request::Parts};
use uuid::Uuid;

use super::{fields::settle, query::called};
use crate::{
    Error, Result,
    error::FieldError,
    http::{Ordering, Sortable},
};

/// The parameters of a list, read one by one; what is wrong with them is told together. Empty ones count as absent, and of a
/// name that comes twice the last.
#[derive(Debug, Default)]
pub struct Filters {
    query: Vec<(String, String)>,
    errors: Vec<FieldError>,
}

impl Filters {
    fn of(called: &Uri) -> Self {
        let query = url::form_urlencoded::parse(called.query().unwrap_or_default().as_bytes());
        Self { query: query.into_owned().collect(), errors: Vec::new() }
    }

    /// A text that is compared as it is.
    pub fn text(&self, name: &str) -> Option<String> {
        let mut named = self.query.iter().filter(|(known, _)| known == name);
        named.next_back().map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    /// One of these words.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text(name)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        let message = format!("Select a valid choice. {text} is not one of the available choices.");
        found.or_else(|| self.wrong(name, message))
    }

    /// The key of another record.
    pub fn uuid(&mut self, name: &str) -> Option<Uuid> {
        let text = self.text(name)?;
        text.parse().ok().or_else(|| self.wrong(name, format!("“{text}” is not a valid UUID.")))
    }

    /// Rejects the key of a record that is not there.
    pub fn unknown(&mut self, name: &str) {
        self.reject(name, "Select a valid choice. That choice is not one of the available choices.");
    }

    /// A whole number.
    pub fn integer(&mut self, name: &str) -> Option<i32> {
        let text = self.text(name)?;
        text.parse().ok().or_else(|| self.wrong(name, "Enter a number."))
    }

    /// `true` or `false`, in either case; anything else is passed over.
    pub fn boolean(&self, name: &str) -> Option<bool> {
        self.text(name).and_then(|text| text.to_lowercase().parse().ok())
    }

    /// A day.
    pub fn date(&mut self, name: &str) -> Option<NaiveDate> {
        let text = self.text(name)?;
        text.parse().ok().filter(in_range).or_else(|| self.wrong(name, "Enter a valid date."))
    }

    /// A moment; without an offset it is one of the time zone `zone`, and a day is its beginning.
    pub fn moment(&mut self, name: &str, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
        let text = self.text(name)?;
        moment(&text, zone).or_else(|| self.wrong(name, "Enter a valid date/time."))
    }

    /// `search` as patterns for `ILIKE`, each of which must be found.
    pub fn search(&self) -> Vec<String> {
        let text = self.text("search").unwrap_or_default().replace('\0', "");
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
        words.map(like).collect()
    }

    /// `ordering`; names that the list does not have are passed over.
    pub fn ordering<C: Sortable>(&self) -> Ordering<C> {
        Ordering::parse(&self.text("ordering").unwrap_or_default())
    }

    /// Adds a message to a parameter.
    pub fn reject(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: name.to_owned(), message: message.into() });
    }

    /// Fails with 400 and all messages when a parameter is wrong.
    pub fn finish(self) -> Result<()> {
        settle(self.errors)
    }

    fn wrong<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.reject(name, message);
        None
    }
}

/// A pattern that finds `word` anywhere.
fn like(word: &str) -> String {
    let escaped = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

pub(super) fn moment(text: &str, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
    // A plus sign that was not encoded arrives as a space.
    let text = text.replace(' ', if text.contains('T') { "+" } else { "T" });
    if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
        return Some(at.to_utc()).filter(|at| in_range(&at.date_naive()));
    }
    let local = NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M"))
        .or_else(|_| text.parse::<NaiveDate>().map(|day| day.and_time(NaiveTime::MIN)));
    let at = local.ok()?.and_local_timezone(zone.clone()).earliest()?.to_utc();
    Some(at).filter(|at| in_range(&at.date_naive()))
}

/// The years that Python knows; others are no dates to clients, and some not to the database.
pub(super) fn in_range(day: &NaiveDate) -> bool {
    (1..=9999).contains(&day.year())
}

impl<S: Send + Sync> FromRequestParts<S> for Filters {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self::of(called(parts)))
    }
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;

    fn filters(query: &str) -> Filters {
        Filters::of(&format!("/api/items/?{query}").parse().expect("an address"))
    }

    #[test]
    fn wrong_parameters_are_told_together_in_the_words_of_the_framework() {
        let mut filters = filters("kind=x&owner=y&year=z&start=now&on=maybe");
        filters.choice("kind", &[("a", 1)]);
        filters.uuid("owner");
        filters.integer("year");
        filters.moment("start", &Utc);
        assert_eq!(filters.boolean("on"), None);
        let problem = filters.finish().expect_err("rejected").into_problem();
        let told: Vec<_> = problem.fields.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(
            told,
            [
                "Select a valid choice. x is not one of the available choices.",
                "“y” is not a valid UUID.",
                "Enter a number.",
                "Enter a valid date/time.",
            ]
        );
    }

    #[test]
    fn empty_parameters_are_absent_and_of_two_the_last_counts() {
        let mut filters = filters("kind=&kind=b&year=");
        assert_eq!(filters.choice("kind", &[("a", 1), ("b", 2)]), Some(2));
        assert_eq!(filters.integer("year"), None);
        assert!(filters.finish().is_ok());
    }

    #[test]
    fn searched_words_are_plain_text_in_any_order() {
        assert_eq!(filters("search=50%25+a_b%2Cc").search(), ["%50\\%%", "%a\\_b%", "%c%"]);
        assert!(filters("search=+").search().is_empty());
    }

    #[test]
    fn moments_without_offset_are_of_the_zone() {
        let nairobi = FixedOffset::east_opt(3 * 3600).expect("an offset");
        let at = |text: &str| moment(text, &nairobi).map(|at| at.to_rfc3339());
        for text in
            ["2025-11-01T03:00:00", "2025-11-01 03:00", "2025-11-01T00:00:00Z", "2025-11-01T03:00:00 03:00"]
        {
            assert_eq!(at(text).as_deref(), Some("2025-11-01T00:00:00+00:00"), "{text}");
        }
        assert_eq!(at("2025-11-01").as_deref(), Some("2025-10-31T21:00:00+00:00"));
        for text in ["yesterday", "-4713-01-01", "+99999-01-01", "0000-01-01"] {
            assert_eq!(at(text), None, "{text}");
        }
    }
}
