//! Whether new files go to Cloudinary: for whoever sets the system up.

use axum::extract::State;
use serde::Serialize;
use shared::{App, config::CloudinarySource, http::Json};
use utoipa::ToSchema;

/// The account at Cloudinary.
#[derive(Debug, Serialize, ToSchema)]
pub struct CloudinaryStatus {
    /// Whether there is one.
    pub configured: bool,
    /// Its name, which every address of a picture there tells.
    pub cloud_name: Option<String>,
    /// `url` or `keys`, after the variables it was read from, or `none`.
    pub source: &'static str,
}

/// Tell whether files go to Cloudinary
#[utoipa::path(get, path = "/api/cloudinary/status", tag = "files", security(()), responses((status = 200, body = CloudinaryStatus)))]
pub async fn show_cloudinary_status(State(app): State<App>) -> Json<CloudinaryStatus> {
    let account = app.config.files.cloudinary.as_ref();
    let source = match account.map(|account| account.source) {
        Some(CloudinarySource::Url) => "url",
        Some(CloudinarySource::Keys) => "keys",
        None => "none",
    };
    let cloud_name = account.map(|account| account.cloud.clone());
    Json(CloudinaryStatus { configured: account.is_some(), cloud_name, source })
}
