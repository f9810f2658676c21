//! The bodies that name many people at once.

use serde::Deserialize;
use shared::{Error, Result, error::invalid, http::lenient::whole_numbers};
use utoipa::ToSchema;
use validator::Validate;

/// The cadets or members of the staff that the admin has ticked.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct Selection {
    /// Their ids; ids that nobody has are passed over.
    #[serde(default, deserialize_with = "whole_numbers")]
    #[schema(value_type = Vec<i32>)]
    ids: Option<Vec<i32>>,
}

impl Selection {
    /// The ids, of which there may be none.
    pub(crate) fn any(self) -> Result<Vec<i32>> {
        self.ids.ok_or_else(not_ids)
    }

    /// The ids, at least one.
    pub(crate) fn some(self) -> Result<Vec<i32>> {
        self.ids.filter(|ids| !ids.is_empty()).ok_or_else(not_ids)
    }
}

/// The cadets whose accounts' names are wanted back.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct ReclaimSelection {
    /// Ids of cadets, at least one.
    #[serde(default, deserialize_with = "whole_numbers")]
    #[schema(value_type = Vec<i32>)]
    cadet_ids: Option<Vec<i32>>,
}

impl ReclaimSelection {
    /// The ids, at least one.
    pub(super) fn some(self) -> Result<Vec<i32>> {
        let ids = self.cadet_ids.filter(|ids| !ids.is_empty());
        ids.ok_or_else(|| invalid("invalid_ids", "Invalid cadet IDs"))
    }
}

fn not_ids() -> Error {
    invalid("invalid_ids", "Invalid IDs")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(body: &str) -> Option<Vec<i32>> {
        serde_json::from_str::<Selection>(body).unwrap().ids
    }

    #[test]
    fn ids_are_numbers_or_numbers_as_texts() {
        assert_eq!(ids(r#"{"ids": [1, "2"]}"#), Some(vec![1, 2]));
        assert_eq!(ids(r#"{"ids": []}"#), Some(vec![]));
        for bad in [
            r#"{}"#,
            r#"{"ids": "1"}"#,
            r#"{"ids": ["x"]}"#,
            r#"{"ids": [1.5]}"#,
            r#"{"ids": [99999999999]}"#,
        ] {
            assert_eq!(ids(bad), None, "{bad}");
        }
    }
}
