//! Activities and announcements.

use documents::{Cell, Column};
use shared::{
    Result,
    db::Snapshot,
    http::{
        Pieces,
        table_file::{self, Kind, Layout},
    },
    row, sql,
};

use super::{filter::Selection, written_day};

const LAYOUT: Layout = Layout {
    title: "Activities",
    columns: &[
        Column { title: "id", width: 8 },
        Column { title: "title", width: 30 },
        Column { title: "description", width: 50 },
        Column { title: "date", width: 14 },
        Column { title: "type", width: 14 },
    ],
};

row! {
    struct Activity {
        id: i32,
        title: String,
        description: Option<String>,
        date: Option<String>,
        kind: Option<String>,
    }
}

/// Writes the selected rows.
pub async fn write(mut snapshot: Snapshot, selection: &Selection, kind: Kind, pieces: &Pieces) -> Result<()> {
    let select = sql!(
        "SELECT id, title, description, date, type AS kind FROM activities
         WHERE ($1::text IS NULL OR date >= $1) AND ($2::text IS NULL OR date <= $2)
         ORDER BY id DESC"
    );
    // Legacy: the day is a text, `YYYY-MM-DD`.
    let (from, to) = (selection.from.map(|day| day.to_string()), selection.to.map(|day| day.to_string()));
    let rows = snapshot.rows::<Activity>(select, &[&from, &to]).await?;
    table_file::write(kind, LAYOUT, rows, cells, pieces).await
}

fn cells(row: Activity) -> [Cell; 5] {
    [row.id.into(), Cell::Text(row.title), row.description.into(), written_day(row.date), row.kind.into()]
}
