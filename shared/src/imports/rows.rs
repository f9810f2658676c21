//! Reading and counting the rows of a list in which each row is one record with a key of its own.

use std::collections::{HashMap, HashSet};

use super::{Columns, Contents, Effect, Field, Report, merge::Gathered, source::tables};

/// The records of a list, whose rows are still to be counted ([`Report::settle`]).
#[must_use]
pub struct Pending<T> {
    records: Gathered<String, (String, T)>,
    rows: Vec<(usize, String)>,
}

impl<T> Pending<T> {
    /// The records with their keys, each once, in the order of the list.
    pub fn records(&self) -> impl Iterator<Item = &(String, T)> {
        self.records.iter()
    }
}

impl<K> Report<K> {
    /// Reads every row of the tables: `parse` gives the key of a record and the record, or what is wrong with the row, as a
    /// part of a sentence. A wrong row fails. Of several rows of one record the last counts.
    pub fn read<'a, T, const N: usize>(
        &mut self,
        contents: &'a [Contents],
        fields: &'static [Field; N],
        parse: impl Fn([Option<&'a str>; N]) -> Result<(String, T), String>,
    ) -> Pending<T> {
        let mut pending = Pending { records: Gathered::default(), rows: Vec::new() };
        for table in tables(contents) {
            let columns = Columns::find(table, fields);
            for row in &table.rows {
                let values = columns.values(row);
                let who = values.iter().flatten().next().copied().unwrap_or_default();
                match row.problem.clone().map_or_else(|| parse(values), Err) {
                    Ok((key, record)) => {
                        pending.rows.push((row.number, key.clone()));
                        pending.records.put(key.clone(), (key, record));
                    }
                    Err(why) => self.fail(row.number, who, format!("Row {}: {why}.", row.number)),
                }
            }
        }
        pending
    }

    /// Counts the rows after a statement has written their records, `(key, id, is new)`: a record that it has not written
    /// says what was there, and so does a further row of one that it has.
    pub fn settle<T>(&mut self, pending: Pending<T>, written: Vec<(String, K, bool)>) {
        self.settle_but(pending, written, &HashMap::new());
    }

    /// The same where some records were refused, by what the database knows of them: `refused` says by their keys why, as a
    /// part of a sentence, and all of their rows fail.
    pub fn settle_but<T>(
        &mut self,
        pending: Pending<T>,
        written: Vec<(String, K, bool)>,
        refused: &HashMap<String, String>,
    ) {
        let mut effects = HashMap::new();
        for (key, id, is_new) in written {
            let (effect, ids) = match is_new {
                true => (Effect::Created, &mut self.created_ids),
                false => (Effect::Updated, &mut self.updated_ids),
            };
            ids.push(id);
            effects.insert(key, effect);
        }
        let mut seen = HashSet::new();
        for (row, key) in pending.rows {
            if let Some(why) = refused.get(&key) {
                self.fail(row, &key, format!("Row {row}: {why}."));
                continue;
            }
            match (effects.remove(&key), seen.insert(key.clone())) {
                (Some(effect), _) => self.count(row, &key, effect, Vec::new()),
                (None, true) => self.count(row, &key, Effect::Unchanged, Vec::new()),
                (None, false) => self.repeat(row, &key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use documents::read::read_csv;

    use super::*;

    static FIELDS: [Field; 2] = [Field::new("code", &["Code"]), Field::new("label", &["Label"])];

    #[test]
    fn each_row_is_counted_once_whatever_becomes_of_its_record() {
        let table = read_csv(b"Code,Label\na,1\nb,2\na,3\n,4\nc,5\n").unwrap();
        let contents = [Contents::Tables(vec![table])];
        let mut report = Report::<i32>::default();
        let pending = report.read(&contents, &FIELDS, |[code, label]| {
            Ok((code.ok_or("the code is missing")?.to_owned(), label.map(str::to_owned)))
        });
        let last: Vec<_> =
            pending.records().map(|(code, label)| format!("{code}{}", label.as_deref().unwrap())).collect();
        assert_eq!(last, ["a3", "b2", "c5"]);

        report.settle(pending, vec![("a".to_owned(), 1, true), ("b".to_owned(), 2, false)]);
        report.close(&contents).unwrap();
        let Report { total, created, updated, unchanged, failed, uncounted, .. } = &report;
        assert_eq!((*total, *created, *updated, *unchanged, *failed, uncounted.len()), (5, 1, 1, 2, 1, 0));
        assert_eq!(report.shown(), ["Row 5: the code is missing."]);
    }
}
