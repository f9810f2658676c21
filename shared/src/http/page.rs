//! Lists in pages.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::lenient::query_number;

/// Which page a client asks for. Numbers that make no sense fall back to the nearest that does.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PageRequest {
    /// From 1.
    #[serde(deserialize_with = "query_number")]
    pub page: Option<i64>,
    /// Rows in a page.
    #[serde(deserialize_with = "query_number")]
    pub limit: Option<i64>,
}

/// One page, with what a query needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Page {
    /// From 1.
    pub page: i64,
    /// Rows in a page.
    pub limit: i64,
}

impl PageRequest {
    /// The page asked for, with `default` rows and never more than `most`.
    pub fn page(self, default: i64, most: i64) -> Page {
        Page {
            page: self.page.unwrap_or(1).clamp(1, 1_000_000),
            limit: self.limit.unwrap_or(default).clamp(1, most),
        }
    }
}

impl Page {
    /// Rows before this page.
    pub fn offset(self) -> i64 {
        (self.page - 1) * self.limit
    }

    /// Pages that `total` rows fill.
    pub fn pages(self, total: i64) -> i64 {
        (total + self.limit - 1) / self.limit
    }
}
