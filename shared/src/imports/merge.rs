//! What a list makes of records: rows of the same record are put together, and with what is known already.

use std::{collections::HashMap, hash::Hash};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Field;
use crate::http::lenient::is_blank;

/// What happens to records that are there already. No strategy blanks a value: empty cells say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// They take over what the file says.
    #[default]
    #[serde(alias = "overwrite", alias = "merge")]
    Update,
    /// They take over only what they do not have yet.
    Fill,
    /// They stay as they are.
    #[serde(alias = "skip-duplicates")]
    Skip,
    /// Their rows are wrong.
    Error,
}

/// Takes over what a row says of a record, and tells which fields that changes. What it does not say stays; a list that
/// only fills changes no value.
pub fn take_over(
    known: &mut [Option<String>],
    said: &[Option<String>],
    fields: &[Field],
    strategy: Strategy,
) -> Vec<String> {
    let mut changed = Vec::new();
    for ((known, said), field) in known.iter_mut().zip(said).zip(fields) {
        let Some(said) = said else { continue };
        let blank = known.as_deref().is_none_or(is_blank);
        if known.as_ref() != Some(said) && (blank || strategy != Strategy::Fill) {
            *known = Some(said.clone());
            changed.push(field.name.to_owned());
        }
    }
    changed
}

/// Values under the names of their fields, for `jsonb_to_recordset`.
pub fn record(fields: &[Field], values: &[Option<String>]) -> Map<String, Value> {
    fields.iter().zip(values).map(|(field, value)| (field.name.to_owned(), value.clone().into())).collect()
}

/// Records by key, in the order in which a list first names them.
#[derive(Clone, Debug)]
pub struct Gathered<K, T> {
    indexes: HashMap<K, usize>,
    records: Vec<T>,
}

impl<K, T> Default for Gathered<K, T> {
    fn default() -> Self {
        Self { indexes: HashMap::new(), records: Vec::new() }
    }
}

impl<K: Hash + Eq, T> Gathered<K, T> {
    /// The record of a key, if the list has named it before.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut T> {
        self.indexes.get(key).and_then(|index| self.records.get_mut(*index))
    }

    /// The record of a key, made when the list names it for the first time; and whether it was.
    pub fn entry(&mut self, key: K, make: impl FnOnce() -> T) -> (&mut T, bool) {
        let next = self.records.len();
        let index = *self.indexes.entry(key).or_insert(next);
        if index == next {
            self.records.push(make());
        }
        (&mut self.records[index], index == next)
    }

    /// Replaces the record of a key, in its place.
    pub fn put(&mut self, key: K, record: T) {
        match self.get_mut(&key) {
            Some(known) => *known = record,
            None => drop(self.entry(key, || record)),
        }
    }

    /// The records.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.records.iter()
    }

    /// The same, for good.
    pub fn into_records(self) -> Vec<T> {
        self.records
    }
}
