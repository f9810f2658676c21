//! Examples of requests: written in a file of each system, shown in its description, and sent by a test.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::openapi::{
    OpenApi, RefOr,
    path::{Operation, ParameterBuilder, ParameterIn},
};

use super::operations_of;
use crate::system::System;

/// A request that shows how an operation is used.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Which account sends it, in the words of the system's tests; none is nobody.
    #[serde(rename = "as")]
    pub account: Option<String>,
    /// Values of the variables of the path.
    #[serde(default)]
    pub path: BTreeMap<String, Value>,
    /// Headers beside those of every request.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as JSON.
    pub body: Option<Value>,
    /// The fields of a multipart form.
    pub form: Option<BTreeMap<String, Field>>,
    /// The status of the response.
    pub status: u16,
}

/// A field of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Field {
    /// Text.
    Text(String),
    /// A file of text.
    TextFile {
        /// Its name.
        name: String,
        /// Its type.
        content_type: String,
        /// What it holds.
        text: String,
    },
    /// Any other file.
    File {
        /// Its name.
        name: String,
        /// Its type.
        content_type: String,
        /// What it holds, in base64.
        base64: String,
    },
    /// Several of one name.
    Several(Vec<Field>),
}

impl Field {
    /// As the description shows it: text as it is, other files by their names.
    fn shown(&self) -> Value {
        match self {
            Self::Text(text) | Self::TextFile { text, .. } => text.clone().into(),
            Self::File { name, .. } => name.clone().into(),
            Self::Several(fields) => fields.iter().map(Self::shown).collect(),
        }
    }
}

/// The examples of a system by the ids of their operations. The error says which line of the file is wrong.
pub fn examples(system: &System) -> serde_json::Result<BTreeMap<String, Example>> {
    serde_json::from_str(system.examples)
}

/// Shows the examples in the bodies and parameters of their operations.
pub(super) fn add(document: &mut OpenApi, examples: &BTreeMap<String, Example>) {
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations_of(item) {
            let id = operation.operation_id.as_deref().unwrap_or_default();
            if let Some(example) = examples.get(id) {
                show(operation, example);
            }
        }
    }
}

fn show(operation: &mut Operation, example: &Example) {
    let form = example.form.as_ref().map(|fields| {
        fields.iter().map(|(name, field)| (name.clone(), field.shown())).collect::<Map<_, _>>().into()
    });
    let shown = [("application/json", &example.body), ("multipart/form-data", &form)];
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (content_type, value) in shown {
            if let Some(RefOr::T(content)) = body.content.get_mut(content_type) {
                content.example.clone_from(value);
            }
        }
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(known) = parameter else { continue };
        let value = match known.parameter_in {
            ParameterIn::Path => example.path.get(&known.name).cloned(),
            ParameterIn::Header => example.headers.get(&known.name).cloned().map(Value::from),
            _ => None,
        };
        if value.is_some() {
            *parameter = ParameterBuilder::from(known.clone()).example(value).build().into();
        }
    }
}
