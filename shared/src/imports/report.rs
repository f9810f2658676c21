//! What came of an import, row by row counted.

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Contents,
    accounting::{numbers, without},
    columns::ColumnUse,
    tidy::LeftOut,
};
use crate::{Result, error::internal};

/// Errors that stand in a response; the report has more.
const SHOWN: usize = 10;

/// Rows a preview tells about.
const PREVIEWED: usize = 500;

/// Errors that a report keeps, and as many warnings; the others are only counted.
const KEPT: usize = 1_000;

/// Characters of a finding at most: a cell that it quotes may be as long as a page.
const LONGEST: usize = 1_000;

/// Characters of whom a row is about at most.
const LONGEST_WHO: usize = 200;

/// Names that a sentence lists.
const LISTED: usize = 20;

/// A row that was not imported, or not as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Finding {
    /// The row in the file, as a spreadsheet numbers it.
    pub row: usize,
    /// One sentence.
    pub message: String,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Something new.
    Created,
    /// Something that changes.
    Updated,
    /// What is there says the same already.
    Unchanged,
    /// What is there stays, as it was asked for, or nobody fits.
    Skipped,
    /// The row is wrong.
    Failed,
}

/// A row of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewedRow {
    /// The row in the file.
    pub row: usize,
    /// Whom it is about.
    pub who: String,
    /// What would become of it.
    pub effect: Effect,
    /// The fields that would change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// What came of an import. `K` is the id of its records.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report<K> {
    /// Rows that say something of a record: the sum of the five below.
    pub total: usize,
    /// New records.
    pub created: usize,
    /// Records that have changed.
    pub updated: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
    /// Rows that were left out as they should be.
    pub skipped: usize,
    /// Rows that are wrong.
    pub failed: usize,
    /// Rows about somebody of whom an earlier row was; each is counted above, most of them as unchanged.
    #[serde(default)]
    pub repeated: usize,
    /// What is wrong with each of those, the first 1,000.
    pub errors: Vec<Finding>,
    /// What was not taken over of others, the first 1,000.
    pub warnings: Vec<Finding>,
    /// Errors beyond those.
    #[serde(default)]
    pub more_errors: usize,
    /// Warnings beyond those.
    #[serde(default)]
    pub more_warnings: usize,
    /// Ids of the new records.
    #[serde(default = "Vec::new")]
    pub created_ids: Vec<K>,
    /// Ids of those that have changed.
    #[serde(default = "Vec::new")]
    pub updated_ids: Vec<K>,
    /// How the columns were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnUse>,
    /// What is to be said of the file as a whole, such as columns that were not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Lines that say nothing of any record and are not counted, the first 1,000.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<usize>,
    /// The first rows, for a preview.
    #[serde(skip)]
    pub rows: Vec<PreviewedRow>,
    /// Why nothing was imported at all, where that turned out in the background.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// The numbers of the rows that were counted.
    #[serde(skip)]
    pub(super) counted: Vec<usize>,
}

impl<K> Default for Report<K> {
    fn default() -> Self {
        Self {
            total: 0,
            created: 0,
            updated: 0,
            unchanged: 0,
            skipped: 0,
            failed: 0,
            repeated: 0,
            errors: Vec::new(),
            warnings: Vec::new(),
            more_errors: 0,
            more_warnings: 0,
            created_ids: Vec::new(),
            updated_ids: Vec::new(),
            columns: Vec::new(),
            notes: Vec::new(),
            uncounted: Vec::new(),
            rows: Vec::new(),
            refused: None,
            counted: Vec::new(),
        }
    }
}

impl<K> Report<K> {
    /// Counts a row.
    pub fn count(&mut self, row: usize, who: &str, effect: Effect, fields: Vec<String>) {
        self.total += 1;
        self.counted.push(row);
        match effect {
            Effect::Created => self.created += 1,
            Effect::Updated => self.updated += 1,
            Effect::Unchanged => self.unchanged += 1,
            Effect::Skipped => self.skipped += 1,
            Effect::Failed => self.failed += 1,
        }
        if self.rows.len() < PREVIEWED {
            self.rows.push(PreviewedRow { row, who: shortened(who, LONGEST_WHO), effect, fields });
        }
    }

    /// Counts a row that is wrong.
    pub fn fail(&mut self, row: usize, who: &str, message: impl AsRef<str>) {
        self.count(row, who, Effect::Failed, Vec::new());
        keep(&mut self.errors, &mut self.more_errors, row, message.as_ref());
    }

    /// Notes what was not taken over of a row.
    pub fn warn(&mut self, row: usize, message: impl AsRef<str>) {
        keep(&mut self.warnings, &mut self.more_warnings, row, message.as_ref());
    }

    /// Counts a row about somebody of whom an earlier row was, and which nothing was left to be done for.
    pub fn repeat(&mut self, row: usize, who: &str) {
        self.repeated += 1;
        self.count(row, who, Effect::Unchanged, Vec::new());
    }

    /// Counts rows that are no records.
    pub(super) fn leave_out(&mut self, rows: Vec<LeftOut>) {
        for LeftOut { row, who, why } in rows {
            self.count(row, &who, Effect::Skipped, Vec::new());
            self.warn(row, format!("Row {row} was left out, {why}: {who}"));
        }
        self.rows.sort_by_key(|row| row.row);
        self.warnings.sort_by_key(|warning| warning.row);
    }

