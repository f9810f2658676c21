//! The four ways a day can be recorded for somebody.

use serde::{Deserialize, Serialize};
use shared::{Error, Result, error::invalid_field};
use utoipa::ToSchema;

/// How somebody attended a training day. All but `absent` count as attended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Came.
    Present,
    /// Did not come.
    Absent,
    /// Came late.
    Late,
    /// Did not come, with a reason that was accepted.
    Excused,
}

impl Status {
    /// The text the database and the clients use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Absent => "absent",
            Self::Late => "late",
            Self::Excused => "excused",
        }
    }

    /// The status a text stands for, to the letter.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Present, Self::Absent, Self::Late, Self::Excused]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    /// The status a client sent, if it sent one.
    pub fn sent(text: Option<&str>) -> Result<Option<Self>> {
        text.map(|text| Self::parse(text).ok_or_else(unknown)).transpose()
    }

    /// The status a client must send.
    pub fn required(text: Option<&str>) -> Result<Self> {
        Self::sent(text)?.ok_or_else(unknown)
    }
}

fn unknown() -> Error {
    invalid_field("status", "Status must be present, absent, late or excused")
}
