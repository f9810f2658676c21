//! Where the values of the legacy server and ours may look different.

use serde_json::{Number, Value};

/// Whether a value is the recorded one, given the path to it.
pub fn alike(expected: &Value, actual: &Value, path: &str) -> bool {
    same(expected, actual) || same_day(expected, actual, path)
}

/// Equal; numbers by value, and a number where the legacy server sent its text (counts and sums of PostgreSQL).
fn same(expected: &Value, actual: &Value) -> bool {
    let number = |number: &Number| number.as_f64();
    match (expected, actual) {
        (Value::Number(a), Value::Number(b)) => number(a) == number(b),
        (Value::String(text), Value::Number(b)) => {
            text.parse::<f64>().ok().is_some_and(|a| Some(a) == number(b))
        }
        _ => expected == actual,
    }
}

/// Dates without a time are `YYYY-MM-DD`; the legacy server made timestamps of them.
fn same_day(expected: &Value, actual: &Value, path: &str) -> bool {
    let is_date = [".birthdate", ".date_absent"].iter().any(|name| path.ends_with(name));
    match (expected.as_str(), actual.as_str()) {
        (Some(expected), Some(actual)) if is_date => {
            expected.strip_suffix("T00:00:00.000Z").is_some_and(|day| day == actual)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::alike;

    #[test]
    fn numbers_may_be_texts_but_texts_stay_texts() {
        assert!(alike(&json!("12"), &json!(12), ".a") && alike(&json!(1.0), &json!(1), ".a"));
        assert!(!alike(&json!(12), &json!("12"), ".a"));
        assert!(!alike(&json!(true), &json!(1), ".a"));
    }

    #[test]
    fn a_date_has_no_time() {
        let recorded = json!("2004-02-20T00:00:00.000Z");
        assert!(alike(&recorded, &json!("2004-02-20"), ".birthdate"));
        assert!(!alike(&recorded, &json!("2004-02-21"), ".birthdate"));
    }
}
