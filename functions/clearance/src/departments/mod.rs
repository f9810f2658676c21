//! The offices that clear students.

mod numbers;
mod write;

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::{Permit, Signed},
    drf::{Filters, PageNumber, Paginated},
    error::forbidden,
    http::{Path, Sortable},
    permits, row, sql,
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    access::Person, approvals, offices::TYPES, refusals::unknown, revalidated::Revalidated, times::Local,
};

/// The routes below `/api/departments`.
pub const GROUP: Group = Group {
    name: "departments",
    about: "The offices that clear students.",
    prefixes: &["/api/departments"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(list_departments, write::add_department))
            .routes(routes!(list_academic_offices))
            .routes(routes!(list_administrative_offices))
            .routes(routes!(numbers::show_approval_workflow))
            .routes(routes!(
                show_department,
                write::save_department,
                write::change_department,
                write::deactivate_department
            ))
            .routes(routes!(numbers::list_department_staff))
            .routes(routes!(numbers::show_department_statistics))
            .routes(routes!(approvals::list_approvals_of_department))
    },
};

/// An administrator; others are told in the words of this resource.
pub struct Manager(pub Person);

permits! { Manager }

impl Permit for Manager {
    type Principal = Person;

    fn permit(person: Person) -> Result<Self> {
        if person.is_admin() {
            Ok(Self(person))
        } else {
            Err(forbidden("Only administrators can modify this resource."))
        }
    }
}

row! {
    /// An office.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Department {
        /// Its key.
        pub id: Uuid,
        name: String,
        code: String,
        /// In lower case, but for rows of the legacy server.
        department_type: String,
        approval_order: i32,
        head_email: String,
        /// The same as `head_email`.
        contact_email: String,
        contact_phone: String,
        description: String,
        is_active: bool,
        created_at: Local,
        updated_at: Local,
    }
}

struct Departments;

impl Sortable for Departments {
    const NAMES: &'static [&'static str] = &["approval_order", "name", "created_at"];
    const DEFAULT: &'static str = "approval_order";
}

/// List the offices
#[utoipa::path(get, path = "/api/departments", tag = "departments",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query),
        ("department_type" = Option<String>, Query), ("is_active" = Option<bool>, Query),
        ("search" = Option<String>, Query), ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<Department>)))]
pub async fn list_departments(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Revalidated<Paginated<Department>>> {
    let kind = filters.text("department_type");
    let known =
        kind.as_deref().is_none_or(|kind| TYPES.iter().any(|(name, _)| name.eq_ignore_ascii_case(kind)));
    if let Some(kind) = kind.as_ref().filter(|_| !known) {
        let message = format!("Select a valid choice. {kind} is not one of the available choices.");
        filters.reject("department_type", message);
    }
    let (is_active, search) = (filters.boolean("is_active"), filters.search());
    let ordering = filters.ordering::<Departments>();
    let [first, second] = ordering.keys();
    filters.finish()?;
    let count = sql!(
        "SELECT count(*) FROM departments
         WHERE ($1::text IS NULL OR lower(department_type) = lower($1)) AND ($2::bool IS NULL OR is_active = $2)
           AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS word
                           WHERE concat_ws(E'\\n', name, code, head_email) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT id, name, code, department_type, approval_order, head_email, head_email AS contact_email, contact_phone,
                description, is_active, created_at, updated_at
         FROM departments, to_char(created_at, 'YYYYMMDDHH24MISSUS') AS made, lpad(approval_order::text, 10, '0') AS step
         WHERE ($1::text IS NULL OR lower(department_type) = lower($1)) AND ($2::bool IS NULL OR is_active = $2)
           AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS word
                           WHERE concat_ws(E'\\n', name, code, head_email) NOT ILIKE word)
         ORDER BY CASE $4 WHEN 'name' THEN name WHEN 'approval_order' THEN step WHEN 'created_at' THEN made END,
                  CASE $4 WHEN '-name' THEN name WHEN '-approval_order' THEN step WHEN '-created_at' THEN made END DESC,
                  CASE $5 WHEN 'name' THEN name WHEN 'approval_order' THEN step WHEN 'created_at' THEN made END,
                  CASE $5 WHEN '-name' THEN name WHEN '-approval_order' THEN step WHEN '-created_at' THEN made END DESC, id
         LIMIT $6 OFFSET $7"
    );
    let mut read = app.db.read().await?;
    let window = page.window(read.only(count, &[&kind, &is_active, &search]).await?)?;
    let rows =
        read.all(list, &[&kind, &is_active, &search, &first, &second, &window.limit, &window.offset]).await?;
    Ok(Revalidated(page.paginated(window, rows)))
}

/// List the academic offices
#[utoipa::path(get, path = "/api/departments/academic", tag = "departments",
    responses((status = 200, body = Vec<Department>)))]
pub async fn list_academic_offices(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
) -> Result<Revalidated<Vec<Department>>> {
    of_type(&app, "academic").await
}

/// List the administrative offices
#[utoipa::path(get, path = "/api/departments/administrative", tag = "departments",
    responses((status = 200, body = Vec<Department>)))]
pub async fn list_administrative_offices(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
) -> Result<Revalidated<Vec<Department>>> {
    of_type(&app, "administrative").await
}

async fn of_type(app: &App, kind: &str) -> Result<Revalidated<Vec<Department>>> {
    let list = sql!(
        "SELECT id, name, code, department_type, approval_order, head_email, head_email AS contact_email, contact_phone,
                description, is_active, created_at, updated_at
         FROM departments WHERE lower(department_type) = $1 ORDER BY approval_order, id LIMIT 200"
    );
    app.db.read().await?.all(list, &[&kind]).await.map(Revalidated)
}

/// Show an office
#[utoipa::path(get, path = "/api/departments/{id}", tag = "departments", params(("id" = Uuid, Path)),
    responses((status = 200, body = Department)))]
pub async fn show_department(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Revalidated<Department>> {
    find(&app, id).await.map(Revalidated)
}

async fn find(app: &App, id: Uuid) -> Result<Department> {
    let find = sql!(
        "SELECT id, name, code, department_type, approval_order, head_email, head_email AS contact_email, contact_phone,
                description, is_active, created_at, updated_at
         FROM departments WHERE id = $1"
    );
    app.db.read().await?.one(find, &[&id]).await?.ok_or_else(unknown)
}
