//! Stored files: sending them, showing them to those who may see them, and finding those nobody needs.

use axum::extract::DefaultBodyLimit;
use shared::{
    App,
    system::{Group, Need},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::uploads::FORM_LIMIT_BYTES;

pub mod attach;
pub mod cloudinary;
pub mod data_url;
pub mod direct;
pub mod images;
pub mod orphans;
pub mod picture;
pub mod show;
pub mod upload;

/// Stored files.
pub const GROUP: Group = Group {
    name: "files",
    about: "Stored files and pictures: uploading, showing and removing them.",
    prefixes: &["/uploads", "/api/upload", "/api/images", "/api/admin/files", "/api/cloudinary"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let forms = OpenApiRouter::new()
        .routes(routes!(upload::upload_file))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(show::show_file))
        .routes(routes!(show::show_cloud_file))
        .routes(routes!(images::show_cadet_image))
        .routes(routes!(images::show_staff_image))
        .routes(routes!(images::show_images_status))
        .routes(routes!(cloudinary::show_cloudinary_status))
        .routes(routes!(upload::delete_upload))
        .routes(routes!(direct::invite_upload))
        .routes(routes!(direct::complete_upload))
        .routes(routes!(orphans::list_orphan_files))
        .routes(routes!(orphans::sweep_files))
        .merge(forms)
}
