//! What anybody who was shown a certificate can ask.

use axum::{extract::State, response::Response};
use chrono::NaiveDate;
use serde::Serialize;
use shared::{
    App, Result,
    auth::{rate_limit::Limit, session::Device},
    certificates::{self, CertificateStatus, Code, JsonWebKeys, Standing, Verdict},
    drf::within,
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;

use super::issue::{Printed, Stored};
use crate::{refusals::unknown, times::Local};

/// Looks from one address.
const LOOKS: Limit = Limit { name: "certificate", hits: 60, seconds: 60 };

/// How a certificate stands. All but the status is null where its record was altered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verification {
    /// Whether its owner is cleared.
    valid: bool,
    /// `valid`, `revoked`, or `invalid` where its record was altered.
    status: &'static str,
    serial: Option<String>,
    name: Option<String>,
    registration_number: Option<String>,
    program: Option<String>,
    completed_on: Option<NaiveDate>,
    issued_at: Option<Local>,
    revoked_at: Option<Local>,
}

/// Check a certificate
#[utoipa::path(get, path = "/api/certificates/verify/{code}", tag = "certificates", security(()),
    params(("code" = String, Path)), responses((status = 200, body = Verification)))]
pub async fn verify_certificate(
    State(app): State<App>,
    device: Device,
    Path(code): Path<String>,
) -> Result<Json<Verification>> {
    let verdict = look(&app, &device, &code).await?.ok_or_else(unknown)?;
    let status = match verdict.status {
        CertificateStatus::Issued => "valid",
        CertificateStatus::Revoked => "revoked",
        CertificateStatus::NotValid => "invalid",
    };
    let printed = verdict.certificate;
    Ok(Json(Verification {
        valid: verdict.status == CertificateStatus::Issued,
        status,
        serial: printed.as_ref().map(|printed| printed.serial.clone()),
        name: printed.as_ref().map(|printed| printed.name.clone()),
        registration_number: printed.as_ref().map(|printed| printed.registration_number.clone()),
        program: printed.as_ref().map(|printed| printed.program.clone()),
        completed_on: printed.map(|printed| printed.completed_on),
        issued_at: verdict.issued_at.map(Local),
        revoked_at: verdict.revoked_at.map(Local),
    }))
}

/// Show the page of a certificate
///
/// The code on a certificate leads here.
#[utoipa::path(get, path = "/verify/{code}", tag = "certificates", security(()), params(("code" = String, Path)),
    responses((status = 200, content_type = "text/html"), (status = 404, content_type = "text/html")))]
pub async fn show_certificate_page(
    State(app): State<App>,
    device: Device,
    Path(code): Path<String>,
) -> Result<Response> {
    let verdict = look(&app, &device, &code).await?;
    let printed = verdict.as_ref().and_then(|verdict| verdict.certificate.as_ref());
    let lines = printed.map(lines).unwrap_or_default();
    certificates::page(verdict.as_ref(), "Certificate of Clearance", &lines, "/api/certificates/public-key")
}

fn lines(printed: &Printed) -> Vec<(&'static str, String)> {
    vec![
        ("Name", printed.name.clone()),
        ("Registration number", printed.registration_number.clone()),
        ("Program", printed.program.clone()),
        ("School", printed.school.clone()),
        ("Cleared on", printed.completed_on.format("%-d %B %Y").to_string()),
        ("Serial number", printed.serial.clone()),
    ]
}

/// List the public keys of certificates
#[utoipa::path(get, path = "/api/certificates/public-key", tag = "certificates", security(()),
    responses((status = 200, body = JsonWebKeys)))]
pub async fn list_certificate_keys(State(app): State<App>) -> Result<Json<JsonWebKeys>> {
    JsonWebKeys::of(&app.certificate_signer).await.map(Json)
}

/// What is known of a code. One that cannot be a code is looked up too, so that the time does not tell how codes are made.
async fn look(app: &App, device: &Device, text: &str) -> Result<Option<Verdict<Printed>>> {
    within(app, LOOKS, device.place()).await?;
    let code = Code::parse(text);
    let find = sql!(
        "SELECT code, clearance_request_id AS request, snapshot, key_id, signature, issued_at, revoked_at, revoked_reason
         FROM clearance_certificates WHERE code = $1"
    );
    let asked = code.as_ref().map(Code::as_str).unwrap_or_default();
    let found: Option<Stored> = app.db.read().await?.one(find, &[&asked]).await?;
    let Some((code, row)) = code.zip(found) else { return Ok(None) };
    let printed = row.verified(app).await?;
    let Stored { issued_at, revoked_at, revoked_reason, key_id, .. } = row;
    let standing = Standing { issued_at, revoked_at, revoked_reason, key_id };
    Ok(Some(Verdict::of(&code, standing, printed)))
}
