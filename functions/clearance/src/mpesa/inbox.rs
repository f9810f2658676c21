//! What M-PESA sends: let in by the secret in the path, stored and committed first, acted on by a job.

use axum::{
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::request::Parts;
use ipnet::IpNet;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use shared::{
    App, Error, Result,
    auth::rate_limit::Limit,
    drf::within,
    error::invalid,
    http::{Json, Path, address::client_address, webhook::RawBody},
    jobs::CleanUpRule,
    sql,
};
use subtle::ConstantTimeEq;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{booking::BookMpesa, daraja::text, query::AskMpesa};
use crate::{refusals::unknown, settings::Settings};

/// Requests of one address.
const LIMIT: Limit = Limit { name: "mpesa", hits: 600, seconds: 60 };

/// Bytes of a body.
pub(super) const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// Somebody at an address from which M-PESA calls.
#[derive(Clone, Copy, Debug)]
pub struct Caller;

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let address = client_address(parts, app.config.trusted_hops).unwrap_or_default();
        let allowed = &Settings::of(app)?.mpesa.allowed;
        let is_in = |network: &IpNet| {
            address.parse().is_ok_and(|address| network.contains::<&std::net::IpAddr>(&address))
        };
        if !allowed.is_empty() && !allowed.iter().any(is_in) {
            return Err(unknown());
        }
        within(app, LIMIT, &address).await?;
        Ok(Self)
    }
}

/// 404 for whoever does not know the secret; it takes as long to find out for every guess.
pub(super) fn admit(app: &App, secret: &str) -> Result<()> {
    let own = &Settings::of(app)?.mpesa.callback_secret;
    let knows: bool = own.expose_secret().as_bytes().ct_eq(secret.as_bytes()).into();
    if knows { Ok(()) } else { Err(unknown()) }
}

/// Messages go after seven years, as other papers about money; what came of them stays.
pub const OLD_MESSAGES: CleanUpRule = CleanUpRule::Rows {
    what: "messages of M-PESA",
    after_days: 7 * 365 + 2,
    delete: sql!(
        "DELETE FROM mpesa_messages WHERE id IN (SELECT id FROM mpesa_messages WHERE received_at < $1 LIMIT $2)"
    ),
};

/// What M-PESA wants to hear: it was taken.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "PascalCase")]
pub struct Taken {
    result_code: i32,
    result_desc: &'static str,
}

impl Taken {
    /// `{"ResultCode":0,"ResultDesc":"Success"}`
    pub(super) const SUCCESS: Self = Self { result_code: 0, result_desc: "Success" };
}

fn taken() -> Response {
    Json(Taken::SUCCESS).into_response()
}

/// A body as JSON; 400 for anything else.
pub(super) fn json(body: &Bytes) -> Result<Value> {
    let no_json = |_| invalid("malformed_json", "The body is not JSON.");
    // A zero byte is JSON, and no text of the database.
    let text = String::from_utf8_lossy(body).replace("\\u0000", "");
    serde_json::from_str(&text).map_err(no_json)
}

/// Stores a message once; the same again is only counted.
pub(super) async fn store(
    app: &App,
    kind: &'static str,
    attempt: Option<Uuid>,
    request: &RawBody,
) -> Result<()> {
    let body = json(&request.body)?;
    let mut digest = Sha256::new();
    digest.update(kind);
    digest.update(attempt.unwrap_or_default());
    digest.update(&request.body);
    let digest = digest.finalize().to_vec();
    let insert = sql!(
        "INSERT INTO mpesa_messages AS known (kind, attempt_id, digest, body, checkout_request_id, transaction_id,
                                              result_code, received_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (digest) DO UPDATE SET times = known.times + 1 RETURNING id, times"
    );
    let called = &body["Body"]["stkCallback"];
    let found = |value: &Value| Some(text(value)).filter(|text| !text.is_empty() && text.len() <= 100);
    let (checkout, code) = (found(&called["CheckoutRequestID"]), found(&called["ResultCode"]));
    let number = found(&body["TransID"]);
    let mut change = app.db.change_for_system("message of M-PESA").await?;
    let (message, times): (i64, i32) = change
        .only(insert, &[&kind, &attempt, &digest, &body, &checkout, &number, &code, &app.clock.now()])
        .await?;
    if times == 1 {
        change.start(&BookMpesa { message }).await?;
    }
    change.commit().await
}

/// Receive the result of a request to pay
#[utoipa::path(post, path = "/api/finance/mpesa_callback/{secret}/{attempt}", tag = "mpesa", security(()),
    params(("secret" = String, Path), ("attempt" = Uuid, Path)), request_body = Object,
    responses((status = 200, body = Taken)))]
pub async fn receive_callback(
    _caller: Caller,
    State(app): State<App>,
    Path((secret, attempt)): Path<(String, Uuid)>,
    request: RawBody,
) -> Result<Response> {
    admit(&app, &secret)?;
    store(&app, "callback", Some(attempt), &request).await?;
    Ok(taken())
}

/// Receive a hint of a result
///
/// Whoever calls is not believed: M-PESA is asked about the request to pay, if it is a known one that is open.
#[utoipa::path(post, path = "/api/finance/mpesa_callback", tag = "mpesa", security(()), request_body = Object,
    responses((status = 200, body = Taken)))]
pub async fn receive_hint(_caller: Caller, State(app): State<App>, request: RawBody) -> Result<Response> {
    let body = json(&request.body)?;
    let checkout = text(&body["Body"]["stkCallback"]["CheckoutRequestID"]);
    let find = sql!(
        "SELECT id FROM mpesa_attempts
         WHERE checkout_request_id = $1 AND status IN ('created', 'sent', 'pending', 'timed_out')"
    );
    let known: Option<Uuid> = app.db.read().await?.one(find, &[&checkout]).await?;
    if let Some(attempt) = known {
        let mut change = app.db.change_for_system("hint of a result").await?;
        change.start(&AskMpesa { attempt }).await?;
        change.commit().await?;
    }
    Ok(taken())
}

/// Receive a payment to the paybill
#[utoipa::path(post, path = "/api/finance/c2b/{secret}/confirmation", tag = "mpesa", security(()),
    params(("secret" = String, Path)), request_body = Object, responses((status = 200, body = Taken)))]
pub async fn receive_confirmation(
    _caller: Caller,
    State(app): State<App>,
    Path(secret): Path<String>,
    request: RawBody,
) -> Result<Response> {
    admit(&app, &secret)?;
    store(&app, "confirmation", None, &request).await?;
    Ok(taken())
}
