//! Clearance requests: a student asks all offices at once.

mod act;
mod clearance;
mod create;
mod list;
mod numbers;
mod progress;
mod queues;
mod show;
mod written;

use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{approvals, certificates};

/// The routes below `/api/clearances`.
pub const GROUP: Group = Group {
    name: "clearances",
    about: "Clearance requests: a student asks all offices at once.",
    prefixes: &["/api/clearances"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_clearances, create::create_clearance))
        .routes(routes!(queues::list_own_clearances))
        .routes(routes!(queues::list_waiting_clearances))
        .routes(routes!(numbers::count_clearances))
        .routes(routes!(
            show::show_clearance,
            act::save_clearance,
            act::change_clearance,
            act::remove_clearance
        ))
        .routes(routes!(progress::show_progress))
        .routes(routes!(progress::show_approval_progress))
        .routes(routes!(act::cancel_clearance))
        .routes(routes!(act::revoke_clearance))
        .routes(routes!(act::submit_clearance))
        .routes(routes!(approvals::list_approvals_of_request))
        .routes(routes!(certificates::print_certificate))
}
