//! Taking certificates back.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use shared::{
    App, Result,
    certificates::Code,
    error::{conflict, not_found},
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    access::Admin,
    answer::{Success, success},
};

/// Why.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct Revocation {
    /// One sentence, which is shown to whoever checks the certificate.
    #[validate(length(min = 1, max = 500, message = "A reason of at most 500 characters is required."))]
    #[serde(default)]
    pub reason: String,
}

/// Revoke a certificate
///
/// Its page says so from then on, with the reason. Asked for again, a new one is given.
#[utoipa::path(post, path = "/api/certificates/{code}/revoke", tag = "reports", params(("code" = String, Path)),
    request_body = Revocation, responses((status = 200, body = Success<Value>)))]
pub async fn revoke_certificate(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(code): Path<String>,
    Json(body): Json<Revocation>,
) -> Result<Json<Success<Value>>> {
    let code = Code::parse(&code).ok_or_else(unknown)?;
    let reason = body.reason.trim();
    if reason.is_empty() || reason.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Err(shared::error::invalid_field(
            "reason",
            "A reason of at most 500 characters is required.",
        ));
    }
    let revoke = sql!(
        "UPDATE muster.certificates SET revoked_at = $2, revoked_by = $3, revoked_reason = $4
         WHERE code = $1 AND revoked_at IS NULL"
    );
    let known = sql!("SELECT EXISTS (SELECT FROM muster.certificates WHERE code = $1)");
    let mut change = app.db.change(&admin.actor()).await?;
    let revoked = change.execute(revoke, &[&code.as_str(), &app.clock.now(), &admin.id, &reason]).await?;
    if revoked == 0 {
        let known: bool = change.only(known, &[&code.as_str()]).await?;
        return Err(if known {
            conflict("revoked", "The certificate is revoked already")
        } else {
            unknown()
        });
    }
    change.commit().await?;
    let mut answer = success(Value::Null);
    answer.message = Some("Certificate revoked".to_owned());
    Ok(Json(answer))
}

fn unknown() -> shared::Error {
    not_found("Certificate not found")
}