    /// Checks that no row was counted twice, and counts those as left out that were not counted: a row cannot get lost
    /// unseen. Lines are only listed.
    pub(super) fn close(&mut self, contents: &[Contents]) -> Result<()> {
        self.errors.sort_by_key(|error| error.row);
        let mut counted = std::mem::take(&mut self.counted);
        counted.sort_unstable();
        let (mut rows, lines) = numbers(contents);
        let lost = without(&mut rows, &counted);
        let mut lines = lines;
        if !without(&mut lines, &lost).is_empty() {
            return Err(internal("an import has counted a row that is not in the file, or twice"));
        }
        if !rows.is_empty() {
            let numbers: Vec<String> = rows.iter().map(usize::to_string).collect();
            self.notes.push(format!(
                "These rows were left out, no record was found in them: {}.",
                listed(&numbers)
            ));
        }
        rows.into_iter().for_each(|row| self.count(row, "", Effect::Skipped, Vec::new()));
        self.counted.clear();
        self.rows.sort_by_key(|row| row.row);
        lines.truncate(KEPT);
        self.uncounted = lines;
        Ok(())
    }

    /// Rows that were taken over.
    pub fn taken(&self) -> usize {
        self.created + self.updated + self.unchanged
    }

    /// Whom those are about: several rows about one person count once.
    pub fn people(&self) -> usize {
        self.taken().saturating_sub(self.repeated)
    }

    /// How many rows became what.
    pub fn counts(&self) -> Counts {
        let Self { total: rows, created: new, updated: changed, unchanged, skipped, failed, .. } = *self;
        Counts { rows, new, changed, unchanged, skipped, failed }
    }

    /// The first errors.
    pub fn shown(&self) -> Vec<String> {
        first(&self.errors)
    }

    /// What is to be said of the whole file, and the first warnings.
    pub fn shown_warnings(&self) -> Vec<String> {
        [self.notes.clone(), first(&self.warnings)].concat()
    }

    /// The first errors, and the first warnings where there are fewer errors.
    pub fn shown_with_warnings(&self) -> Vec<String> {
        first(self.errors.iter().chain(&self.warnings))
    }

    /// Whether somebody may want to read the whole report.
    pub fn has_findings(&self) -> bool {
        !self.errors.is_empty() || !self.warnings.is_empty() || !self.notes.is_empty()
    }
}

fn first<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<String> {
    findings.into_iter().take(SHOWN).map(|finding| finding.message.clone()).collect()
}

fn keep(findings: &mut Vec<Finding>, more: &mut usize, row: usize, message: &str) {
    match findings.len() < KEPT {
        true => findings.push(Finding { row, message: shortened(message, LONGEST) }),
        false => *more += 1,
    }
}

/// The first characters of a text.
pub fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// `a, b and c`; of many the first 20 and how many more there are.
pub fn listed(names: &[String]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().take(LISTED).enumerate() {
        let between = match index {
            0 => "",
            _ if index + 1 == names.len() => " and ",
            _ => ", ",
        };
        text.push_str(between);
        text.push_str(name);
    }
    if let Some(more) = names.len().checked_sub(LISTED).filter(|more| *more > 0) {
        // Writing into a string cannot fail.
        let _ = write!(text, " and {more} more");
    }
    text
}

/// How many rows of a list became what: `rows` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Rows of the file.
    pub rows: usize,
    /// New records.
    pub new: usize,
    /// Changed records.
    pub changed: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
    /// Rows that were left out; the warnings say why.
    pub skipped: usize,
    /// Rows that are wrong; the errors say why.
    pub failed: usize,
}

/// What an import would do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Preview {
    /// Rows that hold something.
    pub total: usize,
    /// New records.
    pub created: usize,
    /// Records that would change.
    pub updated: usize,
    /// Rows that say what is there already.
    pub unchanged: usize,
    /// Rows that would be left out.
    pub skipped: usize,
    /// Rows that are wrong.
    pub failed: usize,
    /// The first 500 rows.
    pub rows: Vec<PreviewedRow>,
    /// The first 1,000 errors.
    pub errors: Vec<Finding>,
    /// The first 1,000 warnings: what would not be taken over.
    pub warnings: Vec<Finding>,
    /// How the columns were read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnUse>,
    /// What is to be said of the file as a whole, such as columns that were not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl<K: Clone> From<&Report<K>> for Preview {
    fn from(report: &Report<K>) -> Self {
        let Report { total, created, updated, unchanged, skipped, failed, .. } = *report;
        let Report { errors, warnings, rows, columns, notes, .. } = report.clone();
        Self { total, created, updated, unchanged, skipped, failed, rows, errors, warnings, columns, notes }
    }
}

#[cfg(test)]
mod tests {
    use documents::read::{Row, Table};

    use super::*;

    fn file(numbers: &[usize]) -> [Contents; 2] {
        let rows = numbers.iter().map(|number| Row { number: *number, ..Row::default() }).collect();
        let lines = Contents::Lines(vec!["a".to_owned(), "b".to_owned()]);
        [Contents::Tables(vec![Table { rows, ..Table::default() }]), lines]
    }

    #[test]
    fn rows_that_were_not_counted_are_left_out_and_listed() {
        let mut report = Report::<i32>::default();
        for row in [4, 2, 2, 1] {
            report.count(row, "", Effect::Created, Vec::new());
        }
        report.close(&file(&[2, 2, 3, 4, 7])).unwrap();
        assert_eq!(report.uncounted, [2]);
        assert_eq!((report.total, report.created, report.skipped), (6, 4, 2));
        assert_eq!(report.notes, ["These rows were left out, no record was found in them: 3 and 7."]);
    }

    #[test]
    fn row_that_is_counted_twice_or_not_in_the_file_is_an_error() {
        for rows in [[3, 3], [3, 9]] {
            let mut report = Report::<i32>::default();
            rows.iter().for_each(|row| report.count(*row, "", Effect::Created, Vec::new()));
            report.close(&file(&[3, 4])).unwrap_err();
        }
    }
}
