//! Training days and who attended them. How attendance is recorded stands in [`recording`].

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod attendance_records;
pub mod bulk;
pub mod cadet_attendance;
mod day_code;
pub mod day_lists;
pub mod days;
pub mod import_records;
pub mod mark;
pub mod my_history;
mod qr;
pub mod qr_checkin;
mod recording;
pub mod records;
mod rows;
pub mod scan;
pub mod staff_attendance;
mod staff_recording;
mod staff_records;
pub mod status;
pub mod training_days;

/// Training days and attendance.
pub const GROUP: Group = Group {
    name: "attendance",
    about: "Training days, and who was present on them: marking, scanning, correcting.",
    prefixes: &["/api/attendance", "/api/training-days", "/api/staff-attendance"],
    needs: &[Need::Database],
    memory_mb: 128,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(day_lists::list_days, days::create_day))
        .routes(routes!(days::delete_day))
        .routes(routes!(records::list_records))
        .routes(routes!(staff_records::list_staff_records))
        .routes(routes!(cadet_attendance::list_cadet_attendance))
        .routes(routes!(mark::mark_cadet))
        .routes(routes!(mark::mark_staff))
        .routes(routes!(scan::scan_cadet))
        .routes(routes!(scan::scan_staff))
        .routes(routes!(my_history::list_my_history))
        .routes(routes!(my_history::list_my_staff_history))
        .routes(routes!(day_lists::list_training_days, training_days::create_training_day))
        .routes(routes!(
            training_days::show_training_day,
            training_days::update_training_day,
            training_days::delete_training_day
        ))
        .routes(routes!(training_days::show_qr_code))
        .routes(routes!(attendance_records::create_attendance))
        .routes(routes!(
            attendance_records::list_attendance,
            attendance_records::update_attendance,
            attendance_records::delete_attendance
        ))
        .routes(routes!(bulk::create_bulk_attendance))
        .routes(routes!(bulk::mark_bulk_attendance))
        .routes(routes!(qr_checkin::check_in))
        .routes(routes!(staff_attendance::list_staff_attendance))
        .routes(routes!(staff_attendance::create_staff_attendance))
}
