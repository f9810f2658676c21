//! The register of cadets, without the archive.

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
    title: "Cadets",
    columns: &[
        Column { title: "id", width: 8 },
        Column { title: "student_id", width: 16 },
        Column { title: "first_name", width: 20 },
        Column { title: "last_name", width: 20 },
        Column { title: "middle_name", width: 16 },
        Column { title: "company", width: 16 },
        Column { title: "platoon", width: 16 },
        Column { title: "course", width: 14 },
        Column { title: "year_level", width: 12 },
        Column { title: "status", width: 12 },
        Column { title: "email", width: 30 },
        Column { title: "contact_number", width: 16 },
        Column { title: "created_at", width: 20 },
    ],
};

row! {
    struct Cadet {
        id: i32,
        student_id: String,
        first_name: String,
        last_name: String,
        middle_name: Option<String>,
        company: Option<String>,
        platoon: Option<String>,
        course: Option<String>,
        year_level: Option<String>,
        status: Option<String>,
        email: Option<String>,
        contact_number: Option<String>,
        created_at: Option<NaiveDateTime>,
    }
}

/// Writes the selected rows.
pub async fn write(mut snapshot: Snapshot, selection: &Selection, kind: Kind, pieces: &Pieces) -> Result<()> {
    let select = sql!(
        "SELECT id, student_id, first_name, last_name, middle_name, company, platoon, course, year_level, status, email,
                contact_number, created_at
         FROM cadets
         WHERE is_archived IS NOT TRUE
           AND ($1::timestamp IS NULL OR created_at >= $1) AND ($2::timestamp IS NULL OR created_at < $2)
           AND ($3::text IS NULL OR company = $3) AND ($4::text IS NULL OR platoon = $4)
           AND ($5::text IS NULL OR lower(status) = lower($5))
         ORDER BY id"
    );
    let rows = snapshot
        .rows::<Cadet>(
            select,
            &[
                &selection.since(),
                &selection.before(),
                &selection.company,
                &selection.platoon,
                &selection.status,
            ],
        )
        .await?;
    table_file::write(kind, LAYOUT, rows, cells, pieces).await
}

fn cells(row: Cadet) -> [Cell; 13] {
    [
        row.id.into(),
        Cell::Text(row.student_id),
        Cell::Text(row.first_name),
        Cell::Text(row.last_name),
        row.middle_name.into(),
        row.company.into(),
        row.platoon.into(),
        row.course.into(),
        row.year_level.into(),
        row.status.into(),
        row.email.into(),
        row.contact_number.into(),
        row.created_at.into(),
    ]
}
