//! Approvals: what each office says about a request.

mod act;
mod approval;
mod bulk;
mod by_department;
mod detail;
mod list;
mod manage;
mod numbers;

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use approval::ApprovalRow;
pub use detail::{__path_list_approvals_of_request, Approval, list_approvals_of_request};
pub use list::{__path_list_approvals_of_department, list_approvals_of_department};

use crate::media::FORM_LIMIT_BYTES;

/// The routes below `/api/approvals`.
pub const GROUP: Group = Group {
    name: "approvals",
    about: "Approvals: what each office says about a request.",
    prefixes: &["/api/approvals"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 512,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let with_files = OpenApiRouter::new()
        .routes(routes!(
            detail::show_approval,
            manage::save_approval,
            manage::change_approval,
            manage::remove_approval
        ))
        .routes(routes!(act::approve))
        .routes(routes!(act::reject))
        .routes(routes!(act::approve_or_reject))
        .routes(routes!(act::process_approval))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(list::list_approvals, manage::add_approval))
        .routes(routes!(list::list_pending_approvals))
        .routes(routes!(list::list_own_approvals))
        .routes(routes!(by_department::list_approvals_by_department))
        .routes(routes!(numbers::count_approvals))
        .routes(routes!(bulk::decide_on_many))
        .merge(with_files)
}
