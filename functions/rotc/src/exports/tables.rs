//! The tables that can be exported: their columns, and their rows as a file.

use documents::{Cell, Column};
use shared::{
    Result,
    db::Snapshot,
    http::{
        Pieces,
        table_file::{self, Cells, Kind, Layout},
    },
    sql,
};

use super::filter::Selection;

const CADETS: Layout = Layout {
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

/// The register of cadets, without the archive.
pub async fn cadets(
    mut snapshot: Snapshot,
    selection: &Selection,
    kind: Kind,
    pieces: &Pieces,
) -> Result<()> {
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
        .rows::<Cells>(
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
    table_file::write(kind, CADETS, rows, Cells::from, pieces).await
}

const GRADES: Layout = Layout {
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

/// Grades of the cadets on the register.
pub async fn grades(
    mut snapshot: Snapshot,
    selection: &Selection,
    kind: Kind,
    pieces: &Pieces,
) -> Result<()> {
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
        snapshot.rows::<Cells>(select, &[&selection.company, &selection.platoon, &selection.status]).await?;
    table_file::write(kind, GRADES, rows, Cells::from, pieces).await
}

const ATTENDANCE: Layout = Layout {
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

/// Who attended which training day.
pub async fn attendance(
    mut snapshot: Snapshot,
    selection: &Selection,
    kind: Kind,
    pieces: &Pieces,
) -> Result<()> {
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
        .rows::<Cells>(select, &[&from, &to, &selection.company, &selection.platoon, &selection.status])
        .await?;
    table_file::write(kind, ATTENDANCE, rows, with_day::<1>, pieces).await
}

const ACTIVITIES: Layout = Layout {
    title: "Activities",
    columns: &[
        Column { title: "id", width: 8 },
        Column { title: "title", width: 30 },
        Column { title: "description", width: 50 },
        Column { title: "date", width: 14 },
        Column { title: "type", width: 14 },
    ],
};

/// Activities and announcements.
pub async fn activities(
    mut snapshot: Snapshot,
    selection: &Selection,
    kind: Kind,
    pieces: &Pieces,
) -> Result<()> {
    let select = sql!(
        "SELECT id, title, description, date, type FROM activities
         WHERE ($1::text IS NULL OR date >= $1) AND ($2::text IS NULL OR date <= $2)
         ORDER BY id DESC"
    );
    // Legacy: the day is a text, `YYYY-MM-DD`.
    let (from, to) = (selection.from.map(|day| day.to_string()), selection.to.map(|day| day.to_string()));
    let rows = snapshot.rows::<Cells>(select, &[&from, &to]).await?;
    table_file::write(kind, ACTIVITIES, rows, with_day::<3>, pieces).await
}

const STAFF: Layout = Layout {
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

/// The training staff, without the archive.
pub async fn staff(mut snapshot: Snapshot, selection: &Selection, kind: Kind, pieces: &Pieces) -> Result<()> {
    let select = sql!(
        "SELECT id, rank, first_name, last_name, middle_name, role, afpsn, rotc_unit, email, contact_number, created_at
         FROM training_staff
         WHERE is_archived IS NOT TRUE
           AND ($1::timestamp IS NULL OR created_at >= $1) AND ($2::timestamp IS NULL OR created_at < $2)
         ORDER BY id"
    );
    let rows = snapshot.rows::<Cells>(select, &[&selection.since(), &selection.before()]).await?;
    table_file::write(kind, STAFF, rows, Cells::from, pieces).await
}

/// The cells of a row. The day at this place becomes a date; what earlier servers have kept as another text stays as it is.
fn with_day<const PLACE: usize>(Cells(mut cells): Cells) -> Vec<Cell> {
    if let Some(cell) = cells.get_mut(PLACE)
        && let Cell::Text(text) = cell
        && let Ok(day) = text.parse()
    {
        *cell = Cell::Date(day);
    }
    cells
}
