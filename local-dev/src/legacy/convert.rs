//! From what the source holds to what the target column takes. SQLite types values, not columns, so a date may be text or
//! a number and a truth value an integer; PostgreSQL sources arrive as text.

use chrono::{DateTime, NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use serde_json::Value as Json;
use uuid::Uuid;

/// A value as the source holds it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    /// As people would read it: for keys, findings and text columns.
    pub(super) fn to_text(&self) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Integer(number) => Some(number.to_string()),
            // As SQLite prints it: 85.5, and 85.0 with its decimal.
            Self::Real(number) => Some(format!("{number:?}")),
            Self::Text(text) => Some(text.clone()),
            Self::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}

/// What a target column takes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    Integer,
    Real,
    Boolean,
    Date,
    Timestamp,
    Json,
    /// An exact number.
    Numeric,
    Uuid,
}

impl Kind {
    /// By the type name of `information_schema.columns.udt_name`.
    pub(super) fn of(type_name: &str) -> Self {
        match type_name {
            "int2" | "int4" | "int8" => Self::Integer,
            "float4" | "float8" => Self::Real,
            "numeric" => Self::Numeric,
            "uuid" => Self::Uuid,
            "bool" => Self::Boolean,
            "date" => Self::Date,
            "timestamp" | "timestamptz" => Self::Timestamp,
            "json" | "jsonb" => Self::Json,
            _ => Self::Text,
        }
    }
}

/// What goes into the target column, in PostgreSQL's text form, and whether it still says what the source said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Converted {
    pub(super) text: Option<String>,
    pub(super) is_faithful: bool,
}

/// Converts one value. What cannot be converted becomes NULL and is not faithful; nothing is an error.
pub(super) fn convert(value: &Value, kind: Kind) -> Converted {
    let Some(source) = value.to_text() else {
        return Converted { text: None, is_faithful: true };
    };
    if kind == Kind::Text {
        // PostgreSQL cannot hold the character NUL.
        let text = source.replace('\0', "");
        let is_text = !matches!(value, Value::Blob(bytes) if std::str::from_utf8(bytes).is_err());
        return Converted { is_faithful: is_text && text.len() == source.len(), text: Some(text) };
    }
    if source.trim().is_empty() {
        // Legacy: forms sent '' for "no value"; only text columns tell the two apart.
        return Converted { text: None, is_faithful: true };
    }
    let source = source.trim();
    match kind {
        Kind::Integer => integer(value, source),
        Kind::Real => faithful(source.parse::<f64>().ok().map(|number| number.to_string())),
        Kind::Boolean => faithful(boolean(source).map(|yes| yes.to_string())),
        // Trailing zeros say nothing: SQLite drops them.
        Kind::Numeric => {
            faithful(Decimal::from_str_exact(source).ok().map(|number| number.normalize().to_string()))
        }
        // Django writes them without hyphens where the database has no such type.
        Kind::Uuid => faithful(source.parse::<Uuid>().ok().map(|id| id.to_string())),
        Kind::Date => faithful(date(source).map(|day| day.format("%Y-%m-%d").to_string())),
        Kind::Timestamp => {
            faithful(timestamp(value, source).map(|time| time.format("%Y-%m-%d %H:%M:%S%.f").to_string()))
        }
        Kind::Text | Kind::Json => json(source),
    }
}

fn faithful(text: Option<String>) -> Converted {
    Converted { is_faithful: text.is_some(), text }
}

/// Whole numbers of any spelling; a fraction is rounded and noted; the truth values of PostgreSQL count as 1 and 0.
fn integer(value: &Value, source: &str) -> Converted {
    if let Ok(number) = source.parse::<i32>() {
        return faithful(Some(number.to_string()));
    }
    let number = match value {
        Value::Real(number) => Some(*number),
        _ => source.parse::<f64>().ok().or_else(|| boolean(source).map(|yes| f64::from(u8::from(yes)))),
    };
    let Some(number) = number.filter(|number| number.abs() <= f64::from(i32::MAX)) else {
        return faithful(None);
    };
    Converted { text: Some(format!("{:.0}", number.round())), is_faithful: number.fract() == 0.0 }
}

fn boolean(source: &str) -> Option<bool> {
    match source.to_ascii_lowercase().as_str() {
        "t" | "true" | "yes" | "y" | "on" => Some(true),
        "f" | "false" | "no" | "n" | "off" => Some(false),
        number => number.parse::<f64>().ok().map(|number| number != 0.0),
    }
}

/// Only forms that can mean one day: a month and a day of two digits each in free order would be a guess.
fn date(source: &str) -> Option<NaiveDate> {
    let day = source.split(['T', ' ']).next().unwrap_or(source);
    let day =
        NaiveDate::parse_from_str(day, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(day, "%Y/%m/%d"));
    day.ok().filter(|day| (1..10_000).contains(&chrono::Datelike::year(day)))
}

