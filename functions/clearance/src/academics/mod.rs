//! Schools, their departments and courses. They are written on the pages of the administrators.

mod courses;
mod departments;
mod schools;

use serde::Serialize;
use shared::{
    Result,
    auth::principal::Signed,
    db::{Read, Sql},
    drf::{BaseAddress, Filters},
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{access::Person, revalidated::Revalidated};

/// The routes below `/api/academics`.
pub const GROUP: Group = Group {
    name: "academics",
    about: "Schools, their departments and courses.",
    prefixes: &["/api/academics"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(list_academics))
            .routes(routes!(schools::list_schools))
            .routes(routes!(schools::show_school))
            .routes(routes!(departments::list_academic_departments))
            .routes(routes!(departments::show_academic_department))
            .routes(routes!(courses::list_courses))
            .routes(routes!(courses::show_course))
    },
};

/// Where the lists are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Academics {
    schools: String,
    departments: String,
    courses: String,
}

/// List the addresses of schools, departments and courses
#[utoipa::path(get, path = "/api/academics", tag = "academics", responses((status = 200, body = Academics)))]
pub async fn list_academics(
    Signed(_person): Signed<Person>,
    BaseAddress(base): BaseAddress,
) -> Revalidated<Academics> {
    let list = |name: &str| format!("{base}/api/academics/{name}/");
    Revalidated(Academics {
        schools: list("schools"),
        departments: list("departments"),
        courses: list("courses"),
    })
}

/// The key of another record in a parameter, which must be there: `exists` asks for `$1`.
async fn related(read: &mut Read, filters: &mut Filters, name: &str, exists: Sql) -> Result<Option<Uuid>> {
    let id = filters.uuid(name);
    if let Some(id) = id
        && !read.only::<bool>(exists, &[&id]).await?
    {
        filters.unknown(name);
    }
    Ok(id)
}
