//! One recorded exchange.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Map, Value};

/// A line of a recording; its fields are explained where the recordings come from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub id: String,
    /// Who asks: `anonymous`, `admin`, `staff:LIBRARY`, `student:S05`.
    #[serde(rename = "as")]
    pub who: String,
    pub method: String,
    pub path: String,
    pub query: Option<Map<String, Value>>,
    pub body: Option<Value>,
    /// Absent: JSON; `form`; else the type of a raw body.
    pub body_encoding: Option<String>,
    pub multipart: Option<Map<String, Value>>,
    /// Is sent instead of the token of whoever asks.
    pub auth_token: Option<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub status: Option<u16>,
    pub content_type: Option<String>,
    #[serde(default)]
    pub response: Value,
    #[serde(default)]
    pub response_headers: BTreeMap<String, String>,
    /// Variable and the member of the answer it takes (`tokens.access`, `0.id`).
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// Path of an id in the answer (`$.results[0].id`) and whose it is.
    #[serde(default)]
    pub ids: BTreeMap<String, String>,
    /// Where the legacy server was wrong, and what is right.
    pub deviation: Option<Deviation>,
    /// Sent for its effects; the answer is not known.
    #[serde(default)]
    pub unchecked: bool,
    /// What the legacy server did besides.
    #[serde(default)]
    pub side_effects: Effects,
    #[serde(rename = "note")]
    _note: Option<IgnoredAny>,
}

/// Another status than the recorded one; the body is not compared.
#[derive(Debug, Deserialize)]
pub struct Deviation {
    pub status: u16,
}

/// What a request did besides its answer.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Effects {
    /// Rows of the audit log. Those whose entity is a path tell of the request, and are kept no more.
    pub audit: Vec<Audited>,
    pub notifications: Vec<Notice>,
    pub emails: Vec<Mail>,
}

#[derive(Debug, Deserialize)]
pub struct Audited {
    pub action: String,
    pub entity: String,
    pub actor: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct Notice {
    pub to: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub message: String,
}

#[derive(Debug, Deserialize)]
pub struct Mail {
    pub to: String,
    pub subject: String,
}
