//! Numbers as the existing clients send them: numbers, or texts out of form fields.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, Visitor},
};

/// A member of a JSON body that should be a number. Use with `#[serde(default)]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loose {
    /// The member is not there.
    #[default]
    Missing,
    /// `null`, which JavaScript also writes for a number that is none.
    Null,
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// Anything else.
    Other,
}

impl Loose {
    /// The number `Number(value)` gives in JavaScript; `null` and an empty text are 0.
    ///
    /// None for what is missing, no number, or not finite. Hexadecimal texts are none, too.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Null => Some(0.0),
            Self::Number(number) => Some(*number),
            Self::Text(text) if text.trim().is_empty() => Some(0.0),
            Self::Text(text) => parse(text.trim()),
            Self::Missing | Self::Other => None,
        }
    }

    /// The whole number this is, if it is one that fits. `null` and an empty text are none.
    pub fn whole(&self) -> Option<i32> {
        match self {
            Self::Null => None,
            Self::Text(text) if text.trim().is_empty() => None,
            _ => self.number().filter(|number| number.fract() == 0.0).and_then(to_i32),
        }
    }
}

/// Digits, sign, point and exponent only: the words Rust also reads (`inf`, `nan`) are no numbers here.
fn parse(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

fn to_i32(number: f64) -> Option<i32> {
    (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number).then_some(number as i32)
}

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyMember)
    }
}

struct AnyMember;

impl<'de> Visitor<'de> for AnyMember {
    type Value = Loose;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_unit<E>(self) -> Result<Loose, E> {
        Ok(Loose::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose, E> {
        Ok(Loose::Other)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Loose, E> {
        Ok(Loose::Number(value as f64))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Loose, E> {
        Ok(Loose::Number(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Loose, E> {
        Ok(Loose::Number(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Loose, E> {
        Ok(Loose::Text(value.to_owned()))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Loose, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Loose, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Loose::Other)
    }
}
