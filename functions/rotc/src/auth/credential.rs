//! What somebody typed to sign in.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use utoipa::ToSchema;

/// A user name, identifier or password as clients send it: a text, or nothing.
///
/// Legacy: other JSON types are taken as a text that fits nobody, so that the answer is 401 and not an error.
#[derive(Clone, Debug, Default, ToSchema)]
#[schema(value_type = Option<String>)]
pub struct Credential(pub Option<String>);

/// Longer texts are nobody's; they are cut before any work is done with them.
const LONGEST: usize = 256;

impl<'de> Deserialize<'de> for Credential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Value::deserialize(deserializer)? {
            Value::Null | Value::Bool(false) => None,
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        };
        Ok(Self(
            text.filter(|text| !text.is_empty())
                .map(|text| text.chars().take(LONGEST).filter(|c| *c != '\0').collect()),
        ))
    }
}
