//! Departments of schools.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    drf::{Filters, PageNumber, Paginated},
    http::{Path, Sortable},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::related;
use crate::{access::Person, refusals::unknown, revalidated::Revalidated, times::Local};

row! {
    /// A department of a school.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct AcademicDepartment {
        id: Uuid,
        school: Uuid,
        school_name: String,
        school_code: String,
        name: String,
        code: String,
        head_email: Option<String>,
        is_active: bool,
        created_at: Local,
        updated_at: Local,
    }
}

struct AcademicDepartments;

impl Sortable for AcademicDepartments {
    const NAMES: &'static [&'static str] = &["name", "code", "school__name"];
    const DEFAULT: &'static str = "school__name";
}

/// List the departments of schools
#[utoipa::path(get, path = "/api/academics/departments", tag = "academics",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("is_active" = Option<bool>, Query),
        ("school" = Option<Uuid>, Query), ("code" = Option<String>, Query), ("search" = Option<String>, Query),
        ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<AcademicDepartment>)))]
pub async fn list_academic_departments(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Revalidated<Paginated<AcademicDepartment>>> {
    let (is_active, code, search) = (filters.boolean("is_active"), filters.text("code"), filters.search());
    let ordering = filters.ordering::<AcademicDepartments>();
    let [first, second] = ordering.keys();
    let mut read = app.db.read().await?;
    let schools = sql!("SELECT EXISTS (SELECT FROM academic_schools WHERE id = $1)");
    let school = related(&mut read, &mut filters, "school", schools).await?;
    filters.finish()?;
    let count = sql!(
        "SELECT count(*) FROM academic_departments AS own JOIN academic_schools AS schools ON schools.id = own.school_id
         WHERE own.is_active AND own.is_active = coalesce($1, own.is_active) AND ($2::text IS NULL OR own.code = $2)
           AND ($3::uuid IS NULL OR own.school_id = $3)
           AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS word
                           WHERE concat_ws(E'\\n', own.name, own.code, schools.name, schools.code) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT own.id, own.school_id AS school, schools.name AS school_name, schools.code AS school_code, own.name,
                own.code, own.head_email, own.is_active, own.created_at, own.updated_at
         FROM academic_departments AS own JOIN academic_schools AS schools ON schools.id = own.school_id
         WHERE own.is_active AND own.is_active = coalesce($1, own.is_active) AND ($2::text IS NULL OR own.code = $2)
           AND ($3::uuid IS NULL OR own.school_id = $3)
           AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS word
                           WHERE concat_ws(E'\\n', own.name, own.code, schools.name, schools.code) NOT ILIKE word)
         ORDER BY CASE $5 WHEN 'name' THEN own.name WHEN 'code' THEN own.code WHEN 'school__name' THEN schools.name END,
                  CASE $5 WHEN '-name' THEN own.name WHEN '-code' THEN own.code WHEN '-school__name' THEN schools.name END DESC,
                  CASE $6 WHEN 'name' THEN own.name WHEN 'code' THEN own.code WHEN 'school__name' THEN schools.name END,
                  CASE $6 WHEN '-name' THEN own.name WHEN '-code' THEN own.code WHEN '-school__name' THEN schools.name END DESC,
                  own.name, own.id
         LIMIT $7 OFFSET $8"
    );
    let window = page.window(read.only(count, &[&is_active, &code, &school, &search]).await?)?;
    let rows = read
        .all(list, &[&is_active, &code, &school, &search, &first, &second, &window.limit, &window.offset])
        .await?;
    Ok(Revalidated(page.paginated(window, rows)))
}

/// Show a department of a school
#[utoipa::path(get, path = "/api/academics/departments/{id}", tag = "academics", params(("id" = Uuid, Path)),
    responses((status = 200, body = AcademicDepartment)))]
pub async fn show_academic_department(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Revalidated<AcademicDepartment>> {
    let find = sql!(
        "SELECT own.id, own.school_id AS school, schools.name AS school_name, schools.code AS school_code, own.name,
                own.code, own.head_email, own.is_active, own.created_at, own.updated_at
         FROM academic_departments AS own JOIN academic_schools AS schools ON schools.id = own.school_id
         WHERE own.id = $1 AND own.is_active"
    );
    app.db.read().await?.one(find, &[&id]).await?.map(Revalidated).ok_or_else(unknown)
}
