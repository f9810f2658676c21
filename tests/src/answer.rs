//! What came back, with the assertions tests make on it.

use std::io::Read;

use bytes::Bytes;
use http::response::Parts;
use serde_json::Value;
use shared::error::Problem;

/// An answer. The assertions return it, so they can be chained; a failing one shows the whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub(crate) request: String,
    pub(crate) parts: Parts,
    pub(crate) body: Bytes,
}

impl Answer {
    /// Has this status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status(), status, "status of {self}");
        self
    }

    /// Its JSON has at least these members; lists are compared as a whole, member by member.
    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "tests write json!(..) in place")]
    pub fn has(&self, expected: Value) -> &Self {
        if let Some(difference) = missing(&expected, &self.json(), "") {
            panic!("{difference} in {self}");
        }
        self
    }

    /// The error carries this word for programs. The client API does not show it, so it is read beside the answer.
    #[track_caller]
    pub fn code(&self, code: &str) -> &Self {
        let problem = self.parts.extensions.get::<Problem>();
        assert_eq!(problem.map(|problem| problem.code), Some(code), "code of {self}");
        self
    }

    /// `message` is this sentence.
    #[track_caller]
    pub fn message(&self, message: &str) -> &Self {
        assert_eq!(self.json()["message"], message, "message of {self}");
        self
    }

    /// Whether the gateway answered for itself, without asking a function.
    pub fn is_of_gateway(&self) -> bool {
        self.parts.extensions.get::<crate::functions::OfGateway>().is_some()
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.parts.status.as_u16()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {self}"))
    }

    /// The same answer, unpacked if it is compressed.
    #[must_use]
    pub fn unpacked(mut self) -> Self {
        if self.header("content-encoding") == "gzip" {
            let mut plain = Vec::new();
            let read = flate2::read::GzDecoder::new(&*self.body).read_to_end(&mut plain);
            read.unwrap_or_else(|error| panic!("{error} while unpacking {self}"));
            self.body = plain.into();
        }
        self
    }

    /// The cookies it sets, each with its attributes.
    pub fn cookies(&self) -> Vec<String> {
        let all = self.parts.headers.get_all(http::header::SET_COOKIE).iter();
        all.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body.
    pub fn bytes(&self) -> &Bytes {
        &self.body
    }

    /// A header, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text: String = self.text().chars().take(2000).collect();
        write!(f, "{}: {} {text}", self.request, self.parts.status)
    }
}

/// The first place where `actual` lacks something of `expected`.
fn missing(expected: &Value, actual: &Value, path: &str) -> Option<String> {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => expected.iter().find_map(|(key, value)| {
            let path = format!("{path}.{key}");
            match actual.get(key) {
                Some(actual) => missing(value, actual, &path),
                None => Some(format!("{path} is missing")),
            }
        }),
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            let mut pairs = expected.iter().zip(actual).enumerate();
            pairs.find_map(|(at, (expected, actual))| missing(expected, actual, &format!("{path}.{at}")))
        }
        (Value::Array(expected), Value::Array(actual)) => {
            Some(format!("{path} has {} items, not {}", actual.len(), expected.len()))
        }
        (Value::Number(a), Value::Number(b)) if a.as_f64() == b.as_f64() => None,
        _ if expected == actual => None,
        _ => Some(format!("{path} is {actual}, not {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::missing;

    #[test]
    fn a_subset_is_enough_but_every_named_member_must_fit() {
        let actual = json!({ "id": 1, "list": [{ "a": 1.0, "b": 2 }] });
        assert_eq!(missing(&json!({ "list": [{ "a": 1 }] }), &actual, ""), None);
        assert_eq!(missing(&json!({ "id": 2 }), &actual, "").as_deref(), Some(".id is 1, not 2"));
        assert_eq!(missing(&json!({ "list": [] }), &actual, "").as_deref(), Some(".list has 1 items, not 0"));
        assert_eq!(missing(&json!({ "x": null }), &actual, "").as_deref(), Some(".x is missing"));
    }
}
