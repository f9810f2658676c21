//! Students: who may ask for clearance, and what became of their requests.

mod list;
mod manage;
mod show;
mod student;

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use show::shown;
pub use student::{ELIGIBILITY, Student, StudentRow};

/// The routes below `/api/students`.
pub const GROUP: Group = Group {
    name: "students",
    about: "Students: who may ask for clearance, and what became of their requests.",
    prefixes: &["/api/students"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_students, manage::add_student))
        .routes(routes!(show::show_own_student))
        .routes(routes!(list::list_eligible_students))
        .routes(routes!(
            show::show_student,
            manage::save_student,
            manage::change_student,
            manage::remove_student
        ))
        .routes(routes!(show::show_clearance_status))
}
