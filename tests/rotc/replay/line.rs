//! One recorded exchange.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

/// A line of a recording; its fields are explained where the recordings come from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    pub id: String,
    /// A role, or `anonymous`.
    #[serde(rename = "as")]
    pub role: String,
    /// Another person than the usual one of the role.
    pub actor: Option<String>,
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub query: Map<String, Value>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Value>,
    pub raw_body: Option<String>,
    pub multipart: Option<Vec<FormPart>>,
    pub status: Option<u16>,
    pub content_type: Option<String>,
    #[serde(default)]
    pub response: Value,
    #[serde(default)]
    pub response_headers: BTreeMap<String, String>,
    /// Variable and the member of the answer it takes.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
    /// Lists whose order means nothing.
    #[serde(default)]
    pub unordered: Vec<String>,
    /// Sent for its effects; the answer is not known.
    #[serde(default)]
    pub unchecked: bool,
    /// The legacy server never answered.
    #[serde(default)]
    pub hang: bool,
    /// An event stream: it is opened, `triggers` are sent, and what it carries is compared.
    #[serde(default)]
    pub sse: bool,
    #[serde(default)]
    pub triggers: Vec<Line>,
    #[expect(dead_code, reason = "for readers of the recording")]
    note: Option<String>,
    #[expect(
        dead_code,
        reason = "the legacy server counted in the background, ours has nothing to wait for"
    )]
    sleep_after: Option<f64>,
}

/// A part of a form: a value, or a file of the recordings.
#[derive(Debug, Deserialize)]
pub struct FormPart {
    pub name: String,
    pub value: Option<Value>,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    pub file: Option<String>,
}

impl Line {
    /// Who asks; nobody for `anonymous`.
    pub fn person(&self) -> Option<&str> {
        let person = self.actor.as_deref().unwrap_or(&self.role);
        (person != "anonymous").then_some(person)
    }
}
