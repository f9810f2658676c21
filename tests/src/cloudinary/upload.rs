//! The operations on one file.

use bytes::Bytes;
use chrono::SecondsFormat;
use http::StatusCode;
use serde_json::{Value, json};

use super::{
    Held, Kept,
    answer::{Params, Reply},
};

pub(super) fn upload(held: &mut Held, kind: &str, params: &Params, file: Option<Bytes>) -> Reply {
    let Some(body) = file.filter(|body| !body.is_empty()) else {
        return Reply::Refused(StatusCode::BAD_REQUEST, "Missing required parameter - file");
    };
    let format = match (kind, format(&body)) {
        ("image", None) => return Reply::Refused(StatusCode::BAD_REQUEST, "Invalid image file"),
        ("image", format) => format.map(str::to_owned),
        _ => None,
    };
    let Some(name) = params.get("public_id") else {
        return Reply::Refused(StatusCode::BAD_REQUEST, "the tests give every file a name");
    };
    let public_id = match params.get("folder") {
        Some(folder) => format!("{folder}/{name}"),
        None => name.clone(),
    };
    let delivery = delivery(params);
    held.keep(kind, delivery, &public_id, body, format, params.get("transformation").cloned());
    Reply::Json(describe(held, kind, delivery, &public_id))
}

pub(super) fn destroy(held: &mut Held, kind: &str, params: &Params) -> Reply {
    let public_id = params.get("public_id").cloned().unwrap_or_default();
    let key = (kind.to_owned(), delivery(params).to_owned(), public_id);
    let result = if held.files.remove(&key).is_some() { "ok" } else { "not found" };
    held.destroyed.push(format!("{}/{}/{}: {result}", key.0, key.1, key.2));
    Reply::Json(json!({ "result": result }))
}

pub(super) fn download(held: &Held, kind: &str, params: &Params) -> Reply {
    let expires = params.get("expires_at").and_then(|text| text.parse::<i64>().ok());
    if expires.is_some_and(|expires| expires < held.clock.now().timestamp()) {
        return Reply::Refused(StatusCode::UNAUTHORIZED, "The address has expired");
    }
    let public_id = params.get("public_id").cloned().unwrap_or_default();
    let attachment = params.get("attachment").is_some_and(|value| value == "true");
    match held.files.get(&(kind.to_owned(), delivery(params).to_owned(), public_id)) {
        Some(kept) if kind != "image" || kept.format == params.get("format").cloned() => {
            Reply::File(kept.body.clone(), attachment)
        }
        _ => Reply::Refused(StatusCode::NOT_FOUND, "Resource not found"),
    }
}

/// A file as the interface describes it.
pub(super) fn describe(held: &Held, kind: &str, delivery: &str, public_id: &str) -> Value {
    let key = (kind.to_owned(), delivery.to_owned(), public_id.to_owned());
    let Kept { body, format, version, created_at, .. } = &held.files[&key];
    let mut value = json!({
        "public_id": public_id,
        "version": version,
        "resource_type": kind,
        "type": delivery,
        "created_at": created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        "bytes": body.len(),
        "url": held.secure_url(kind, delivery, public_id).replace("https:", "http:"),
        "secure_url": held.secure_url(kind, delivery, public_id),
    });
    if let Some(format) = format {
        value["format"] = format.as_str().into();
    }
    value
}

fn delivery(params: &Params) -> &str {
    params.get("type").map_or("upload", String::as_str)
}

fn format(body: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], _); 3] = [(b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif")];
    known.into_iter().find(|(magic, _)| body.starts_with(magic)).map(|(_, format)| format)
}
