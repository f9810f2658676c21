//! Lists as files to keep: comma-separated values, workbooks and documents to print.

mod download;
mod filter;
mod print;
mod tables;

use shared::system::{Group, Need};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes below `/api/reports`.
pub const GROUP: Group = Group {
    name: "reports",
    about: "Lists as files to keep.",
    prefixes: &["/api/reports"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 512,
    routes: || OpenApiRouter::new().routes(routes!(download::download_report)),
};
