//! What anybody who was shown a certificate can ask.

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use http::{StatusCode, header};
use serde::Serialize;
use shared::{
    App, Result,
    auth::{rate_limit::Limit, session::Device},
    error::not_found,
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;

use super::{
    Code,
    print::long_date,
    snapshot::{Printed, Stored},
};

/// Looks from one address: a ceremony may be checked at one, a list of codes may not.
const LOOKS: Limit = Limit { name: "certificate", hits: 60, seconds: 60 };

/// How a certificate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CertificateStatus {
    /// It was given and stands.
    Issued,
    /// It was taken back.
    Revoked,
    /// Its record was altered: nothing of it can be trusted.
    NotValid,
}

/// What is known of a certificate.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Verdict {
    /// In groups of four.
    pub code: String,
    /// How it stands.
    pub status: CertificateStatus,
    /// What is printed on it; nothing when it is not valid. Paper that says otherwise was forged.
    pub certificate: Option<Printed>,
    /// When it was given.
    pub issued_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why.
    pub revoked_reason: Option<String>,
    /// The key it was sealed with; see `/api/certificates/public-key`.
    pub key_id: Option<String>,
}

#[derive(Template)]
#[template(path = "reports/certificates/templates/verify.html")]
struct Page<'a> {
    shown: Option<Shown<'a>>,
}

struct Shown<'a> {
    verdict: &'a Verdict,
    printed: Option<&'a Printed>,
    date: String,
    issued_on: String,
    revoked_on: String,
}

/// Check a certificate
#[utoipa::path(get, path = "/api/certificates/verify/{code}", tag = "reports", security(()), params(("code" = String, Path)),
    responses((status = 200, body = Verdict)))]
pub async fn verify_certificate(
    State(app): State<App>,
    device: Device,
    Path(code): Path<String>,
) -> Result<Json<Verdict>> {
    let verdict = look(&app, &device, &code).await?;
    verdict.map(Json).ok_or_else(|| not_found("Certificate not found"))
}

/// Show a certificate's page
///
/// The address in the code on a certificate leads here.
#[utoipa::path(get, path = "/verify/{code}", tag = "reports", security(()), params(("code" = String, Path)),
    responses((status = 200, content_type = "text/html"), (status = 404, content_type = "text/html")))]
pub async fn show_certificate_page(
    State(app): State<App>,
    device: Device,
    Path(code): Path<String>,
) -> Result<Response> {
    let verdict = look(&app, &device, &code).await?;
    let status = if verdict.is_some() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    let page = Page { shown: verdict.as_ref().map(Shown::of) }.render()?;
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
    ];
    Ok((status, headers, Html(page)).into_response())
}

/// What is known of a code. One that cannot be a code is looked up too, so that the time does not tell how codes are made.
async fn look(app: &App, device: &Device, text: &str) -> Result<Option<Verdict>> {
    // Nothing is counted where nothing may be written.
    if !app.config.database.read_only {
        LOOKS.hit(app, device.place()).await?;
    }
    let code = Code::parse(text);
    let find = sql!(
        "SELECT code, activity_id, cadet_id, fingerprint, snapshot, key_id, signature, issued_at, revoked_at,
                revoked_reason
         FROM muster.certificates WHERE code = $1"
    );
    let asked = code.as_ref().map(Code::as_str).unwrap_or_default();
    let found: Option<Stored> = app.db.read().await?.one(find, &[&asked]).await?;
    let Some((code, row)) = code.zip(found) else {
        return Ok(None);
    };
    let printed = row.genuine(app).await?;
    Ok(Some(Verdict::of(&code, row, printed)))
}

impl Verdict {
    fn of(code: &Code, row: Stored, printed: Option<Printed>) -> Self {
        let status = match (&printed, row.revoked_at) {
            (None, _) => CertificateStatus::NotValid,
            (Some(_), Some(_)) => CertificateStatus::Revoked,
            (Some(_), None) => CertificateStatus::Issued,
        };
        let valid = printed.is_some();
        Self {
            code: code.to_string(),
            status,
            issued_at: valid.then_some(row.issued_at),
            revoked_at: row.revoked_at.filter(|_| valid),
            revoked_reason: row.revoked_reason.filter(|_| valid),
            key_id: valid.then_some(row.key_id),
            certificate: printed,
        }
    }
}

impl<'a> Shown<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let printed = verdict.certificate.as_ref();
        let day =
            |at: Option<DateTime<Utc>>| at.map(|at| at.format("%-d %B %Y").to_string()).unwrap_or_default();
        Self {
            verdict,
            printed,
            date: printed
                .and_then(|printed| printed.activity_date.as_deref())
                .map(long_date)
                .unwrap_or_default(),
            issued_on: printed
                .map(|printed| printed.issued_on.format("%-d %B %Y").to_string())
                .unwrap_or_default(),
            revoked_on: day(verdict.revoked_at),
        }
    }
}
