//! The legacy tables and what the target database knows about them: column types, keys, checks, foreign keys.

use shared::system::{DerivedColumn, LegacyTables};
use tokio_postgres::Transaction;

use super::BoxError;
use super::convert::{Converted, Kind, Value, convert};

/// A column of the target.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) is_required: bool,
    /// Its empty text is no value.
    pub(super) blank_is_null: bool,
}

impl Column {
    /// What goes into the column.
    pub(super) fn converted(&self, value: &Value) -> Converted {
        match value {
            Value::Text(text) if self.blank_is_null && text.is_empty() => convert(&Value::Null, self.kind),
            value => convert(value, self.kind),
        }
    }
}

/// A foreign key of the target with one column.
#[derive(Clone, Debug)]
pub(super) struct ForeignKey {
    pub(super) column: String,
    pub(super) parent: String,
    pub(super) parent_column: String,
    /// Deleting the parent empties the column instead of deleting the row.
    pub(super) may_be_emptied: bool,
}

/// A check constraint of the target.
#[derive(Clone, Debug)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) condition: String,
    pub(super) columns: Vec<String>,
}

/// One table as the target has it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// The column that is its key.
    pub(super) key: &'static str,
    /// A statement that changes its rows before they move into place.
    pub(super) adjust: Option<&'static str>,
    /// Columns that only the target has.
    pub(super) computed: Vec<&'static DerivedColumn>,
    pub(super) columns: Vec<Column>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) checks: Vec<Check>,
    /// Column lists of the unique keys.
    pub(super) keys: Vec<Vec<String>>,
}

const COLUMNS: &str = "SELECT column_name::text, udt_name::text, is_nullable = 'NO'
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER'
    ORDER BY ordinal_position";

const FOREIGN_KEYS: &str = "SELECT a.attname::text, p.relname::text, pa.attname::text, c.confdeltype = 'n'
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    JOIN pg_class p ON p.oid = c.confrelid
    JOIN pg_attribute pa ON pa.attrelid = c.confrelid AND pa.attnum = c.confkey[1]
    WHERE c.contype = 'f' AND cardinality(c.conkey) = 1 AND c.conrelid = ('public.' || quote_ident($1))::regclass
    ORDER BY c.conname";

const CHECKS: &str = "SELECT c.conname::text, pg_get_expr(c.conbin, c.conrelid), array_agg(a.attname::text)
    FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
    WHERE c.contype = 'c' AND c.conrelid = ('public.' || quote_ident($1))::regclass
    GROUP BY c.oid, c.conname
    ORDER BY c.conname";

const KEYS: &str = "SELECT array_agg(a.attname::text ORDER BY a.attnum)
    FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
      AND i.indrelid = ('public.' || quote_ident($1))::regclass
    GROUP BY i.indexrelid";

impl Target {
    /// Asks the target; none when it has no such table.
    pub(super) async fn read(
        target: &Transaction<'_>,
        legacy: &LegacyTables,
        name: &'static str,
    ) -> Result<Option<Self>, BoxError> {
        let rows = target.query(COLUMNS, &[&name]).await?;
        let columns: Vec<Column> = rows
            .iter()
            .map(|row| {
                let column: String = row.get(0);
                let blank_is_null = legacy.blank_is_null.contains(&(name, column.as_str()));
                Column { name: column, kind: Kind::of(row.get(1)), is_required: row.get(2), blank_is_null }
            })
            .collect();
        if columns.is_empty() {
            return Ok(None);
        }
        let rows = target.query(FOREIGN_KEYS, &[&name]).await?;
        let foreign_keys = rows
            .iter()
            .map(|row| ForeignKey {
                column: row.get(0),
                parent: row.get(1),
                parent_column: row.get(2),
                may_be_emptied: row.get(3) && !legacy.strict.contains(&name),
            })
            .collect();
        let rows = target.query(CHECKS, &[&name]).await?;
        let check = |row: &tokio_postgres::Row| Check {
            name: row.get(0),
            condition: row.get(1),
            columns: row.get(2),
        };
        let checks = rows.iter().map(check).collect();
        let keys = target.query(KEYS, &[&name]).await?.iter().map(|row| row.get(0)).collect();
        let key = legacy.key_of(name);
        let adjust = legacy.adjust.iter().find(|(table, _)| *table == name).map(|(_, statement)| *statement);
        let computed = legacy.computed.iter().filter(|computed| computed.table == name).collect();
        Ok(Some(Self { name, key, adjust, computed, columns, foreign_keys, checks, keys }))
    }
}

impl Target {
    /// Whether its rows have ids that are counted.
    pub(super) fn counts(&self) -> bool {
        let is_number = |column: &Column| column.name == self.key && column.kind == Kind::Integer;
        self.key == "id" && self.columns.iter().any(is_number)
    }
}

/// A name as an SQL identifier. Names come from the catalogues of the two databases and cannot be parameters.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
