//! The fields of a body, read one by one: what is wrong with any of them is told together, in the words of Django REST
//! Framework.

use std::{collections::BTreeMap, ops::RangeInclusive};

use chrono::{DateTime, NaiveDate, TimeZone, Utc};
use serde_json::Value;
use uuid::Uuid;
use validator::ValidateEmail;

use super::{
    envelope::NON_FIELD,
    filters::{in_range, moment},
};
use crate::{
    Result,
    error::{FieldError, invalid},
    http::{FormData, Money, UploadedFile},
    text,
};

/// Whether a field must be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must be there, with a value.
    Required,
    /// It may be left out, but not be null.
    Optional,
    /// It may be left out or null.
    Nullable,
}

/// Reads the fields of a body. Every method gives the value, or nothing when the field is left out or wrong;
/// [`Fields::finish`] then fails with all that was wrong.
#[derive(Debug)]
pub struct Fields {
    form: FormData,
    /// Numbers as they were written.
    numbers: BTreeMap<String, String>,
    errors: Vec<FieldError>,
}

impl Fields {
    pub(super) fn new(form: FormData, numbers: BTreeMap<String, String>) -> Self {
        Self { form, numbers, errors: Vec::new() }
    }

    /// A trimmed text of 1 to `most` characters.
    pub fn text(&mut self, name: &str, need: Need, most: usize) -> Option<String> {
        let text = self.text_or_blank(name, need, most)?;
        if text.is_empty() {
            return self.wrong(name, "This field may not be blank.");
        }
        Some(text)
    }

    /// The name of a person or a thing, of 1 to `most` characters: see [`text::name`].
    pub fn name(&mut self, name: &str, need: Need, most: usize) -> Option<String> {
        let given = self.text(name, need, most)?;
        match text::name(name, &given) {
            Ok(given) => Some(given),
            Err(_) => self.wrong(name, text::NO_NAME),
        }
    }

    /// A trimmed text of at most `most` characters.
    pub fn text_or_blank(&mut self, name: &str, need: Need, most: usize) -> Option<String> {
        let text = match self.value(name, need)? {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(_) => self.numbers.get(name).cloned().unwrap_or_default(),
            _ => return self.wrong(name, "Not a valid string."),
        };
        if text.contains('\0') {
            return self.wrong(name, "Null characters are not allowed.");
        }
        if text.chars().count() > most {
            return self.wrong(name, format!("Ensure this field has no more than {most} characters."));
        }
        Some(text)
    }

    /// An e-mail address of at most `most` characters, as it was written.
    pub fn email(&mut self, name: &str, need: Need, most: usize) -> Option<String> {
        let text = self.text(name, need, most)?;
        if text.validate_email() { Some(text) } else { self.wrong(name, "Enter a valid email address.") }
    }

