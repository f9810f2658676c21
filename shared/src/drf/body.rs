//! Bodies: JSON, `application/x-www-form-urlencoded` and `multipart/form-data` with the same fields.

use std::collections::BTreeMap;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::{Map, Value, value::RawValue};

use super::{Fields, envelope::NON_FIELD};
use crate::{
    Error, Result,
    error::{invalid, invalid_field, unsupported_media_type},
    http::{FormData, read_body, webhook::RawBody},
};

/// The fields and files of a body of any of the three types. No body is an empty object; another type is refused with 415.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The fields and files.
    pub form: FormData,
    /// Numbers as they were written, because a double would round them.
    numbers: BTreeMap<String, String>,
}

impl Data {
    /// Reads the fields one by one and collects what is wrong with them.
    pub fn fields(self) -> Fields {
        Fields::new(self.form, self.numbers)
    }

    /// The fields of a body that was read before, as for a signature or an idempotency key: JSON or a URL-encoded form.
    pub fn of(request: &RawBody) -> Result<Self> {
        Self::read(&content_type(&request.headers), &request.body)
    }

    fn read(kind: &str, body: &Bytes) -> Result<Self> {
        match essence(kind) {
            _ if body.is_empty() => Ok(Self::default()),
            "application/json" => Self::json(body),
            "application/x-www-form-urlencoded" => {
                let form = FormData { fields: form(body), ..FormData::default() };
                Ok(Self { form, numbers: BTreeMap::new() })
            }
            _ => Err(unsupported_media_type(format!("Unsupported media type \"{kind}\" in request."))),
        }
    }

    pub(super) fn json(body: &[u8]) -> Result<Self> {
        // Python takes a byte order mark for no JSON; clients of Windows send one.
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let fields = object(body)?;
        let mut numbers = BTreeMap::new();
        if fields.values().any(Value::is_number) {
            let written: BTreeMap<String, &RawValue> = serde_json::from_slice(body)?;
            let number = |(name, text): (String, &RawValue)| (name, text.get().to_owned());
            numbers = written.into_iter().map(number).collect();
        }
        Ok(Self { form: FormData { fields, ..FormData::default() }, numbers })
    }
}

impl<S: Send + Sync> FromRequest<S> for Data {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = content_type(request.headers());
        if essence(&kind) == "multipart/form-data" {
            let form = FormData::from_request(request, state).await?;
            return Ok(Self { form, numbers: BTreeMap::new() });
        }
        Self::read(&kind, &read_body(request, state).await?)
    }
}

fn content_type(headers: &HeaderMap) -> String {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().trim().to_owned()
}

fn essence(kind: &str) -> &str {
    kind.split(';').next().unwrap_or_default().trim_end()
}

/// The last of a name counts.
fn form(body: &Bytes) -> Map<String, Value> {
    let pairs = url::form_urlencoded::parse(body);
    pairs.into_owned().map(|(name, value)| (name, Value::String(value))).collect()
}

fn object(body: &[u8]) -> Result<Map<String, Value>> {
    let value: Value = serde_json::from_slice(body).map_err(|error| parse_error(body, &error))?;
    let name = match value {
        Value::Object(fields) => return Ok(fields),
        Value::Array(_) => "list",
        Value::String(_) => "str",
        Value::Bool(_) => "bool",
        Value::Null => "NoneType",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
    };
    Err(invalid_field(NON_FIELD, format!("Invalid data. Expected a dictionary, but got {name}.")))
}

/// Names the first character that cannot be read, as Python counts it; after the last when the text ends too early.
fn parse_error(body: &[u8], error: &serde_json::Error) -> Error {
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
    let offset = if error.is_eof() { body.len() } else { (before + error.column()).saturating_sub(1) };
    let read = String::from_utf8_lossy(body.get(..offset).unwrap_or(body));
    let last_line = read.rsplit('\n').next().unwrap_or_default();
    let (line, column) = (read.matches('\n').count() + 1, last_line.chars().count() + 1);
    let place = format!("line {line} column {column} (char {})", read.chars().count());
    // After `{` Python expects the name of a member; serde names the kind of what it found.
    let is_name = read.trim_end().ends_with('{') || error.to_string().starts_with("key must be a string");
    let expected = if is_name { "property name enclosed in double quotes" } else { "value" };
    invalid("malformed_json", format!("JSON parse error - Expecting {expected}: {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(kind: &str, body: &str) -> Result<Map<String, Value>> {
        let request = http::Request::builder().header(header::CONTENT_TYPE, kind);
        let request = request.body(body.to_owned().into()).expect("a request");
        Data::from_request(request, &()).await.map(|data| data.form.fields)
    }

    async fn refusal(kind: &str, body: &str) -> (u16, String) {
        let error = read(kind, body).await.expect_err("refused");
        (error.kind().status().as_u16(), error.message().to_owned())
    }

    #[tokio::test]
    async fn three_types_carry_the_same_fields() {
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nA b\r\n--b--\r\n";
        for (kind, body) in [
            ("application/json; charset=utf-8", r#"{"name": "A b"}"#),
            ("application/x-www-form-urlencoded", "name=first&name=A+b"),
            ("multipart/form-data; boundary=b", multipart),
        ] {
            let fields = read(kind, body).await.expect(kind);
            assert_eq!(fields.get("name"), Some(&Value::from("A b")), "{kind}");
        }
        assert_eq!(read("", "").await.expect("no body"), Map::new());
    }

    #[tokio::test]
    async fn other_types_are_refused_with_415() {
        let expected = (415, "Unsupported media type \"text/plain\" in request.".to_owned());
        assert_eq!(refusal("text/plain", "name=a").await, expected);
    }

    #[tokio::test]
    async fn broken_json_is_named_as_python_does() {
        let name = "property name enclosed in double quotes";
        for (body, expected) in [
            (r#"{"username":"#, "value: line 1 column 13 (char 12)".to_owned()),
            ("{\n  \"ñ\": x}", "value: line 2 column 8 (char 9)".to_owned()),
            (r#"{"a": 1,, "b": 2}"#, format!("{name}: line 1 column 9 (char 8)")),
            ("{bad json", format!("{name}: line 1 column 2 (char 1)")),
        ] {
            let expected = (400, format!("JSON parse error - Expecting {expected}"));
            assert_eq!(refusal("application/json", body).await, expected, "{body}");
        }
    }

    #[tokio::test]
    async fn anything_but_an_object_is_refused_by_its_type() {
        for (body, name) in
            [("[]", "list"), ("\"a\"", "str"), ("1", "int"), ("1.5", "float"), ("null", "NoneType")]
        {
            let expected = (400, format!("Invalid data. Expected a dictionary, but got {name}."));
            assert_eq!(refusal("application/json", body).await, expected);
        }
    }
}
