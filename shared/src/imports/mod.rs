//! Importing lists that people send: what a system does not have to write again for each of them.
//!
//! A system says with [`Import`] which columns a list has, what its rows must be and which SQL writes them. This module reads
//! the file ([`source`], [`link`]), finds the headings ([`prepare`]) and takes out what is no record (`tidy`), runs the import at once, in
//! the background or as a preview ([`run`]), and keeps the report ([`report`], [`stored`]).
//!
//! One transaction writes everything that a file says, so that nobody ever sees half of it: when the database fails or the
//! process dies nothing is kept.

use std::time::Duration;

use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

mod accounting;
pub mod columns;
pub mod form;
mod job;
pub mod link;
pub mod lookup;
pub mod merge;
pub mod prepare;
pub mod report;
pub mod rows;
mod run;
pub mod source;
pub mod stored;
mod tidy;
pub mod values;

pub use columns::{Columns, Field};
pub use form::Outcome;
pub use job::{ImportFile, given_up};
pub use report::{Effect, Report};
pub use run::{Input, Mode, Ran, Told, preview, run};
pub use source::{Accepts, Contents};

use crate::{
    App, Result,
    auth::principal::Principal,
    db::{Change, UserKey},
};

/// A kind of list, and what is written of it. The value says how one list is imported, and is stored with its job.
pub trait Import: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The kind of its jobs.
    const KIND: &'static str;

    /// Who imports.
    type Person: Principal;

    /// The id of the records, as the report names them.
    type Id: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// The kinds of file it may be.
    fn accepts(&self) -> Accepts {
        Accepts { csv: true, ..Accepts::workbooks("Only Excel (.xlsx) and CSV files are read.") }
    }

    /// The columns that it knows. With none the first row is the headings and nothing is said of unknown ones.
    fn fields(&self) -> &'static [&'static [Field]];

    /// What a table must have columns for. One without is left out, and a file without any such table is refused.
    fn required(&self) -> &'static [Requirement] {
        &[]
    }

    /// What becomes of a file with wrong rows.
    fn bad_rows(&self) -> BadRows {
        BadRows::Skip
    }

    /// Refuses the same file a second time, for lists whose import is not idempotent.
    fn repeats(&self) -> Option<Repeats> {
        None
    }

    /// Refuses a file for what it holds as a whole, before anything is stored or queued.
    fn check(&self, contents: &[Contents]) -> Result<()> {
        let _ = contents;
        Ok(())
    }

    /// Who started a job, as they are now: 403 when they may not import any more.
    fn person(change: &mut Change, user: &UserKey) -> impl Future<Output = Result<Self::Person>> + Send;

    /// Writes what the list says. Each row that says something of a record is counted once in the report; a second time is
    /// an internal error, and the rows that are never counted are counted as left out.
    fn apply(
        &self,
        change: &mut Change,
        app: &App,
        person: &Self::Person,
        contents: &[Contents],
        report: &mut Report<Self::Id>,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Notes a finished import, in its transaction; `job` is set when it ran in the background, whose starter waits for word.
    fn done(
        &self,
        change: &mut Change,
        person: &Self::Person,
        report: &Report<Self::Id>,
        job: Option<Uuid>,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (change, person, report, job);
        async { Ok(()) }
    }

    /// Tells whoever started a job that nothing was imported.
    fn failed(
        change: &mut Change,
        user: &UserKey,
        job: Uuid,
        why: &str,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// Fields of which a table must have at least one.
#[derive(Clone, Copy, Debug)]
pub struct Requirement {
    /// What they say, as in `no column says <who is meant>`.
    pub says: &'static str,
    /// Their names.
    pub fields: &'static [&'static str],
}

/// What becomes of a file with wrong rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadRows {
    /// They are left out and reported, the others are imported.
    Skip,
    /// Nothing is imported.
    RefuseFile,
}

/// How long the same file by the same person counts as a request that arrived twice.
#[derive(Clone, Copy, Debug)]
pub struct Repeats {
    /// Since it was imported.
    pub within: Duration,
    /// What the second is told (409, `imported_already`).
    pub refusal: &'static str,
}
