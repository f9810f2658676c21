//! Which record a text of a list means.

use std::{collections::HashMap, fmt::Debug};

/// Records by the texts that name them. What names several names none.
#[derive(Clone, Debug)]
pub struct Lookup<K> {
    found: HashMap<String, Hit<K>>,
}

/// What a text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit<K> {
    /// This record.
    One(K),
    /// Several: it is not known which.
    Several,
}

impl<K> Default for Lookup<K> {
    fn default() -> Self {
        Self { found: HashMap::new() }
    }
}

impl<K: Copy + PartialEq> Lookup<K> {
    /// Notes whom a text means; an empty one means nobody.
    pub fn add(&mut self, text: String, record: K) {
        if !text.is_empty() {
            let known = self.found.entry(text).or_insert(Hit::One(record));
            if *known != Hit::One(record) {
                *known = Hit::Several;
            }
        }
    }

    /// What a text means, if anything.
    pub fn get(&self, text: &str) -> Option<Hit<K>> {
        self.found.get(text).copied()
    }

    /// Every record that some text means for certain.
    pub fn records(&self) -> impl Iterator<Item = K> {
        self.found.values().filter_map(|hit| match hit {
            Hit::One(record) => Some(*record),
            Hit::Several => None,
        })
    }
}

impl<K: Copy + PartialEq> FromIterator<(String, K)> for Lookup<K> {
    fn from_iter<I: IntoIterator<Item = (String, K)>>(pairs: I) -> Self {
        let mut lookup = Self::default();
        pairs.into_iter().for_each(|(text, record)| lookup.add(text, record));
        lookup
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_two_records_means_neither() {
        let pairs = [("a", 1), ("b", 1), ("a", 1), ("b", 2), ("", 3)];
        let lookup: Lookup<i32> = pairs.map(|(text, id)| (text.to_owned(), id)).into_iter().collect();
        assert_eq!(
            ["a", "b", "", "c"].map(|text| lookup.get(text)),
            [Some(Hit::One(1)), Some(Hit::Several), None, None]
        );
        assert_eq!(lookup.records().collect::<Vec<_>>(), [1]);
    }
}
