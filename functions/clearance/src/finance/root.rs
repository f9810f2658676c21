//! What there is below `/api/finance`.

use std::collections::BTreeMap;

use shared::{auth::principal::Signed, drf::BaseAddress, http::Json};

use crate::access::Person;

/// The lists of the module.
const LISTS: [&str; 6] = ["payments", "records", "receipts", "mpesa_attempts", "reconciliations", "invoices"];

/// List the lists of finance
#[utoipa::path(get, path = "/api/finance", tag = "finance", responses((status = 200, body = Object)))]
pub async fn list_finance(
    Signed(_person): Signed<Person>,
    BaseAddress(base): BaseAddress,
) -> Json<BTreeMap<&'static str, String>> {
    Json(LISTS.into_iter().map(|list| (list, format!("{base}/api/finance/{list}/"))).collect())
}