/// `2025-01-31 08:05:12`, ISO 8601 with or without a zone (brought to UTC), a day alone, and JavaScript's milliseconds.
fn timestamp(value: &Value, source: &str) -> Option<NaiveDateTime> {
    if let Value::Integer(number) = value {
        let milliseconds = if number.abs() > 100_000_000_000 { *number } else { number * 1_000 };
        return DateTime::from_timestamp_millis(milliseconds).map(|time| time.naive_utc());
    }
    let zoned = DateTime::parse_from_rfc3339(source)
        .or_else(|_| DateTime::parse_from_str(source, "%Y-%m-%d %H:%M:%S%.f%#z"));
    if let Ok(time) = zoned {
        return Some(time.naive_utc());
    }
    ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(source, form).ok())
        .or_else(|| NaiveDate::parse_from_str(source, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
}

/// Text that is no JSON is kept as a JSON string. JSONB cannot hold the character NUL.
fn json(source: &str) -> Converted {
    let clean = source.replace("\\u0000", "");
    let is_clean = clean.len() == source.len();
    if serde_json::from_str::<Json>(&clean).is_ok() {
        return Converted { text: Some(clean), is_faithful: is_clean };
    }
    Converted { text: Some(Json::String(clean.replace('\0', "")).to_string()), is_faithful: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(source: &str) -> Value {
        Value::Text(source.to_owned())
    }

    /// The converted text; an answer that is not faithful is marked.
    fn converted(value: &Value, kind: Kind) -> String {
        let Converted { text, is_faithful } = convert(value, kind);
        format!("{}{}", if is_faithful { "" } else { "? " }, text.unwrap_or_else(|| "NULL".to_owned()))
    }

    #[test]
    fn truth_values_come_from_numbers_and_words() {
        for (value, expected) in [
            (Value::Integer(0), "false"),
            (Value::Integer(1), "true"),
            (text("t"), "true"),
            (text("FALSE"), "false"),
        ] {
            assert_eq!(converted(&value, Kind::Boolean), expected);
        }
        assert_eq!(converted(&Value::Null, Kind::Boolean), "NULL");
        assert_eq!(converted(&text("maybe"), Kind::Boolean), "? NULL");
        assert_eq!(converted(&text("true"), Kind::Integer), "1");
    }

    #[test]
    fn scores_keep_their_fraction_and_points_are_rounded_with_a_note() {
        assert_eq!(converted(&Value::Real(85.5), Kind::Real), "85.5");
        assert_eq!(converted(&Value::Integer(90), Kind::Real), "90");
        assert_eq!(converted(&Value::Real(0.1 + 0.2), Kind::Real), "0.30000000000000004");
        assert_eq!(converted(&Value::Real(85.0), Kind::Integer), "85");
        assert_eq!(converted(&Value::Real(85.5), Kind::Integer), "? 86");
        assert_eq!(converted(&Value::Integer(i64::MAX), Kind::Integer), "? NULL");
    }

    #[test]
    fn amounts_are_exact_and_keys_have_one_spelling() {
        assert_eq!(converted(&text("5500.00"), Kind::Numeric), "5500");
        assert_eq!(converted(&Value::Real(5500.1), Kind::Numeric), "5500.1");
        assert_eq!(converted(&text("much"), Kind::Numeric), "? NULL");
        let id = "0586ece3ff185aec9c627130a0c7e821";
        assert_eq!(converted(&text(id), Kind::Uuid), "0586ece3-ff18-5aec-9c62-7130a0c7e821");
        assert_eq!(converted(&text("12"), Kind::Uuid), "? NULL");
    }

    #[test]
    fn timestamps_are_read_in_every_form_the_legacy_wrote() {
        for source in [
            "2025-06-07 08:05:12",
            "2025-06-07T08:05:12Z",
            "2025-06-07T16:05:12+08:00",
            "2025-06-07 16:05:12+08",
        ] {
            assert_eq!(converted(&text(source), Kind::Timestamp), "2025-06-07 08:05:12", "{source}");
        }
        assert_eq!(converted(&text("2025-06-07T08:05:12.250Z"), Kind::Timestamp), "2025-06-07 08:05:12.250");
        assert_eq!(converted(&text("2025-06-07"), Kind::Timestamp), "2025-06-07 00:00:00");
        assert_eq!(converted(&Value::Integer(1_749_283_512_000), Kind::Timestamp), "2025-06-07 08:05:12");
        assert_eq!(converted(&text("last week"), Kind::Timestamp), "? NULL");
    }

    #[test]
    fn empty_dates_are_no_dates_and_ambiguous_ones_are_noted() {
        assert_eq!(converted(&text("2005-03-01"), Kind::Date), "2005-03-01");
        assert_eq!(converted(&text("2005-03-01T16:00:00.000Z"), Kind::Date), "2005-03-01");
        assert_eq!(converted(&text(""), Kind::Date), "NULL");
        assert_eq!(converted(&text("03/04/2005"), Kind::Date), "? NULL");
        assert_eq!(converted(&text(""), Kind::Text), "");
    }

    #[test]
    fn broken_json_is_kept_as_a_string() {
        assert_eq!(converted(&text(r#"{"points": 5}"#), Kind::Json), r#"{"points": 5}"#);
        assert_eq!(
            converted(&text(r#"{"reason": "a "quote""}"#), Kind::Json),
            r#"? "{\"reason\": \"a \"quote\"\"}""#
        );
    }
}
