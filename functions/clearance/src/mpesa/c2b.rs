//! The paybill before it is paid: where M-PESA asks, and what it is told.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use serde::Serialize;
use shared::{
    App, Result,
    db::Change,
    http::{Json, Money, Path, webhook::RawBody},
    row, sql,
};
use utoipa::ToSchema;

use super::{
    daraja::{Daraja, Failure},
    inbox::{Caller, admit, json},
    message::Paybill,
    paybill::{find, own_shortcode},
};
use crate::{access::FinanceDesk, refusals::fault, settings::Settings};

/// What M-PESA is to say to a payer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Validated {
    /// 0, or why not: `C2B00012` and like.
    result_code: &'static str,
    result_desc: &'static str,
}

/// The addresses that M-PESA calls from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredUrls {
    response_code: String,
    response_description: String,
    validation_url: String,
    confirmation_url: String,
}

row! {
    struct Due {
        due: Money,
    }
}

/// Validate a payment to the paybill
///
/// The payer is refused before the money moves.
#[utoipa::path(post, path = "/api/finance/c2b/{secret}/validation", tag = "mpesa", security(()),
    params(("secret" = String, Path)), request_body = Object, responses((status = 200, body = Validated)))]
pub async fn validate_payment(
    _caller: Caller,
    State(app): State<App>,
    Path(secret): Path<String>,
    request: RawBody,
) -> Result<Response> {
    admit(&app, &secret)?;
    let refused = match json(&request.body).ok().map(|body| Paybill::read(&body)) {
        Some(Ok(paid)) => {
            let mut change = app.db.change_for_system("question of the paybill").await?;
            refusal(&app, &mut change, &paid).await?
        }
        _ => Some("C2B00016"),
    };
    Ok(Json(match refused {
        None => Validated { result_code: "0", result_desc: "Accepted" },
        Some(result_code) => Validated { result_code, result_desc: "Rejected" },
    })
    .into_response())
}

async fn refusal(app: &App, change: &mut Change, paid: &Paybill) -> Result<Option<&'static str>> {
    if paid.shortcode.as_deref() != Some(own_shortcode(app)?) {
        return Ok(Some("C2B00015"));
    }
    let Some(account) = find(change, &paid.account).await? else { return Ok(Some("C2B00012")) };
    let Due { due } = change.only(sql!("SELECT due_from($1) AS due"), &[&account.student]).await?;
    Ok(if due == Money::ZERO {
        Some("C2B00016")
    } else if paid.amount != due && Settings::of(app)?.mpesa.validate_amount {
        Some("C2B00013")
    } else {
        None
    })
}

/// Register the addresses for the paybill
#[utoipa::path(post, path = "/api/finance/c2b/register", tag = "mpesa", responses((status = 200, body = RegisteredUrls)))]
pub async fn register_urls(
    FinanceDesk(_person): FinanceDesk,
    State(app): State<App>,
) -> Result<Json<RegisteredUrls>> {
    let failed = |details: &str| fault("M-PESA did not take the addresses").with("details", details);
    let off = || failed("M-PESA credentials not configured. Please contact administrator.");
    let daraja = Daraja::of(&app)?.ok_or_else(off)?;
    let home = app.config.home()?.as_str().trim_end_matches('/');
    let secret = Settings::of(&app)?.mpesa.callback_secret.expose_secret();
    let url = |what: &str| format!("{home}/api/finance/c2b/{secret}/{what}/");
    let (validation_url, confirmation_url) = (url("validation"), url("confirmation"));
    match daraja.register(&validation_url, &confirmation_url).await {
        Ok(registered) if registered.response_code == "0" => Ok(Json(RegisteredUrls {
            response_code: registered.response_code,
            response_description: registered.response_description,
            validation_url,
            confirmation_url,
        })),
        Ok(registered) => Err(failed(&registered.response_description)),
        Err(Failure::Refused { message, .. }) => Err(failed(&message)),
        Err(_) => Err(Failure::unavailable()),
    }
}