    /// A whole number.
    pub fn integer(&mut self, name: &str, need: Need, range: RangeInclusive<i64>) -> Option<i64> {
        let text = match self.value(name, need)? {
            Value::Number(_) => self.numbers.get(name).cloned(),
            Value::String(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        let Some(number) = text.and_then(|text| text.parse().ok()) else {
            return self.wrong(name, "A valid integer is required.");
        };
        if number > *range.end() {
            return self.wrong(name, format!("Ensure this value is less than or equal to {}.", range.end()));
        }
        if number < *range.start() {
            return self
                .wrong(name, format!("Ensure this value is greater than or equal to {}.", range.start()));
        }
        Some(number)
    }

    /// An exact amount with at most `digits` digits, `places` of them decimals.
    pub fn money(&mut self, name: &str, need: Need, digits: u32, places: u32) -> Option<Money> {
        let text = match self.value(name, need)? {
            Value::Number(_) => self.numbers.get(name).cloned(),
            Value::String(text) => Some(text.trim().to_owned()),
            _ => None,
        };
        let Some(amount) = text.and_then(|text| Money::parse(&text)) else {
            return self.wrong(name, "A valid number is required.");
        };
        let whole = amount.whole_digits();
        if whole + amount.places() > digits {
            return self.wrong(name, format!("Ensure that there are no more than {digits} digits in total."));
        }
        if amount.places() > places {
            return self.wrong(name, format!("Ensure that there are no more than {places} decimal places."));
        }
        if whole > digits - places {
            let most = digits - places;
            return self.wrong(
                name,
                format!("Ensure that there are no more than {most} digits before the decimal point."),
            );
        }
        Some(amount)
    }

    /// One of `choices`.
    pub fn choice<T: Copy>(&mut self, name: &str, need: Need, choices: &[(&str, T)]) -> Option<T> {
        let value = self.value(name, need)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match choices.iter().find(|(known, _)| *known == text) {
            Some((_, choice)) => Some(*choice),
            None => self.wrong(name, format!("\"{text}\" is not a valid choice.")),
        }
    }

    /// A UUID.
    pub fn uuid(&mut self, name: &str, need: Need) -> Option<Uuid> {
        match self.value(name, need)?.as_str().and_then(|text| text.trim().parse().ok()) {
            Some(id) => Some(id),
            None => self.wrong(name, "Must be a valid UUID."),
        }
    }

    /// True or false, in the spellings of programs and forms.
    pub fn boolean(&mut self, name: &str, need: Need) -> Option<bool> {
        let value = self.value(name, need)?;
        let text = value.as_str().map_or_else(|| value.to_string(), |text| text.trim().to_ascii_lowercase());
        match text.as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => self.wrong(name, "Must be a valid boolean."),
        }
    }

    /// A day, `YYYY-MM-DD`.
    pub fn date(&mut self, name: &str, need: Need) -> Option<NaiveDate> {
        let value = self.value(name, need)?;
        let day = value.as_str().filter(|text| text.trim().len() == 10);
        match day.and_then(|text| text.trim().parse().ok()).filter(in_range) {
            Some(day) => Some(day),
            None => self.wrong(name, "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."),
        }
    }

    /// A moment; without an offset it is one of the time zone `zone`.
    pub fn moment(&mut self, name: &str, need: Need, zone: &impl TimeZone) -> Option<DateTime<Utc>> {
        let text = self.text(name, need, 40)?;
        let message = "Datetime has wrong format. Use one of these formats instead: \
                       YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].";
        moment(&text, zone).or_else(|| self.wrong(name, message))
    }

    /// A file.
    pub fn file(&mut self, name: &str, need: Need) -> Option<UploadedFile> {
        if let Some(file) = self.form.files.remove(name).and_then(|mut files| files.pop()) {
            return Some(file);
        }
        match self.form.fields.get(name) {
            Some(Value::Null) if need == Need::Nullable => None,
            Some(_) => {
                self.wrong(name, "The submitted data was not a file. Check the encoding type on the form.")
            }
            None if need == Need::Required => self.wrong(name, "No file was submitted."),
            None => None,
        }
    }

    /// Whether the body says something of a field, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.form.fields.contains_key(name) || self.form.files.contains_key(name)
    }

    /// Whether a field was rejected with this message.
    pub fn is_rejected(&self, name: &str, message: &str) -> bool {
        self.errors.iter().any(|error| error.field == name && error.message == message)
    }

    /// Notes what else is wrong with a field.
    pub fn reject(&mut self, name: &str, message: impl Into<String>) {
        self.errors.push(FieldError { field: name.to_owned(), message: message.into() });
    }

    /// Notes what is wrong with the whole.
    pub fn reject_all(&mut self, message: impl Into<String>) {
        self.reject(NON_FIELD, message);
    }

    /// Whether anything was wrong so far: rules about several fields wait until each is right.
    pub fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// Fails with everything that was wrong.
    pub fn finish(self) -> Result<()> {
        settle(self.errors)
    }

