//! Daraja, the API of M-PESA, with its shapes and its error bodies. The last two digits of a phone decide what comes of a push.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Extension, Router,
    extract::{FromRequestParts, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use http::{StatusCode, header, request::Parts};
use serde_json::{Value, json};
use shared::http::Json;

use super::{Call, Fault, Imitation, Outside, Sent, faults::broken};

/// The imitation of it.
pub const IMITATION: Imitation = Imitation { name: "daraja", routes };

/// Consumer key, consumer secret and passkey.
const SECRET: &str = "imitation";

/// The paybill of the sandbox.
const SHORTCODE: &str = "174379";

/// The only token that is ever given.
const TOKEN: &str = "imitated-token";

/// What comes of a push.
#[derive(Clone, Copy, Debug)]
struct Plot {
    /// Seconds until there is a result; none: never.
    after: Option<u64>,
    /// `ResultCode`.
    result: &'static str,
    /// How many callbacks tell it.
    callbacks: usize,
    /// Shillings by which the callback is wrong.
    off_by: i64,
    /// Whether a confirmation of the paybill tells it too.
    confirms: bool,
}

impl Plot {
    fn of(digits: &str) -> Self {
        let usual = Self { after: Some(2), result: "0", callbacks: 1, off_by: 0, confirms: false };
        match digits {
            "02" => Self { result: "1032", ..usual },
            "03" => Self { result: "1", ..usual },
            "04" => Self { after: Some(5), result: "1037", callbacks: 0, ..usual },
            "05" => Self { after: Some(3), callbacks: 0, ..usual },
            "06" => Self { callbacks: 3, ..usual },
            "07" => Self { after: Some(30), ..usual },
            "08" => Self { off_by: -1, ..usual },
            "11" => Self { confirms: true, ..usual },
            "13" => Self { after: None, callbacks: 0, ..usual },
            _ => usual,
        }
    }
}

/// A push that was taken.
#[derive(Clone, Debug)]
struct Pushed {
    checkout: String,
    merchant: String,
    phone: String,
    shillings: i64,
    reference: String,
    callback: String,
    at: DateTime<Utc>,
    number: String,
    plot: Plot,
}

#[derive(Debug, Default)]
struct Known {
    pushed: HashMap<String, Pushed>,
    count: usize,
    confirmation: Option<String>,
}

#[derive(Clone)]
struct Daraja {
    outside: Outside,
    known: Arc<Mutex<Known>>,
}

impl Daraja {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn routes(outside: Outside) -> Router {
    Router::new()
        .route("/oauth/v1/generate", get(token))
        .route("/mpesa/stkpush/v1/processrequest", post(push))
        .route("/mpesa/stkpushquery/v1/query", post(query))
        .route("/mpesa/c2b/v2/registerurl", post(register))
        .route("/pulltransactions/v1/query", post(pull))
        .with_state(Daraja { outside, known: Arc::default() })
}

fn error(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "requestId": "1-imitation", "errorCode": code, "errorMessage": message });
    (status, Json(body)).into_response()
}

fn bad_request(message: &str) -> Response {
    error(StatusCode::BAD_REQUEST, "400.002.02", &format!("Bad Request - {message}"))
}

async fn token(headers: http::HeaderMap) -> Response {
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{SECRET}:{SECRET}")));
    if headers.get(header::AUTHORIZATION).is_none_or(|given| given != expected.as_str()) {
        return error(StatusCode::BAD_REQUEST, "400.008.01", "Invalid Authentication passed");
    }
    Json(json!({ "access_token": TOKEN, "expires_in": "3599" })).into_response()
}

/// Whoever has the token.
struct Bearer;

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let given = parts.headers.get(header::AUTHORIZATION);
        if given.is_some_and(|given| given == format!("Bearer {TOKEN}").as_str()) {
            return Ok(Self);
        }
        Err(error(StatusCode::UNAUTHORIZED, "404.001.03", "Invalid Access Token"))
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is wrong with the part that all requests about pushes have.
fn wrong(body: &Value) -> Option<Response> {
    let (code, timestamp) = (text(&body["BusinessShortCode"]), text(&body["Timestamp"]));
    let password = BASE64_STANDARD.encode(format!("{SHORTCODE}{SECRET}{timestamp}"));
    let is_time = NaiveDateTime::parse_from_str(&timestamp, "%Y%m%d%H%M%S").is_ok();
    if code != SHORTCODE || text(&body["Password"]) != password {
        return Some(error(StatusCode::INTERNAL_SERVER_ERROR, "500.001.1001", "Wrong credentials"));
    }
    (!is_time).then(|| bad_request("Invalid Timestamp"))
}

