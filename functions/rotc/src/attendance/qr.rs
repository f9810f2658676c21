//! What the codes of cadets and staff say. Anybody can print one, so they are read with suspicion.

use serde_json::{Map, Value};
use shared::{
    Error, Result,
    error::{invalid, not_found},
    http::lenient::Loose,
};

use super::status::Status;

/// As much as fits into a QR code (digits only; of other text less).
const LONGEST: usize = 7089;

/// The longest text taken for a time.
const LONGEST_TIME: usize = 40;

/// What a cadet's code says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CadetCode {
    /// A student id: the text of the code, or what it names.
    pub identifier: Option<String>,
    /// The id of the cadet, of codes that name it. A text alone never means one: it is what is printed on cards, and
    /// `0000014` is not the cadet with the id 14.
    pub id: Option<i32>,
    /// The user name, for codes whose identifier fits nobody.
    pub username: Option<String>,
    /// How they attended, if the code says so.
    pub status: Option<Status>,
    /// When they came.
    pub time_in: Option<String>,
    /// When they left.
    pub time_out: Option<String>,
}

/// Reads a cadet's code: JSON, or the identifier alone (rules.md 5.1).
pub fn cadet(data: &Loose) -> Result<CadetCode> {
    let text = text(data)?.ok_or_else(|| invalid("required", "QR data is required"))?;
    let Some(Value::Object(members)) = json(&text) else {
        let id = if matches!(data, Loose::Number(_)) { whole(&text) } else { None };
        return Ok(CadetCode { identifier: Some(text), id, ..CadetCode::default() });
    };
    // Legacy: a word that is no status stands for `present`.
    let status = member(&members, "Status");
    let status = status.map(|word| Status::parse(&word.to_lowercase()).unwrap_or(Status::Present));
    let time = |name| member(&members, name).filter(|time| time.chars().count() <= LONGEST_TIME);
    Ok(CadetCode {
        identifier: member(&members, "student_id").or_else(|| member(&members, "id")),
        id: member(&members, "id").filter(|id| !id.starts_with('0')).and_then(|id| whole(&id)),
        username: member(&members, "Username"),
        status,
        time_in: time("Time In"),
        time_out: time("Time Out"),
    })
}

/// The member of the staff that a code names. Nothing else in it is believed.
pub fn staff_id(data: &Loose) -> Result<i32> {
    let text = text(data)?.ok_or_else(no_code)?;
    let code = json(&text).filter(|code| !code.is_null()).ok_or_else(no_code)?;
    let id = code.as_object().and_then(|members| member(members, "id"));
    id.and_then(|id| whole(&id)).ok_or_else(|| invalid("bad_staff_id", "Invalid Staff ID in QR Code"))
}

/// The id that a text of digits stands for.
pub fn whole(text: &str) -> Option<i32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// 404.
pub fn no_such_cadet() -> Error {
    not_found("Cadet not found")
}

fn no_code() -> Error {
    invalid("bad_qr", "Invalid QR Code format")
}

/// The text of a code; clients also send a number as one.
fn text(data: &Loose) -> Result<Option<String>> {
    let text = match data {
        Loose::Text(text) => text.trim().to_owned(),
        Loose::Number(number) => number.to_string(),
        Loose::Other => return Err(no_code()),
        Loose::Missing | Loose::Null => return Ok(None),
    };
    if text.chars().count() > LONGEST || text.contains('\0') {
        return Err(no_code());
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// A member that says something, as text.
fn member(members: &Map<String, Value>, name: &str) -> Option<String> {
    let text = match members.get(name)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty() && !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> CadetCode {
        cadet(&Loose::Text(text.to_owned())).unwrap()
    }

    #[test]
    fn a_code_is_an_identifier_or_json_that_holds_one() {
        for (text, identifier) in [
            ("2024-1000", "2024-1000"),
            (" 7 ", "7"),
            (r#"{"student_id":"2024-1","id":7}"#, "2024-1"),
            (r#"{"student_id":"","id":7}"#, "7"),
            ("[7]", "[7]"),
            (r#"{"id":7"#, r#"{"id":7"#),
            ("null", "null"),
        ] {
            assert_eq!(read(text).identifier.as_deref(), Some(identifier), "{text}");
        }
        assert_eq!(cadet(&Loose::Number(7.0)).unwrap().identifier.as_deref(), Some("7"));
        for (text, id) in
            [("0000014", None), ("14", None), (r#"{"id":14}"#, Some(14)), (r#"{"id":"0000014"}"#, None)]
        {
            assert_eq!(read(text).id, id, "{text}");
        }
        assert_eq!(read(r#"{"id":{"$ne":1}}"#), CadetCode::default());
    }

    #[test]
    fn a_status_may_have_capitals_and_an_unknown_one_is_present() {
        assert_eq!(read(r#"{"id":7,"Status":"LATE"}"#).status, Some(Status::Late));
        assert_eq!(read(r#"{"id":7,"Status":"weird"}"#).status, Some(Status::Present));
        assert_eq!(read(r#"{"id":7}"#).status, None);
    }

    #[test]
    fn what_is_longer_than_a_code_is_none() {
        assert!(cadet(&Loose::Text("x".repeat(LONGEST + 1))).is_err());
        assert!(cadet(&Loose::Other).is_err() && cadet(&Loose::Missing).is_err());
        let code = format!(r#"{{"id":7,"Time In":"{}"}}"#, "9".repeat(LONGEST_TIME + 1));
        assert_eq!(read(&code).time_in, None);
        let deep = "[".repeat(7000);
        assert_eq!(read(&deep).identifier, Some(deep));
    }

    #[test]
    fn the_code_of_a_member_of_the_staff_names_one() {
        let id = |text: &str| staff_id(&Loose::Text(text.to_owned())).map_err(|e| e.code());
        assert_eq!(id(r#"{"id":3,"role":"admin"}"#), Ok(3));
        assert_eq!(id(r#"{"id":"3"}"#), Ok(3));
        for text in ["plain", "null", "{", ""] {
            assert_eq!(id(text), Err("bad_qr"), "{text}");
        }
        for text in
            ["7", r#"{"x":1}"#, r#"{"id":"abc"}"#, r#"{"id":-1}"#, r#"{"id":99999999999}"#, r#"{"id":1.5}"#]
        {
            assert_eq!(id(text), Err("bad_staff_id"), "{text}");
        }
    }
}