    fn value(&mut self, name: &str, need: Need) -> Option<Value> {
        match self.form.fields.get(name) {
            None if need == Need::Required => self.wrong(name, "This field is required."),
            None => None,
            Some(Value::Null) if need == Need::Nullable => None,
            Some(Value::Null) => self.wrong(name, "This field may not be null."),
            Some(value) => Some(value.clone()),
        }
    }

    fn wrong<T>(&mut self, name: &str, message: impl Into<String>) -> Option<T> {
        self.reject(name, message);
        None
    }
}

/// Fails with 400 and every message, if there is one.
pub(super) fn settle(errors: Vec<FieldError>) -> Result<()> {
    match errors.first() {
        None => Ok(()),
        Some(first) => Err(invalid("invalid", first.message.clone()).with_fields(errors)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::drf::Data;

    fn fields(body: &str) -> Fields {
        Data::json(body.as_bytes()).expect("an object").fields()
    }

    fn messages(fields: Fields) -> Value {
        let problem = fields.finish().expect_err("rejected").into_problem();
        problem.fields.iter().map(|error| json!([error.field, error.message])).collect()
    }

    #[test]
    fn all_wrong_fields_are_told_together() {
        let mut fields = fields(
            r#"{"name": " ", "age": 1.5, "email": "a", "kind": "x", "id": "1", "on": "maybe", "day": "2026-1-1", "note": null}"#,
        );
        fields.text("name", Need::Required, 10);
        fields.integer("age", Need::Required, 0..=9);
        fields.email("email", Need::Required, 99);
        fields.choice("kind", Need::Required, &[("y", 1)]);
        fields.uuid("id", Need::Required);
        fields.boolean("on", Need::Required);
        fields.date("day", Need::Required);
        fields.text("note", Need::Optional, 10);
        fields.text("missing", Need::Required, 10);
        assert!(!fields.is_valid());
        assert_eq!(
            messages(fields),
            json!([
                ["name", "This field may not be blank."],
                ["age", "A valid integer is required."],
                ["email", "Enter a valid email address."],
                ["kind", "\"x\" is not a valid choice."],
                ["id", "Must be a valid UUID."],
                ["on", "Must be a valid boolean."],
                ["day", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD."],
                ["note", "This field may not be null."],
                ["missing", "This field is required."],
            ])
        );
    }

    #[test]
    fn good_fields_are_given_trimmed_and_absent_ones_are_none() {
        let mut fields = fields(r#"{"name": " Ana ", "age": "7", "phone": 254700000000, "note": null}"#);
        assert_eq!(fields.text("name", Need::Required, 3).as_deref(), Some("Ana"));
        assert_eq!(fields.integer("age", Need::Required, 0..=9), Some(7));
        assert_eq!(fields.text("phone", Need::Required, 20).as_deref(), Some("254700000000"));
        assert_eq!(fields.text("note", Need::Nullable, 3), None);
        assert_eq!(fields.uuid("id", Need::Optional), None);
        assert!(fields.finish().is_ok());
    }

    #[test]
    fn amounts_are_read_from_their_text_and_never_rounded() {
        let amount = |text: &str| {
            let mut fields = fields(&format!("{{\"amount\": {text}}}"));
            let amount = fields.money("amount", Need::Required, 10, 2);
            amount.map_or_else(
                || messages(fields)[0][1].as_str().unwrap_or_default().to_owned(),
                |amount| amount.to_string(),
            )
        };
        assert_eq!(
            [amount("0.1"), amount("\"5500.00\""), amount("99999999.99")],
            ["0.10", "5500.00", "99999999.99"]
        );
        // A double would make 1.00 of it.
        assert_eq!(amount("1.0000000000000000001"), "Ensure that there are no more than 10 digits in total.");
        assert_eq!(amount("1.005"), "Ensure that there are no more than 2 decimal places.");
        assert_eq!(
            amount("123456789.1"),
            "Ensure that there are no more than 8 digits before the decimal point."
        );
        for bad in ["\"NaN\"", "1e2", "true", "\"\"", "[1]"] {
            assert_eq!(amount(bad), "A valid number is required.", "{bad}");
        }
    }
}
