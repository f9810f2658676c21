//! Finding the operation, and refusing who may not ask for it.

use std::collections::BTreeMap;

use axum::{
    extract::{FromRequest, Multipart, Request, State},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::{Account, CLOUD, Held, KEY, SECRET, admin, upload};

/// Seconds that a signature holds.
const SIGNATURE_SECONDS: i64 = 3600;

/// The parameters of a request.
pub(super) type Params = BTreeMap<String, String>;

/// An answer before it is written.
pub(super) enum Reply {
    Json(Value),
    File(Bytes, bool),
    Refused(StatusCode, &'static str),
}

pub(super) async fn answer(State(account): State<Account>, request: Request) -> Response {
    reply(&account, request).await.into_response()
}

async fn reply(account: &Account, request: Request) -> Reply {
    if account.held().down {
        return Reply::Refused(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable");
    }
    let path = request.uri().path().to_owned();
    let Some(path) = path.strip_prefix(&format!("/v1_1/{CLOUD}/")) else {
        return Reply::Refused(StatusCode::UNAUTHORIZED, "Invalid cloud_name");
    };
    let segments: Vec<&str> = path.split('/').collect();
    let method = request.method().clone();
    match (&method, &segments[..]) {
        (&Method::POST, [kind, "upload"]) => {
            let (params, file) = form(request).await;
            let mut held = account.held();
            signed(&held, &params).unwrap_or_else(|| upload::upload(&mut held, kind, &params, file))
        }
        (&Method::POST, [kind, "destroy"]) => {
            let (params, _) = form(request).await;
            let mut held = account.held();
            signed(&held, &params).unwrap_or_else(|| upload::destroy(&mut held, kind, &params))
        }
        (&Method::GET, [kind, "download"]) => {
            let params = query(&request);
            let held = account.held();
            signed(&held, &params).unwrap_or_else(|| upload::download(&held, kind, &params))
        }
        (&Method::GET, ["resources", kind, delivery]) => {
            admin::list(&account.held(), kind, delivery, &request)
        }
        _ => Reply::Refused(StatusCode::NOT_FOUND, "Not found"),
    }
}

pub(super) fn query(request: &Request) -> Params {
    url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect()
}

async fn form(request: Request) -> (Params, Option<Bytes>) {
    let (mut params, mut file) = (Params::new(), None);
    let Ok(mut form) = Multipart::from_request(request, &()).await else { return (params, file) };
    while let Ok(Some(field)) = form.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        let body = field.bytes().await.unwrap_or_default();
        if name == "file" {
            file = Some(body);
        } else {
            params.insert(name, String::from_utf8_lossy(&body).into_owned());
        }
    }
    (params, file)
}

/// Why a request is not accepted, if it is not.
fn signed(held: &Held, params: &Params) -> Option<Reply> {
    let param = |name: &str| params.get(name).map_or("", String::as_str);
    if param("api_key") != KEY {
        return Some(Reply::Refused(StatusCode::UNAUTHORIZED, "Unknown API key"));
    }
    let unsigned = ["api_key", "cloud_name", "file", "resource_type", "signature"];
    let signed =
        params.iter().filter(|(name, value)| !unsigned.contains(&name.as_str()) && !value.is_empty());
    let text = signed.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    if param("signature") != hex::encode(Sha1::digest(format!("{text}{SECRET}"))) {
        return Some(Reply::Refused(StatusCode::UNAUTHORIZED, "Invalid Signature"));
    }
    let now = held.clock.now().timestamp();
    match param("timestamp").parse::<i64>() {
        Ok(timestamp) if (now - timestamp).abs() <= SIGNATURE_SECONDS => None,
        _ => Some(Reply::Refused(StatusCode::BAD_REQUEST, "Stale request")),
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        match self {
            Self::Json(value) => (json, value.to_string()).into_response(),
            Self::Refused(status, message) => {
                let body = json!({ "error": { "message": message } }).to_string();
                (status, json, [("x-cld-error", message)], body).into_response()
            }
            Self::File(body, attachment) => {
                let disposition = if attachment { "attachment" } else { "inline" };
                let kind = "application/octet-stream";
                ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], body)
                    .into_response()
            }
        }
    }
}
