//! The QR code a member of the staff shows at the gate, drawn by the client.

use axum::extract::State;
use documents::upload::{self, FileKind};
use serde::Deserialize;
use shared::{
    App, Error, Result,
    error::{invalid, too_large},
    http::{Json, lenient::text_only},
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::OnStaff,
    answer::{Message, message},
    files::data_url,
};

/// Characters of a code: many times what the client draws.
const LONGEST: usize = 90_000;

/// A drawn code.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct QrCode {
    /// A data URL of a PNG.
    #[serde(default, deserialize_with = "text_only")]
    pub qr_data: Option<String>,
}

/// Keep one's own QR code
#[utoipa::path(post, path = "/api/staff/qr-code", tag = "staff", request_body = QrCode,
    responses((status = 200, body = Message)))]
pub async fn save_qr_code(
    own: OnStaff,
    State(app): State<App>,
    Json(sent): Json<QrCode>,
) -> Result<Json<Message>> {
    let code = sent.qr_data.filter(|code| !code.is_empty());
    let code = code.ok_or_else(|| invalid("required", "QR code data is required"))?;
    check(&code)?;
    let mut change = app.db.change(&own.user.actor()).await?;
    let update = sql!("UPDATE training_staff SET qr_code_data = $2 WHERE id = $1");
    change.execute(update, &[&own.staff_id, &code]).await?;
    change.commit().await?;
    Ok(message("QR code saved successfully"))
}

/// Refuses what a browser would not show as a PNG.
fn check(code: &str) -> Result<()> {
    if code.len() > LONGEST {
        return Err(too_large("The QR code is too large"));
    }
    let body = data_url::decoded(code).filter(|_| code.starts_with("data:image/png;base64,"));
    match body.and_then(|(_, body)| upload::picture("", &body).ok()) {
        Some(FileKind::Png) => Ok(()),
        _ => Err(no_png()),
    }
}

#[track_caller]
fn no_png() -> Error {
    invalid("bad_qr_code", "QR code data must be a PNG image")
}
