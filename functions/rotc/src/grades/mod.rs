//! Grades, and the ledger of merits and demerits they contain.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod admin_grades;
pub mod attendance_total;
pub mod backfill;
pub mod formula;
pub mod grade_records;
pub mod ledger;
pub mod lifetime_merits;
mod mails;
pub mod merit_demerit;
pub mod merit_logs;
pub mod my_grades;
pub mod my_merit_logs;
pub mod regrade;
pub mod update_grade;

/// Grades and the ledger.
pub const GROUP: Group = Group {
    name: "grades",
    about: "Grades, and the ledger of merits and demerits they are computed from.",
    prefixes: &[
        "/api/grades",
        "/api/merit-demerit",
        "/api/admin/grades",
        "/api/admin/merit-logs",
        "/api/admin/ledger",
        "/api/admin/sync-lifetime-merits",
        "/api/cadet/my-grades",
        "/api/cadet/my-merit-logs",
    ],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(grade_records::list_grades))
        .routes(routes!(grade_records::show_grade, update_grade::update_grade))
        .routes(routes!(merit_demerit::create_merit_demerit))
        .routes(routes!(merit_demerit::list_merit_demerit, merit_demerit::delete_merit_demerit))
        .routes(routes!(merit_demerit::delete_merit_demerit_log))
        .routes(routes!(admin_grades::change_grades))
        .routes(routes!(merit_logs::create_merit_log))
        .routes(routes!(merit_logs::list_merit_logs, merit_logs::delete_merit_log))
        .routes(routes!(backfill::backfill_ledger))
        .routes(routes!(lifetime_merits::sync_lifetime_merits))
        .routes(routes!(my_grades::show_my_grades))
        .routes(routes!(my_merit_logs::list_my_merit_logs))
}