async fn push(
    _bearer: Bearer,
    State(daraja): State<Daraja>,
    fault: Option<Extension<Fault>>,
    Sent(body): Sent,
) -> Response {
    if let Some(refused) = wrong(&body) {
        return refused;
    }
    let (phone, shillings) = (text(&body["PhoneNumber"]), body["Amount"].as_i64().unwrap_or_default());
    let (reference, callback) = (text(&body["AccountReference"]), text(&body["CallBackURL"]));
    let digits = phone.get(phone.len().saturating_sub(2)..).unwrap_or_default().to_owned();
    if phone.len() != 12 || digits == "09" {
        return bad_request("Invalid PhoneNumber");
    }
    if shillings < 1 {
        return bad_request("Invalid Amount");
    }
    if reference.is_empty() || reference.len() > 12 || text(&body["TransactionDesc"]).len() > 13 {
        return bad_request("Invalid AccountReference");
    }
    if digits == "12" {
        let refused = json!({
            "MerchantRequestID": "", "CheckoutRequestID": "", "ResponseCode": "1",
            "ResponseDescription": "The balance is insufficient for the transaction",
        });
        return Json(refused).into_response();
    }
    let plot = Plot::of(&digits);
    let pushed = {
        let mut known = daraja.known();
        known.count += 1;
        let count = known.count;
        let at = daraja.outside.clock.now();
        let checkout = format!("ws_CO_{}{count:04}", at.format("%d%m%Y%H%M%S"));
        let merchant = format!("29115-{count}-1");
        let number = format!("QIM{:07}", at.timestamp() % 10_000 * 1000 + i64::try_from(count).unwrap_or(0));
        let pushed = Pushed { checkout, merchant, phone, shillings, reference, callback, at, number, plot };
        known.pushed.insert(pushed.checkout.clone(), pushed.clone());
        pushed
    };
    call_back(&daraja, &pushed, fault.map(|Extension(fault)| fault));
    if digits == "10" {
        return broken();
    }
    Json(json!({
        "MerchantRequestID": pushed.merchant,
        "CheckoutRequestID": pushed.checkout,
        "ResponseCode": "0",
        "ResponseDescription": "Success. Request accepted for processing",
        "CustomerMessage": "Success. Request accepted for processing",
    }))
    .into_response()
}

fn words(result: &str) -> &'static str {
    match result {
        "0" => "The service request is processed successfully.",
        "1" => "The balance is insufficient for the transaction.",
        "1032" => "Request cancelled by user",
        _ => "DS timeout user cannot be reached",
    }
}

/// Tells the result of a push as often as its plot wants.
fn call_back(daraja: &Daraja, pushed: &Pushed, fault: Option<Fault>) {
    let Some(seconds) = pushed.plot.after.or((fault == Some(Fault::Forged)).then_some(0)) else { return };
    let after = if fault == Some(Fault::Early) { Duration::ZERO } else { Duration::from_secs(seconds) };
    let callbacks = if fault == Some(Fault::Forged) { 1 } else { pushed.plot.callbacks };
    for _ in 0..callbacks {
        let (url, body) = (pushed.callback.clone(), callback(pushed, fault));
        daraja.outside.call(Call { after, url, body });
    }
    let confirmation = daraja.known().confirmation.clone();
    if let Some(url) = confirmation.filter(|_| pushed.plot.confirms) {
        daraja.outside.call(Call { after, url, body: confirmed(pushed) });
    }
}

fn callback(pushed: &Pushed, fault: Option<Fault>) -> Value {
    let result = if fault == Some(Fault::Forged) { "0" } else { pushed.plot.result };
    let mut told = json!({
        "MerchantRequestID": pushed.merchant,
        "CheckoutRequestID": pushed.checkout,
        "ResultCode": result.parse::<i64>().unwrap_or_default(),
        "ResultDesc": words(result),
    });
    if result == "0" {
        let time = nairobi(pushed.at).format("%Y%m%d%H%M%S").to_string().parse::<i64>().unwrap_or_default();
        let shillings = pushed.shillings + pushed.plot.off_by;
        told["CallbackMetadata"] = json!({ "Item": [
            { "Name": "Amount", "Value": shillings },
            { "Name": "MpesaReceiptNumber", "Value": pushed.number },
            { "Name": "TransactionDate", "Value": time },
            { "Name": "PhoneNumber", "Value": pushed.phone.parse::<i64>().unwrap_or_default() },
        ] });
    }
    json!({ "Body": { "stkCallback": told } })
}

