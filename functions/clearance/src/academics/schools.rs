//! Schools.

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

use crate::{access::Person, refusals::unknown, revalidated::Revalidated, times::Local};

row! {
    /// A school.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct School {
        id: Uuid,
        name: String,
        code: String,
        dean_email: Option<String>,
        description: String,
        is_active: bool,
        created_at: Local,
        updated_at: Local,
    }
}

struct Schools;

impl Sortable for Schools {
    const NAMES: &'static [&'static str] = &["name", "code"];
    const DEFAULT: &'static str = "name";
}

/// List the schools
#[utoipa::path(get, path = "/api/academics/schools", tag = "academics",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("is_active" = Option<bool>, Query),
        ("code" = Option<String>, Query), ("search" = Option<String>, Query), ("ordering" = Option<String>, Query)),
    responses((status = 200, body = Paginated<School>)))]
pub async fn list_schools(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    filters: Filters,
) -> Result<Revalidated<Paginated<School>>> {
    let (is_active, code, search) = (filters.boolean("is_active"), filters.text("code"), filters.search());
    let ordering = filters.ordering::<Schools>();
    let [first, second] = ordering.keys();
    let count = sql!(
        "SELECT count(*) FROM academic_schools
         WHERE is_active AND is_active = coalesce($1, is_active) AND ($2::text IS NULL OR code = $2)
           AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS word WHERE concat_ws(E'\\n', name, code) NOT ILIKE word)"
    );
    let list = sql!(
        "SELECT id, name, code, dean_email, description, is_active, created_at, updated_at FROM academic_schools
         WHERE is_active AND is_active = coalesce($1, is_active) AND ($2::text IS NULL OR code = $2)
           AND NOT EXISTS (SELECT FROM unnest($3::text[]) AS word WHERE concat_ws(E'\\n', name, code) NOT ILIKE word)
         ORDER BY CASE $4 WHEN 'name' THEN name WHEN 'code' THEN code END,
                  CASE $4 WHEN '-name' THEN name WHEN '-code' THEN code END DESC,
                  CASE $5 WHEN 'name' THEN name WHEN 'code' THEN code END,
                  CASE $5 WHEN '-name' THEN name WHEN '-code' THEN code END DESC, id
         LIMIT $6 OFFSET $7"
    );
    let mut read = app.db.read().await?;
    let window = page.window(read.only(count, &[&is_active, &code, &search]).await?)?;
    let schools =
        read.all(list, &[&is_active, &code, &search, &first, &second, &window.limit, &window.offset]).await?;
    Ok(Revalidated(page.paginated(window, schools)))
}

/// Show a school
#[utoipa::path(get, path = "/api/academics/schools/{id}", tag = "academics", params(("id" = Uuid, Path)),
    responses((status = 200, body = School)))]
pub async fn show_school(
    Signed(_person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Revalidated<School>> {
    let find = sql!(
        "SELECT id, name, code, dean_email, description, is_active, created_at, updated_at FROM academic_schools
         WHERE id = $1 AND is_active"
    );
    app.db.read().await?.one(find, &[&id]).await?.map(Revalidated).ok_or_else(unknown)
}
