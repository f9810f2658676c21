//! What an import did, table by table.

use std::fmt;

/// Findings kept for printing; `muster.orphans` has all of them.
const PRINTED_FINDINGS: usize = 20;

/// What happened to the whole database.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// In the order of the import.
    pub tables: Vec<TableReport>,
    /// Tables of the source Muster has no use for; they were left out.
    pub unknown_tables: Vec<String>,
}

/// What happened to one table.
#[derive(Clone, Debug, Default)]
pub struct TableReport {
    /// Name of the table.
    pub name: String,
    /// Rows in the source.
    pub source: u64,
    /// Rows now in the target.
    pub imported: u64,
    /// Rows set aside in `muster.orphans` instead.
    pub quarantined: u64,
    /// Imported rows with a reference that pointed to nothing and was emptied; the original is in `muster.orphans`.
    pub detached: u64,
    /// Values that could not be kept as they were; the original is in `muster.orphans`.
    pub findings: Vec<Finding>,
    /// Columns of the source the target does not have; they were left out.
    pub unknown_columns: Vec<String>,
    /// Columns the source does not have; they hold their defaults.
    pub missing_columns: Vec<String>,
    /// The source has no such table.
    pub is_missing: bool,
    /// SHA-256 over the checksums of the rows of the source, in the order they came.
    pub checksum: String,
    /// Rows that are in the target exactly as in the source, by the checksum of each.
    pub equal: u64,
    /// Keys of the first rows that are not: what was changed on purpose, detached, or is named in the findings.
    pub changed: Vec<String>,
}

/// A value that could not be kept as it was.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Key of the row.
    pub key: String,
    /// Its column.
    pub column: String,
    /// What the source held.
    pub original: String,
}

impl Report {
    /// Adds the report of the next table.
    pub(super) fn add(&mut self, table: TableReport) {
        self.tables.push(table);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |formatter: &mut fmt::Formatter<'_>, name: &str, cells: [String; 6]| {
            let [source, imported, equal, quarantined, detached, changed] = cells;
            writeln!(
                formatter,
                "{name:<26}{source:>9}{imported:>10}{equal:>9}{quarantined:>13}{detached:>10}{changed:>9}"
            )
        };
        let heads = ["source", "imported", "equal", "quarantined", "detached", "changed"].map(str::to_owned);
        row(formatter, "table", heads)?;
        let mut sums = [0; 6];
        for table in &self.tables {
            let changed = u64::try_from(table.findings.len()).unwrap_or(u64::MAX);
            let cells =
                [table.source, table.imported, table.equal, table.quarantined, table.detached, changed];
            for (sum, cell) in sums.iter_mut().zip(cells) {
                *sum += cell;
            }
            row(formatter, &table.name, cells.map(|cell| cell.to_string()))?;
        }
        row(formatter, "all", sums.map(|sum| sum.to_string()))?;
        self.tables.iter().try_for_each(|table| table.write_remarks(formatter))?;
        if !self.unknown_tables.is_empty() {
            writeln!(formatter, "tables left out: {}", self.unknown_tables.join(", "))?;
        }
        if sums[3..].iter().any(|sum| *sum > 0) {
            writeln!(
                formatter,
                "the originals of quarantined, detached and changed rows are in muster.orphans"
            )?;
        }
        Ok(())
    }
}

impl TableReport {
    fn write_remarks(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        if self.is_missing {
            writeln!(formatter, "{name}: not in the source")?;
        }
        if !self.unknown_columns.is_empty() {
            writeln!(formatter, "{name}: columns left out: {}", self.unknown_columns.join(", "))?;
        }
        if !self.missing_columns.is_empty() {
            writeln!(formatter, "{name}: columns not in the source: {}", self.missing_columns.join(", "))?;
        }
        if self.equal < self.imported {
            let rows = self.imported - self.equal;
            writeln!(formatter, "{name}: {rows} rows differ from the source: {}", self.changed.join(", "))?;
        }
        if !self.checksum.is_empty() {
            writeln!(formatter, "{name}: SHA-256 of the source {}", self.checksum)?;
        }
        for Finding { key, column, original } in self.findings.iter().take(PRINTED_FINDINGS) {
            let original: String = original.chars().take(60).collect();
            writeln!(formatter, "{name} {key}: {column} was `{original}`")?;
        }
        Ok(())
    }
}
