//! Compares what was recorded with what came back.

use regex::Regex;
use serde_json::Value;

/// Collects the differences between two values.
pub struct Matcher<'a> {
    /// Members the contract adds to what the legacy server sent.
    pub added: &'a dyn Fn(&str) -> bool,
    /// Whether two values that are no objects, lists or matchers count as equal; given the recorded one, ours, and the path.
    pub alike: fn(&Value, &Value, &str) -> bool,
    /// One sentence for each difference, starting with its path.
    pub differences: Vec<String>,
}

impl Matcher<'_> {
    /// Compares two values at `path`.
    pub fn compare(&mut self, expected: &Value, actual: &Value, path: &str) {
        match (expected, actual) {
            (Value::String(pattern), _) if pattern.contains("<<") => {
                if expected != actual && !fits(pattern, actual) {
                    self.differ(expected, actual, path);
                }
            }
            (Value::Object(expected), Value::Object(actual)) => {
                for (key, value) in expected {
                    match actual.get(key) {
                        Some(actual) => self.compare(value, actual, &format!("{path}.{key}")),
                        None => self.differences.push(format!("{path}.{key} is missing, recorded {value}")),
                    }
                }
                for (key, value) in actual {
                    if !expected.contains_key(key) && !(self.added)(key) {
                        self.differences.push(format!("{path}.{key} is new: {}", short(value)));
                    }
                }
            }
            (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
                for (at, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                    self.compare(expected, actual, &format!("{path}.{at}"));
                }
            }
            (Value::Array(expected), Value::Array(actual)) => self.differences.push(format!(
                "{path} has {} items, recorded {}",
                actual.len(),
                expected.len()
            )),
            _ if (self.alike)(expected, actual, path) => {}
            _ => self.differ(expected, actual, path),
        }
    }

    fn differ(&mut self, expected: &Value, actual: &Value, path: &str) {
        self.differences.push(format!("{path} is {}, recorded {}", short(actual), short(expected)));
    }
}

/// Equal; numbers by value.
pub fn equal(expected: &Value, actual: &Value, _: &str) -> bool {
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        _ => expected == actual,
    }
}

/// Whether a value fits a text with matchers such as `<<iso>>`.
fn fits(pattern: &str, actual: &Value) -> bool {
    match pattern {
        "<<any>>" => return true,
        "<<int>>" | "<<epoch_ms>>" | "<<number>>" | "<<bigint>>" if actual.is_number() => return true,
        _ => {}
    }
    actual.as_str().is_some_and(|text| fits_text(pattern, text))
}

/// Whether a text fits one with matchers.
pub fn fits_text(pattern: &str, text: &str) -> bool {
    if pattern == text {
        return true;
    }
    let mut regex = String::from("^(?s:");
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once("<<") {
        let Some((name, after)) = after.split_once(">>") else { break };
        regex.push_str(&regex::escape(before));
        regex.push_str(fragment(name));
        rest = after;
    }
    regex.push_str(&regex::escape(rest));
    regex.push_str(")$");
    Regex::new(&regex).is_ok_and(|regex| regex.is_match(text))
}

/// The regular expression of a matcher.
fn fragment(name: &str) -> &'static str {
    match name {
        "int" => r"-?\d+",
        "iso" => r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)",
        "timestamp" => r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?",
        "epoch_ms" => r"\d{13}",
        "upload" => r"/uploads/[\w-]+(?:\.\w+)?",
        "path" => r"\S*/uploads/[\w-]+(?:\.\w+)?",
        "time" => "\\d{1,2}:\\d{2}:\\d{2}[ \u{202f}](?:AM|PM)",
        "today" => r"\d{4}-\d\d-\d\d",
        "long_date" => r"[A-Z][a-z]+ \d{1,2}, \d{4}",
        // The legacy clearance server printed some UUIDs as numbers.
        "uuid" | "bigint" => "[0-9a-f-]{36}",
        "number" => r"-?\d+(?:\.\d+)?",
        "stamp" => r"\d{8}_?\d{6}",
        "token" => ".+",
        "server_dir" => r"\S*",
        "url" => r"https?://\S+",
        "base_url" => "https?://[^/]+",
        _ => ".*",
    }
}

/// Sorts the list at `path` (`summary`, `data.rows`), because its order means nothing.
pub fn sort_list(value: &mut Value, path: &str) {
    let at = path.split('.').filter(|key| !key.is_empty()).try_fold(value, |value, key| value.get_mut(key));
    if let Some(Value::Array(items)) = at {
        items.sort_by_cached_key(Value::to_string);
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() > 160 { text.chars().take(160).chain("...".chars()).collect() } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differences(expected: &Value, actual: &Value) -> Vec<String> {
        let mut matcher = Matcher { added: &|key| key == "added", alike: equal, differences: Vec::new() };
        matcher.compare(expected, actual, "");
        matcher.differences
    }

    #[test]
    fn numbers_are_compared_by_value_and_texts_stay_texts() {
        assert!(differences(&json!([12, 1.0]), &json!([12.0, 1])).is_empty());
        assert!(!differences(&json!("12"), &json!(12)).is_empty());
        assert!(!differences(&json!(true), &json!(1)).is_empty());
    }

    #[test]
    fn every_member_counts_unless_the_contract_adds_it() {
        assert!(differences(&json!({ "a": 1 }), &json!({ "a": 1, "added": 2 })).is_empty());
        assert_eq!(differences(&json!({ "a": 1 }), &json!({ "b": 1 })).len(), 2);
    }

    #[test]
    fn a_matcher_fits_alone_and_inside_a_text() {
        assert!(differences(&json!("at <<iso>>."), &json!("at 2025-01-02T10:04:00.000Z.")).is_empty());
        assert!(differences(&json!("<<int>>"), &json!(5)).is_empty());
        assert!(differences(&json!("<<number>> days"), &json!("5 days")).is_empty());
        assert!(!differences(&json!("<<iso>>"), &json!(null)).is_empty());
        assert!(differences(&json!({ "x": "<<any>>" }), &json!({ "x": null })).is_empty());
    }
}
