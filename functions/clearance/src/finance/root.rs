//! What there is below `/api/finance`.

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::{App, Result, auth::principal::Signed, drf::base, http::Json};

use crate::access::Person;

/// The lists of the module.
const LISTS: [&str; 6] =
    ["payments", "records", "receipts", "mpesa_attempts", "reconciliations", "invoices"];

/// The absolute address of this server.
#[derive(Clone, Debug)]
pub struct Base(String);

impl FromRequestParts<App> for Base {
    type Rejection = shared::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self(base(app, parts)))
    }
}

/// List the lists of finance
#[utoipa::path(get, path = "/api/finance", tag = "finance", responses((status = 200, body = Object)))]
pub async fn list_finance(
    Signed(_person): Signed<Person>,
    Base(base): Base,
) -> Json<BTreeMap<&'static str, String>> {
    Json(LISTS.into_iter().map(|list| (list, format!("{base}/api/finance/{list}/"))).collect())
}
