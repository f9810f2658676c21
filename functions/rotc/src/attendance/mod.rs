//! Training days and who attended them.

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod cadet_attendance;
pub mod days;
pub mod mark;
pub mod my_history;
mod qr;
mod recording;
pub mod records;
pub mod scan;
mod staff_recording;
pub mod status;

/// Training days and attendance.
pub const GROUP: Group = Group {
    name: "attendance",
    prefixes: &["/api/attendance"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(days::list_days, days::create_day))
        .routes(routes!(days::delete_day))
        .routes(routes!(records::list_records))
        .routes(routes!(records::list_staff_records))
        .routes(routes!(cadet_attendance::list_cadet_attendance))
        .routes(routes!(mark::mark_cadet))
        .routes(routes!(mark::mark_staff))
        .routes(routes!(scan::scan_cadet))
        .routes(routes!(scan::scan_staff))
        .routes(routes!(my_history::list_my_history))
        .routes(routes!(my_history::list_my_staff_history))
}
