//! Gowns that are lent against a deposit.

mod issue;
mod list;
mod numbers;
mod overdue;
mod returns;
mod shown;
mod state;
mod stock;
mod write;

use shared::{
    App,
    http::openapi::also_at,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use overdue::GownsOverdue;

/// The routes below `/api/gown-issuances`.
pub const GROUP: Group = Group {
    name: "gowns",
    about: "Gowns that are lent against a deposit.",
    prefixes: &["/api/gown-issuances"],
    needs: &[Need::Database],
    memory_mb: 256,
    routes: router,
};

/// The sizes, smallest first.
const SIZES: [(&str, &str); 6] =
    [("XS", "XS"), ("S", "S"), ("M", "M"), ("L", "L"), ("XL", "XL"), ("XXL", "XXL")];

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_gowns, issue::issue_gown))
        .routes(routes!(numbers::list_overdue_gowns))
        .routes(routes!(numbers::show_gown_statistics))
        .routes(routes!(stock::show_gown_stock, stock::save_gown_stock))
        .routes(routes!(list::show_gown, write::save_gown, write::change_gown, write::remove_gown))
        .routes(routes!(returns::return_gown))
        .routes(also_at(
            routes!(returns::refund_deposit),
            "/api/gown-issuances/{id}/process-refund",
            "process_gown_refund",
            None,
        ))
}
