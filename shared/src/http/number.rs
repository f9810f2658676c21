//! Doubles in the form that clients of legacy servers know.

use serde::Serializer;

/// Serializes a double the way JavaScript prints it: whole numbers without a fraction, no negative zero.
///
/// Use as `#[serde(serialize_with = "number::js_number")]`.
pub fn js_number<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 {
        serializer.serialize_i64(*value as i64)
    } else {
        serializer.serialize_f64(*value)
    }
}

/// The same for a double that may be absent (`null`).
pub fn js_number_or_null<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => js_number(value, serializer),
        None => serializer.serialize_none(),
    }
}
