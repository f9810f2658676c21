//! Who attended which training day.

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
    title: "Attendance",
    columns: &[
        Column { title: "id", width: 8 },
        Column { title: "training_day__date", width: 18 },
        Column { title: "training_day__title", width: 28 },
        Column { title: "cadet__student_id", width: 18 },
        Column { title: "cadet__first_name", width: 20 },
        Column { title: "cadet__last_name", width: 20 },
        Column { title: "status", width: 12 },
        Column { title: "time_in", width: 12 },
        Column { title: "time_out", width: 12 },
    ],
};

row! {
    struct Record {
        id: i32,
        date: Option<String>,
        title: Option<String>,
        student_id: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
        status: String,
        time_in: Option<String>,
        time_out: Option<String>,
    }
}

/// Writes the selected rows.
pub async fn write(mut snapshot: Snapshot, selection: &Selection, kind: Kind, pieces: &Pieces) -> Result<()> {
    let select = sql!(
        "SELECT records.id, days.date, days.title, student_id, first_name, last_name, records.status, time_in, time_out
         FROM attendance_records AS records
              JOIN training_days AS days ON days.id = records.training_day_id
              JOIN cadets ON cadets.id = records.cadet_id
         WHERE ($1::text IS NULL OR days.date >= $1) AND ($2::text IS NULL OR days.date <= $2)
           AND ($3::text IS NULL OR company = $3) AND ($4::text IS NULL OR platoon = $4)
           AND ($5::text IS NULL OR records.status = lower($5))
         ORDER BY records.id"
    );
    // Legacy: the day is a text, `YYYY-MM-DD`.
    let (from, to) = (selection.from.map(|day| day.to_string()), selection.to.map(|day| day.to_string()));
    let rows = snapshot
        .rows::<Record>(select, &[&from, &to, &selection.company, &selection.platoon, &selection.status])
        .await?;
    table_file::write(kind, LAYOUT, rows, cells, pieces).await
}

fn cells(row: Record) -> [Cell; 9] {
    [
        row.id.into(),
        written_day(row.date),
        row.title.into(),
        row.student_id.into(),
        row.first_name.into(),
        row.last_name.into(),
        Cell::Text(row.status),
        row.time_in.into(),
        row.time_out.into(),
    ]
}
