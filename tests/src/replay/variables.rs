//! Variables of recorded lines: what an answer gave, and later lines send.

use std::collections::BTreeMap;

use serde_json::Value;

/// The values of the variables in a recording.
pub type Variables = BTreeMap<String, Value>;

/// Puts variables (`{{name}}`) into a value; alone in a string they keep their type.
pub fn fill(value: &Value, variables: &Variables) -> Value {
    match value {
        Value::String(text) => {
            let alone = text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
            let known = alone.and_then(|name| variables.get(name));
            known.cloned().unwrap_or_else(|| fill_text(text, variables).into())
        }
        Value::Array(items) => items.iter().map(|item| fill(item, variables)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| (key.clone(), fill(value, variables))).collect()
        }
        other => other.clone(),
    }
}

/// Puts variables into a text.
pub fn fill_text(text: &str, variables: &Variables) -> String {
    variables
        .iter()
        .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), &plain(value)))
}

/// A value as text without quotes.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
