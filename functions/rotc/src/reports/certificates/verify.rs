//! What anybody who was shown a certificate can ask.

use axum::{extract::State, response::Response};
use shared::{
    App, Result,
    auth::{rate_limit::Limit, session::Device},
    certificates::{self, Code, JsonWebKeys, Standing, Verdict},
    error::not_found,
    http::{Json, Path},
    sql,
};

use super::{
    print::long_date,
    snapshot::{Printed, Stored},
};

/// Looks from one address: a ceremony may be checked at one, a list of codes may not.
const LOOKS: Limit = Limit { name: "certificate", hits: 60, seconds: 60 };

/// Check a certificate
#[utoipa::path(get, path = "/api/certificates/verify/{code}", tag = "reports", security(()), params(("code" = String, Path)),
    responses((status = 200, body = Verdict<Printed>)))]
pub async fn verify_certificate(
    State(app): State<App>,
    device: Device,
    Path(code): Path<String>,
) -> Result<Json<Verdict<Printed>>> {
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
    let printed = verdict.as_ref().and_then(|verdict| verdict.certificate.as_ref());
    let (title, lines) = printed.map(|printed| (printed.title.as_str(), lines(printed))).unwrap_or_default();
    certificates::page(verdict.as_ref(), title, &lines, "/api/certificates/public-key")
}

fn lines(printed: &Printed) -> Vec<(&'static str, String)> {
    vec![
        ("Name", printed.name.clone()),
        ("For", printed.activity.clone()),
        ("Date", printed.activity_date.as_deref().map(long_date).unwrap_or_default()),
        ("Given on", printed.issued_on.format("%-d %B %Y").to_string()),
        ("School", printed.school.clone()),
        ("Unit", printed.unit.clone()),
    ]
}

/// List the public keys of certificates
#[utoipa::path(get, path = "/api/certificates/public-key", tag = "reports", security(()),
    responses((status = 200, body = JsonWebKeys)))]
pub async fn list_certificate_keys(State(app): State<App>) -> Result<Json<JsonWebKeys>> {
    JsonWebKeys::of(&app.certificate_signer).await.map(Json)
}

/// What is known of a code. One that cannot be a code is looked up too, so that the time does not tell how codes are made.
async fn look(app: &App, device: &Device, text: &str) -> Result<Option<Verdict<Printed>>> {
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
    let printed = row.verified(app).await?;
    let Stored { issued_at, revoked_at, revoked_reason, key_id, .. } = row;
    let standing = Standing { issued_at, revoked_at, revoked_reason, key_id };
    Ok(Some(Verdict::of(&code, standing, printed)))
}
