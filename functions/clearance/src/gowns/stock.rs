//! How many gowns of a size there are.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    auth::principal::Principal,
    db::Change,
    drf::Fields,
    error::invalid_field,
    http::{Json, webhook::RawBody},
    row, sql,
};
use utoipa::ToSchema;

use super::SIZES;
use crate::access::GownDesk;

row! {
    /// The gowns of a size.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Stock {
        size: String,
        /// Null for a size that is not counted.
        total: Option<i32>,
        /// Gowns that are not back, whatever became of them.
        out: i64,
        /// Null for a size that is not counted.
        available: Option<i64>,
    }
}

/// How many gowns of a size there shall be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub struct NewTotal {
    size: String,
    /// 0 to 10000
    total: i32,
}

/// Show how many gowns there are
#[utoipa::path(get, path = "/api/gown-issuances/stock", tag = "gowns", responses((status = 200, body = Vec<Stock>)))]
pub async fn show_gown_stock(
    GownDesk(_person): GownDesk,
    State(app): State<App>,
) -> Result<Json<Vec<Stock>>> {
    let list = sql!(
        "SELECT sizes.size, total, count(gowns.id) AS out, greatest(0, total - count(gowns.id)) AS available
         FROM unnest($1::text[]) WITH ORDINALITY AS sizes (size, position) LEFT JOIN gown_stock ON gown_stock.size = sizes.size
         LEFT JOIN gown_issuances AS gowns ON gown_size = sizes.size AND status <> 'returned' AND deleted_at IS NULL
         GROUP BY sizes.size, position, total ORDER BY position"
    );
    let sizes = SIZES.map(|(size, _)| size).to_vec();
    Ok(Json(app.db.read().await?.all(list, &[&sizes]).await?))
}

/// Save how many gowns there are
///
/// Sizes that are not named stay.
#[utoipa::path(put, path = "/api/gown-issuances/stock", tag = "gowns", request_body = Vec<NewTotal>,
    responses((status = 200, body = Vec<Stock>)))]
pub async fn save_gown_stock(
    GownDesk(person): GownDesk,
    State(app): State<App>,
    body: RawBody,
) -> Result<Json<Vec<Stock>>> {
    let Ok(totals) = serde_json::from_slice::<Vec<NewTotal>>(&body.body) else {
        return Err(invalid_field("non_field_errors", "Expected a list of sizes with their totals."));
    };
    for NewTotal { size, total } in &totals {
        if !SIZES.iter().any(|(known, _)| known == size) {
            return Err(invalid_field("size", format!("\"{size}\" is not a valid choice.")));
        }
        if !(0..=10_000).contains(total) {
            return Err(invalid_field("total", "Ensure this value is between 0 and 10000."));
        }
    }
    let store = sql!(
        "INSERT INTO gown_stock (size, total)
         SELECT size, max(total) FROM unnest($1::text[], $2::int[]) AS list (size, total) GROUP BY size
         ON CONFLICT (size) DO UPDATE SET total = excluded.total"
    );
    let (sizes, totals): (Vec<String>, Vec<i32>) =
        totals.into_iter().map(|new| (new.size, new.total)).unzip();
    let mut change = app.db.change(&person.actor()).await?;
    change.execute(store, &[&sizes, &totals]).await?;
    change.commit().await?;
    show_gown_stock(GownDesk(person), State(app)).await
}

/// Rejects a size of which every gown is out. Whoever takes the last one holds the size until the commit.
pub async fn require(change: &mut Change, fields: &mut Fields, size: &str) -> Result<()> {
    let lock = sql!("SELECT total FROM gown_stock WHERE size = $1 FOR UPDATE");
    let Some(total) = change.one::<i32>(lock, &[&size]).await? else { return Ok(()) };
    let count = sql!(
        "SELECT count(*) FROM gown_issuances WHERE gown_size = $1 AND status <> 'returned' AND deleted_at IS NULL"
    );
    if change.only::<i64>(count, &[&size]).await? >= i64::from(total) {
        fields.reject("gown_size", format!("No gown of size {size} is in stock"));
    }
    Ok(())
}
