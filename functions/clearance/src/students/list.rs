//! Lists of students.

use axum::extract::State;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::{Param, Sql},
    drf::{Filters, PageNumber, Paginated},
    http::{Json, Sortable},
    sql,
};

use super::{ELIGIBILITY, Student, StudentRow};
use crate::access::{Person, Staff};

struct Columns;

impl Sortable for Columns {
    const NAMES: &'static [&'static str] =
        &["created_at", "graduation_year", "admission_year", "registration_number"];
    const DEFAULT: &'static str = "-created_at";
}

/// Counts what is within reach (`$1`, `$2`) and fits the filters.
const COUNT: Sql = sql!(
    "SELECT count(*) FROM student_rows
     WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
       AND ($2::uuid IS NULL OR EXISTS (SELECT FROM deciding_offices WHERE student_id = student_rows.id AND office = $2))
       AND ($3::uuid IS NULL OR school = $3) AND ($4::uuid IS NULL OR department = $4)
       AND ($5::uuid IS NULL OR course = $5) AND ($6::int IS NULL OR graduation_year = $6)
       AND ($7::int IS NULL OR admission_year = $7) AND ($8::text IS NULL OR eligibility_status = $8)
       AND ($9::text IS NULL OR faculty = $9) AND ($10::text IS NULL OR program = $10)
       AND NOT EXISTS (SELECT FROM unnest($11::text[]) AS word
            WHERE concat_ws(E'\n', registration_number, full_name, email, admission_number) NOT ILIKE word)"
);

/// The same rows by two keys, a page of them.
const LIST: Sql = sql!(
    "SELECT id, registration_number, admission_year, school, department, course, faculty, program, graduation_year,
            eligibility_status, created_at, updated_at, user_id, email, admission_number, full_name, role,
            user_department, department_name, department_code, is_active, user_created_at, user_updated_at
     FROM student_rows
     WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
       AND ($2::uuid IS NULL OR EXISTS (SELECT FROM deciding_offices WHERE student_id = student_rows.id AND office = $2))
       AND ($3::uuid IS NULL OR school = $3) AND ($4::uuid IS NULL OR department = $4)
       AND ($5::uuid IS NULL OR course = $5) AND ($6::int IS NULL OR graduation_year = $6)
       AND ($7::int IS NULL OR admission_year = $7) AND ($8::text IS NULL OR eligibility_status = $8)
       AND ($9::text IS NULL OR faculty = $9) AND ($10::text IS NULL OR program = $10)
       AND NOT EXISTS (SELECT FROM unnest($11::text[]) AS word
            WHERE concat_ws(E'\n', registration_number, full_name, email, admission_number) NOT ILIKE word)
     ORDER BY CASE $12 WHEN 'created_at' THEN ordinal(created_at) WHEN '-created_at' THEN -ordinal(created_at)
                  WHEN 'graduation_year' THEN ordinal(graduation_year)
                  WHEN '-graduation_year' THEN -ordinal(graduation_year)
                  WHEN 'admission_year' THEN ordinal(admission_year)
                  WHEN '-admission_year' THEN -ordinal(admission_year) END,
              CASE $12 WHEN 'registration_number' THEN registration_number END,
              CASE $12 WHEN '-registration_number' THEN registration_number END DESC,
              CASE $13 WHEN 'created_at' THEN ordinal(created_at) WHEN '-created_at' THEN -ordinal(created_at)
                  WHEN 'graduation_year' THEN ordinal(graduation_year)
                  WHEN '-graduation_year' THEN -ordinal(graduation_year)
                  WHEN 'admission_year' THEN ordinal(admission_year)
                  WHEN '-admission_year' THEN -ordinal(admission_year) END,
              CASE $13 WHEN 'registration_number' THEN registration_number END,
              CASE $13 WHEN '-registration_number' THEN registration_number END DESC, id
     LIMIT $14 OFFSET $15"
);

/// List students
///
/// Students see themselves, staff those whose requests their office decides on.
#[utoipa::path(get, path = "/api/students", tag = "students",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query), ("school" = Option<Uuid>, Query), ("department" = Option<Uuid>, Query),
        ("course" = Option<Uuid>, Query), ("faculty" = Option<String>, Query), ("program" = Option<String>, Query),
        ("graduation_year" = Option<i32>, Query), ("admission_year" = Option<i32>, Query),
        ("eligibility_status" = Option<String>, Query)),
    responses((status = 200, body = Paginated<Student>)))]
pub async fn list_students(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<Student>>> {
    let placed = ["school", "department", "course"].map(|name| filters.uuid(name));
    let years = ["graduation_year", "admission_year"].map(|name| filters.integer(name));
    let eligibility = filters.choice("eligibility_status", &ELIGIBILITY.map(|(name, _)| (name, name)));
    let (faculty, program, search) = (filters.text("faculty"), filters.text("program"), filters.search());
    let [first, second] = filters.ordering::<Columns>().keys().map(str::to_owned);
    let reach = person.reach_of_students();
    let mut read = app.db.read().await?;
    let exist = sql!(
        "SELECT $1::uuid IS NULL OR EXISTS (SELECT FROM academic_schools WHERE id = $1),
                $2::uuid IS NULL OR EXISTS (SELECT FROM academic_departments WHERE id = $2),
                $3::uuid IS NULL OR EXISTS (SELECT FROM academic_courses WHERE id = $3)"
    );
    let (school, department, course): (bool, bool, bool) =
        read.only(exist, &[&placed[0], &placed[1], &placed[2]]).await?;
    for (name, exists) in [("school", school), ("department", department), ("course", course)] {
        if !exists {
            filters.unknown(name);
        }
    }
    filters.finish()?;
    let params: [Param<'_>; 11] = [
        &reach.owner,
        &reach.office,
        &placed[0],
        &placed[1],
        &placed[2],
        &years[0],
        &years[1],
        &eligibility,
        &faculty,
        &program,
        &search,
    ];
    let window = page.window(read.only(COUNT, &params).await?)?;
    let mut params = params.to_vec();
    params.extend([&first as Param<'_>, &second, &window.limit, &window.offset]);
    let rows: Vec<StudentRow> = read.all(LIST, &params).await?;
    Ok(Json(page.paginated(window, rows.into_iter().map(Student::from).collect())))
}

/// List the students who may be cleared
///
/// At most 200.
#[utoipa::path(get, path = "/api/students/eligible", tag = "students",
    responses((status = 200, body = Vec<Student>)))]
pub async fn list_eligible_students(
    Staff(person): Staff,
    State(app): State<App>,
) -> Result<Json<Vec<Student>>> {
    let list = sql!(
        "SELECT id, registration_number, admission_year, school, department, course, faculty, program, graduation_year,
                eligibility_status, created_at, updated_at, user_id, email, admission_number, full_name, role,
                user_department, department_name, department_code, is_active, user_created_at, user_updated_at
         FROM student_rows WHERE deleted_at IS NULL AND eligibility_status = 'eligible'
           AND ($1::uuid IS NULL OR EXISTS (SELECT FROM deciding_offices WHERE student_id = student_rows.id AND office = $1)) ORDER BY created_at DESC, id LIMIT 200"
    );
    let office = person.reach_of_students().office;
    let rows: Vec<StudentRow> = app.db.read().await?.all(list, &[&office]).await?;
    Ok(Json(rows.into_iter().map(Student::from).collect()))
}