fn confirmed(pushed: &Pushed) -> Value {
    json!({
        "TransactionType": "Pay Bill",
        "TransID": pushed.number,
        "TransTime": nairobi(pushed.at).format("%Y%m%d%H%M%S").to_string(),
        "TransAmount": format!("{}.00", pushed.shillings),
        "BusinessShortCode": SHORTCODE,
        "BillRefNumber": pushed.reference,
        "InvoiceNumber": "",
        "OrgAccountBalance": "",
        "ThirdPartyTransID": "",
        "MSISDN": "2547 ***** 126",
        "FirstName": "Amani",
        "MiddleName": "",
        "LastName": "",
    })
}

#[expect(clippy::expect_used, reason = "three hours are an offset")]
fn nairobi(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.with_timezone(&FixedOffset::east_opt(3 * 3600).expect("an offset"))
}

async fn query(_bearer: Bearer, State(daraja): State<Daraja>, Sent(body): Sent) -> Response {
    if let Some(refused) = wrong(&body) {
        return refused;
    }
    let found = daraja.known().pushed.get(&text(&body["CheckoutRequestID"])).cloned();
    let Some(pushed) = found else { return bad_request("Invalid CheckoutRequestID") };
    let waited = (daraja.outside.clock.now() - pushed.at).num_seconds();
    let is_over =
        pushed.plot.after.and_then(|after| i64::try_from(after).ok()).is_some_and(|after| waited >= after);
    if !is_over {
        let message = "The transaction is being processed";
        return error(StatusCode::INTERNAL_SERVER_ERROR, "500.001.1001", message);
    }
    Json(json!({
        "ResponseCode": "0",
        "ResponseDescription": "The service request has been accepted successsfully",
        "MerchantRequestID": pushed.merchant,
        "CheckoutRequestID": pushed.checkout,
        "ResultCode": pushed.plot.result,
        "ResultDesc": words(pushed.plot.result),
    }))
    .into_response()
}

async fn register(_bearer: Bearer, State(daraja): State<Daraja>, Sent(body): Sent) -> Response {
    let urls = [text(&body["ConfirmationURL"]), text(&body["ValidationURL"])];
    let forbidden = ["mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query"];
    if urls.iter().any(|url| forbidden.iter().any(|word| url.to_lowercase().contains(word))) {
        return error(StatusCode::BAD_REQUEST, "400.003.02", "Bad Request - Invalid URL");
    }
    if text(&body["ShortCode"]) != SHORTCODE || text(&body["ResponseType"]) != "Completed" {
        return bad_request("Invalid ShortCode");
    }
    daraja.known().confirmation = urls.into_iter().next();
    Json(json!({ "OriginatorCoversationID": "1-imitation", "ResponseCode": "0", "ResponseDescription": "Success" }))
        .into_response()
}

async fn pull(_bearer: Bearer, State(daraja): State<Daraja>, Sent(body): Sent) -> Response {
    let time = |name: &str| NaiveDateTime::parse_from_str(&text(&body[name]), "%Y-%m-%d %H:%M:%S").ok();
    let Some((from, to)) = time("StartDate").zip(time("EndDate")) else {
        return bad_request("Invalid dates");
    };
    let offset = text(&body["OffSetValue"]).parse().unwrap_or(0);
    let mut all: Vec<Pushed> = daraja.known().pushed.values().cloned().collect();
    all.retain(|pushed| pushed.plot.result == "0" && pushed.plot.after.is_some());
    all.retain(|pushed| (from..to).contains(&nairobi(pushed.at).naive_local()));
    all.sort_by(|one, other| one.number.cmp(&other.number));
    let page: Vec<Value> = all
        .iter()
        .skip(offset)
        .map(|pushed| {
            json!({
                "transactionId": pushed.number,
                "trxDate": nairobi(pushed.at).to_rfc3339(),
                "msisdn": pushed.phone.parse::<i64>().unwrap_or_default(),
                "sender": "MPESA",
                "transactiontype": "c2b-pay-bill-debit",
                "billreference": pushed.reference,
                "amount": format!("{}.00", pushed.shillings),
                "organizationname": "Imitation",
            })
        })
        .collect();
    Json(json!({ "ResponseRefID": "1", "ResponseCode": "1000", "ResponseMessage": "Success", "Response": [page] }))
        .into_response()
}
