//! The training staff, without the archive.

use chrono::NaiveDateTime;
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

use super::filter::Selection;

const LAYOUT: Layout = Layout {
    title: "Staff",
    columns: &[
        Column { title: "id", width: 8 },
        Column { title: "rank", width: 12 },
        Column { title: "first_name", width: 20 },
        Column { title: "last_name", width: 20 },
        Column { title: "middle_name", width: 16 },
        Column { title: "role", width: 18 },
        Column { title: "afpsn", width: 16 },
        Column { title: "rotc_unit", width: 24 },
        Column { title: "email", width: 30 },
        Column { title: "contact_number", width: 16 },
        Column { title: "created_at", width: 20 },
    ],
};

row! {
    struct Member {
        id: i32,
        rank: Option<String>,
        first_name: String,
        last_name: String,
        middle_name: Option<String>,
        role: Option<String>,
        afpsn: Option<String>,
        rotc_unit: Option<String>,
        email: Option<String>,
        contact_number: Option<String>,
        created_at: Option<NaiveDateTime>,
    }
}

/// Writes the selected rows.
pub async fn write(mut snapshot: Snapshot, selection: &Selection, kind: Kind, pieces: &Pieces) -> Result<()> {
    let select = sql!(
        "SELECT id, rank, first_name, last_name, middle_name, role, afpsn, rotc_unit, email, contact_number, created_at
         FROM training_staff
         WHERE is_archived IS NOT TRUE
           AND ($1::timestamp IS NULL OR created_at >= $1) AND ($2::timestamp IS NULL OR created_at < $2)
         ORDER BY id"
    );
    let rows = snapshot.rows::<Member>(select, &[&selection.since(), &selection.before()]).await?;
    table_file::write(kind, LAYOUT, rows, cells, pieces).await
}

fn cells(row: Member) -> [Cell; 11] {
    [
        row.id.into(),
        row.rank.into(),
        Cell::Text(row.first_name),
        Cell::Text(row.last_name),
        row.middle_name.into(),
        row.role.into(),
        row.afpsn.into(),
        row.rotc_unit.into(),
        row.email.into(),
        row.contact_number.into(),
        row.created_at.into(),
    ]
}
