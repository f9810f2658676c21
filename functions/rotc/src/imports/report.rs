//! What came of an import.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Errors that stand in an answer; the report has more.
const SHOWN: usize = 10;

/// Rows a preview tells about.
const PREVIEWED: usize = 500;

/// Errors that a report keeps, and as many warnings; the others are only counted.
const KEPT: usize = 1_000;

/// Characters of a remark at most: a cell that it quotes may be as long as a page.
const LONGEST: usize = 1_000;

/// Characters of whom a row is about at most.
const LONGEST_WHO: usize = 200;

/// A row that was not imported, or not as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Remark {
    /// The row in the file, the headings being row 1.
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

/// What came of an import, row by row counted.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    /// Rows that hold something.
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
    /// What is wrong with each of those, the first 1,000.
    pub errors: Vec<Remark>,
    /// What was not taken over of others, the first 1,000.
    pub warnings: Vec<Remark>,
    /// Errors beyond those.
    #[serde(default)]
    pub more_errors: usize,
    /// Warnings beyond those.
    #[serde(default)]
    pub more_warnings: usize,
    /// Ids of the new records.
    #[serde(default)]
    pub created_ids: Vec<i32>,
    /// Ids of those that have changed.
    #[serde(default)]
    pub updated_ids: Vec<i32>,
    /// Numbers of one kind of import only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
    /// The first rows, for a preview.
    #[serde(skip)]
    pub rows: Vec<PreviewedRow>,
    /// Why nothing was imported at all, where that turned out in the background.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

impl Report {
    /// Counts a row.
    pub fn count(&mut self, row: usize, who: &str, effect: Effect, fields: Vec<String>) {
        self.total += 1;
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

    /// Rows that were taken over.
    pub fn taken(&self) -> usize {
        self.created + self.updated + self.unchanged
    }

    /// The first errors.
    pub fn shown(&self) -> Vec<String> {
        first(&self.errors)
    }

    /// The first remarks on rows that were taken over.
    pub fn shown_warnings(&self) -> Vec<String> {
        first(&self.warnings)
    }

    /// The first errors, and the first remarks where there are fewer errors.
    pub fn shown_with_warnings(&self) -> Vec<String> {
        first(self.errors.iter().chain(&self.warnings))
    }

    /// Whether somebody may want to read the whole report.
    pub fn has_remarks(&self) -> bool {
        !self.errors.is_empty() || !self.warnings.is_empty()
    }
}

fn first<'a>(remarks: impl IntoIterator<Item = &'a Remark>) -> Vec<String> {
    remarks.into_iter().take(SHOWN).map(|remark| remark.message.clone()).collect()
}

fn keep(remarks: &mut Vec<Remark>, more: &mut usize, row: usize, message: &str) {
    match remarks.len() < KEPT {
        true => remarks.push(Remark { row, message: shortened(message, LONGEST) }),
        false => *more += 1,
    }
}

/// The first characters of a text.
pub fn shortened(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

/// What the import routes of the clients answer.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Imported {
    /// One sentence with the numbers.
    pub message: String,
    /// The first ten errors.
    pub errors: Vec<String>,
    /// The first ten remarks on what was not taken over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The import, where there is a report of it or it goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<Uuid>,
    /// Where its errors are downloaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<String>,
    /// `processing`, of one that goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
    /// Rows of one that goes on in the background.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_records: Option<usize>,
    /// What would be done, of a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<Preview>,
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
    pub errors: Vec<Remark>,
    /// The first 1,000 remarks on what would not be taken over.
    pub warnings: Vec<Remark>,
}

impl From<Report> for Preview {
    fn from(report: Report) -> Self {
        let Report { total, created, updated, unchanged, skipped, failed, errors, warnings, rows, .. } =
            report;
        Self { total, created, updated, unchanged, skipped, failed, rows, errors, warnings }
    }
}
