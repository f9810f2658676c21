//! Lenient input: values as clients send them, in JSON or in forms.

mod number;

pub use number::Loose;

use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;

/// A text, however it is sent: forms send texts only, programs also numbers.
pub fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => return Err(D::Error::custom("expected a text")),
    })
}

/// A text; anything else counts as not sent.
pub fn text_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

/// The text of a field that is sent and not blank.
pub fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// What was chosen in a filter; an empty text means that nothing was.
pub fn chosen(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().replace('\0', "")).filter(|text| !text.is_empty())
}

/// Tells an explicit null from an absent member.
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A boolean; anything else counts as not sent.
pub fn boolean_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_bool())
}

/// A flag of a query (`true`, `1`, `false`, `0` in any case); an empty one counts as not sent.
pub fn query_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    match String::deserialize(deserializer)?.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(D::Error::custom("expected true or false")),
    }
}

/// A whole number in a query; anything else counts as not sent.
pub fn query_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(String::deserialize(deserializer)?.trim().parse().ok())
}

/// An array of whole numbers, also written as texts; anything else counts as not sent.
pub fn whole_numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<i32>>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(members) => members.iter().map(whole_number).collect(),
        _ => None,
    })
}

fn whole_number(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) => number.as_i64()?.try_into().ok(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Whether a text holds nothing but spaces.
pub fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// True as programs and forms send it.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_i64() == Some(1),
        Value::String(text) => text == "true" || text == "1",
        _ => false,
    }
}
