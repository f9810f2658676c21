//! Grades of the cadets on the register.

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
    title: "Grades",
    columns: &[
        Column { title: "cadet_id", width: 10 },
        Column { title: "student_id", width: 16 },
        Column { title: "name", width: 30 },
        Column { title: "company", width: 16 },
        Column { title: "platoon", width: 16 },
        Column { title: "attendance_present", width: 18 },
        Column { title: "merit_points", width: 14 },
        Column { title: "demerit_points", width: 16 },
        Column { title: "prelim_score", width: 14 },
        Column { title: "midterm_score", width: 14 },
        Column { title: "final_score", width: 14 },
    ],
};

row! {
    struct Grades {
        cadet_id: i32,
        student_id: String,
        name: String,
        company: Option<String>,
        platoon: Option<String>,
        attendance_present: Option<i32>,
        merit_points: Option<i32>,
        demerit_points: Option<i32>,
        prelim_score: Option<f64>,
        midterm_score: Option<f64>,
        final_score: Option<f64>,
    }
}

/// Writes the selected rows.
pub async fn write(mut snapshot: Snapshot, selection: &Selection, kind: Kind, pieces: &Pieces) -> Result<()> {
    let select = sql!(
        "SELECT cadets.id AS cadet_id, student_id, concat_ws(' ', first_name, last_name) AS name, company, platoon,
                attendance_present, merit_points, demerit_points, prelim_score, midterm_score, final_score
         FROM grades JOIN cadets ON cadets.id = grades.cadet_id
         WHERE is_archived IS NOT TRUE
           AND ($1::text IS NULL OR company = $1) AND ($2::text IS NULL OR platoon = $2)
           AND ($3::text IS NULL OR lower(cadets.status) = lower($3))
         ORDER BY cadets.id"
    );
    let rows =
        snapshot.rows::<Grades>(select, &[&selection.company, &selection.platoon, &selection.status]).await?;
    table_file::write(kind, LAYOUT, rows, cells, pieces).await
}

fn cells(row: Grades) -> [Cell; 11] {
    [
        row.cadet_id.into(),
        Cell::Text(row.student_id),
        Cell::Text(row.name),
        row.company.into(),
        row.platoon.into(),
        row.attendance_present.into(),
        row.merit_points.into(),
        row.demerit_points.into(),
        row.prelim_score.into(),
        row.midterm_score.into(),
        row.final_score.into(),
    ]
}
