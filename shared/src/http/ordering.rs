//! In which order a client wants a list: `?ordering=name,-created_at`.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer};

use crate::{Result, error::invalid_field};

/// The names that a list may be ordered by: a closed list, because each has a place in the list's SQL.
///
/// A statement takes the keys as parameters, most important first, and has a `CASE` for each:
/// `ORDER BY CASE $1 WHEN 'name' THEN name END, CASE $1 WHEN '-name' THEN name END DESC, id`.
pub trait Sortable {
    /// The names as clients write them, without the sign.
    const NAMES: &'static [&'static str];

    /// The key of a list that nobody ordered: `-created_at`.
    const DEFAULT: &'static str;
}

/// The keys a client orders a list by, most important first: `name`, `-created_at`.
#[derive(Debug)]
pub struct Ordering<C> {
    keys: Vec<String>,
    unknown: Vec<String>,
    list: PhantomData<C>,
}

impl<C: Sortable> Ordering<C> {
    /// Reads a comma-separated list; a name that comes twice counts once.
    pub fn parse(text: &str) -> Self {
        let mut ordering = Self::default();
        for key in text.split(',').map(str::trim).filter(|key| !key.is_empty()) {
            let name = key.strip_prefix('-').unwrap_or(key);
            let same = |known: &String| known.trim_start_matches('-') == name;
            if !C::NAMES.contains(&name) {
                ordering.unknown.push(name.to_owned());
            } else if !ordering.keys.iter().any(same) {
                ordering.keys.push(key.to_owned());
            }
        }
        ordering
    }

    /// The first `N` keys for the parameters of a statement; empty texts where the client gave fewer, the default where none.
    pub fn keys<const N: usize>(&self) -> [&str; N] {
        let mut keys = [""; N];
        if self.keys.is_empty() {
            keys.iter_mut().take(1).for_each(|key| *key = C::DEFAULT);
        }
        keys.iter_mut().zip(&self.keys).for_each(|(slot, key)| *slot = key);
        keys
    }

    /// Fails with 400 when a name is not one of the list; without it unknown names are passed over.
    pub fn strict(self, field: &str) -> Result<Self> {
        if self.unknown.is_empty() {
            return Ok(self);
        }
        Err(invalid_field(field, format!("{field} must be one of: {}", C::NAMES.join(", "))))
    }
}

impl<C> Default for Ordering<C> {
    fn default() -> Self {
        Self { keys: Vec::new(), unknown: Vec::new(), list: PhantomData }
    }
}

impl<'de, C: Sortable> Deserialize<'de> for Ordering<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::parse(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Courses;

    impl Sortable for Courses {
        const NAMES: &'static [&'static str] = &["name", "price", "created_at"];
        const DEFAULT: &'static str = "-created_at";
    }

    #[test]
    fn known_names_are_keys_and_unknown_ones_are_passed_over_or_refused() {
        let parsed = Ordering::<Courses>::parse("-price, secret,name,price");
        assert_eq!(parsed.keys(), ["-price", "name", ""]);
        assert_eq!(Ordering::<Courses>::parse("secret").keys(), ["-created_at"]);
        assert_eq!(
            parsed.strict("ordering").map_err(|error| error.message().to_owned()).err().as_deref(),
            Some("ordering must be one of: name, price, created_at")
        );
        assert!(Ordering::<Courses>::parse("name").strict("sortBy").is_ok());
    }
}
