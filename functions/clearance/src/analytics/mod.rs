//! How far the university is with its clearances. Every number is counted by the database.
//!
//! Staff and administrators see the whole university, students what concerns themselves, in the same shapes.

mod clearances;
mod cohorts;
mod dashboard;
mod finance;

use shared::{
    Result,
    db::Param,
    drf::Filters,
    http::openapi::also_at,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::access::Person;

/// The routes below `/api/analytics`.
pub const GROUP: Group = Group {
    name: "analytics",
    about: "How far the university is with its clearances.",
    prefixes: &["/api/analytics"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: || {
        OpenApiRouter::new()
            .routes(routes!(dashboard::show_dashboard))
            .routes(also_at(
                routes!(clearances::show_completion_rate),
                "/api/analytics/clearance-completion",
                "show_clearance_completion",
                None,
            ))
            .routes(also_at(
                routes!(clearances::show_bottlenecks),
                "/api/analytics/department-bottlenecks",
                "show_department_bottlenecks",
                None,
            ))
            .routes(routes!(finance::show_financial_summary))
            .routes(routes!(cohorts::show_cohorts))
    },
};

/// Whose numbers somebody sees: students their own.
fn owner(person: &Person) -> Option<Uuid> {
    person.is_student().then_some(person.id)
}

/// The students whose numbers are asked for.
struct Slice {
    owner: Option<Uuid>,
    graduation_year: Option<i32>,
    school: Option<Uuid>,
    admission_year: Option<i32>,
}

impl Slice {
    fn read(person: &Person, mut filters: Filters) -> Result<Self> {
        let graduation_year = filters.integer("graduation_year");
        let (school, admission_year) = (filters.uuid("school_id"), filters.integer("admission_year"));
        filters.finish()?;
        Ok(Self { owner: owner(person), graduation_year, school, admission_year })
    }

    /// `$1` to `$4` of a statement.
    fn params(&self) -> [Param<'_>; 4] {
        [&self.owner, &self.graduation_year, &self.school, &self.admission_year]
    }
}
