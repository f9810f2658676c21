//! Courses of departments.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    db::Param,
    drf::{Filters, PageNumber, Paginated},
    http::{Path, Sortable},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::related;
use crate::{access::Person, refusals::unknown, revalidated::Revalidated, times::Local};

row! {
    /// A course.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Course {
        id: Uuid,
        department: Uuid,
        department_name: String,
        department_code: String,
        school_name: String,
        school_code: String,
        code: String,
        name: String,
        duration_years: i16,
        is_active: bool,
        created_at: Local,
        updated_at: Local,
    }
}

struct Courses;

impl Sortable for Courses {
    const NAMES: &'static [&'static str] = &["name", "code", "duration_years"];
    const DEFAULT: &'static str = "";
}

/// List the courses
#[utoipa::path(get, path = "/api/academics/courses", tag = "academics",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("is_active" = Option<bool>, Query),
        ("department" = Option<Uuid>, Query), ("department__school" = Option<Uuid>, Query),
        ("code" = Option<String>, Query), ("duration_years" = Option<i32>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<Course>)))]
pub async fn list_courses(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Revalidated<Paginated<Course>>> {
    let (is_active, code, search) = (filters.boolean("is_active"), filters.text("code"), filters.search());
    let years = filters.integer("duration_years");
    let ordering = filters.ordering::<Courses>();
    let [first, second] = ordering.keys();
    let mut read = app.db.read().await?;
    let departments = sql!("SELECT EXISTS (SELECT FROM academic_departments WHERE id = $1)");
    let department = related(&mut read, &mut filters, "department", departments).await?;
    let schools = sql!("SELECT EXISTS (SELECT FROM academic_schools WHERE id = $1)");
    let school = related(&mut read, &mut filters, "department__school", schools).await?;
    filters.finish()?;
    let count = sql!(
        "SELECT count(*) FROM academic_courses AS own JOIN academic_departments AS departments ON departments.id = own.department_id
         JOIN academic_schools AS schools ON schools.id = departments.school_id
         WHERE own.is_active AND own.is_active = coalesce($1, own.is_active) AND ($2::text IS NULL OR own.code = $2)
           AND ($3::uuid IS NULL OR department_id = $3) AND ($4::uuid IS NULL OR school_id = $4)
           AND ($5::int IS NULL OR duration_years = $5)
           AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word
                           WHERE concat_ws(E'\\n', own.name, own.code, departments.name, schools.name) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT own.id, own.department_id AS department, departments.name AS department_name,
                departments.code AS department_code, schools.name AS school_name, schools.code AS school_code, own.code,
                own.name, own.duration_years, own.is_active, own.created_at, own.updated_at
         FROM academic_courses AS own JOIN academic_departments AS departments ON departments.id = own.department_id
         JOIN academic_schools AS schools ON schools.id = departments.school_id, lpad(duration_years::text, 5, '0') AS length
         WHERE own.is_active AND own.is_active = coalesce($1, own.is_active) AND ($2::text IS NULL OR own.code = $2)
           AND ($3::uuid IS NULL OR department_id = $3) AND ($4::uuid IS NULL OR school_id = $4)
           AND ($5::int IS NULL OR duration_years = $5)
           AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word
                           WHERE concat_ws(E'\\n', own.name, own.code, departments.name, schools.name) NOT ILIKE word)
         ORDER BY CASE $7 WHEN 'name' THEN own.name WHEN 'code' THEN own.code WHEN 'duration_years' THEN length END,
                  CASE $7 WHEN '-name' THEN own.name WHEN '-code' THEN own.code WHEN '-duration_years' THEN length END DESC,
                  CASE $8 WHEN 'name' THEN own.name WHEN 'code' THEN own.code WHEN 'duration_years' THEN length END,
                  CASE $8 WHEN '-name' THEN own.name WHEN '-code' THEN own.code WHEN '-duration_years' THEN length END DESC,
                  CASE $7 WHEN '' THEN schools.name END, CASE $7 WHEN '' THEN departments.name END, own.name, own.id
         LIMIT $9 OFFSET $10"
    );
    let params: [Param<'_>; 6] = [&is_active, &code, &department, &school, &years, &search];
    let window = page.window(read.only(count, &params).await?)?;
    let order: [Param<'_>; 4] = [&first, &second, &window.limit, &window.offset];
    let rows = read.all(list, &[&params[..], &order].concat()).await?;
    Ok(Revalidated(page.paginated(window, rows)))
}

/// Show a course
#[utoipa::path(get, path = "/api/academics/courses/{id}", tag = "academics", params(("id" = Uuid, Path)),
    responses((status = 200, body = Course)))]
pub async fn show_course(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Revalidated<Course>> {
    let find = sql!(
        "SELECT own.id, own.department_id AS department, departments.name AS department_name,
                departments.code AS department_code, schools.name AS school_name, schools.code AS school_code, own.code,
                own.name, own.duration_years, own.is_active, own.created_at, own.updated_at
         FROM academic_courses AS own JOIN academic_departments AS departments ON departments.id = own.department_id
         JOIN academic_schools AS schools ON schools.id = departments.school_id
         WHERE own.id = $1 AND own.is_active"
    );
    app.db.read().await?.one(find, &[&id]).await?.map(Revalidated).ok_or_else(unknown)
}
