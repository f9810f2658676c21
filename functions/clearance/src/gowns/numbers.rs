//! Gowns that should be back, and how much is out.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    http::{Json, Money},
    row, sql,
};
use utoipa::ToSchema;

use super::shown::{GownDetail, Wanted};
use crate::{access::GownDesk, times::today};

/// List the gowns that should have been returned
#[utoipa::path(get, path = "/api/gown-issuances/overdue", tag = "gowns",
    responses((status = 200, body = Vec<GownDetail>)))]
pub async fn list_overdue_gowns(
    GownDesk(_person): GownDesk,
    State(app): State<App>,
) -> Result<Json<Vec<GownDetail>>> {
    let wanted = Wanted { is_overdue: true, ..Wanted::default() };
    GownDetail::all(&app, wanted).await.map(Json)
}

row! {
    /// How many gowns are where, and what the deposits come to.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct GownStatistics {
        total_issued: i64,
        currently_issued: i64,
        returned: i64,
        lost: i64,
        damaged: i64,
        overdue: i64,
        /// Gowns without a deposit.
        deposits_pending: i64,
        /// Their amounts.
        #[serde(serialize_with = "Money::as_number")]
        #[schema(value_type = f64)]
        deposits_collected: Money,
        /// Returned gowns whose deposit was paid and not refunded.
        refunds_pending: i64,
        /// What was refunded.
        #[serde(serialize_with = "Money::as_number")]
        #[schema(value_type = f64)]
        refunds_processed: Money,
    }
}

/// Count the gowns
#[utoipa::path(get, path = "/api/gown-issuances/statistics", tag = "gowns",
    responses((status = 200, body = GownStatistics)))]
pub async fn show_gown_statistics(
    GownDesk(_person): GownDesk,
    State(app): State<App>,
) -> Result<Json<GownStatistics>> {
    let count = sql!(
        "SELECT count(*) AS total_issued, count(*) FILTER (WHERE status = 'issued') AS currently_issued,
                count(*) FILTER (WHERE status = 'returned') AS returned, count(*) FILTER (WHERE status = 'lost') AS lost,
                count(*) FILTER (WHERE status = 'damaged') AS damaged,
                count(*) FILTER (WHERE status = 'issued' AND expected_return_date < $1) AS overdue,
                count(*) FILTER (WHERE NOT deposit_paid) AS deposits_pending,
                coalesce(sum(deposit_amount) FILTER (WHERE deposit_paid), 0) AS deposits_collected,
                count(*) FILTER (WHERE status = 'returned' AND deposit_paid AND NOT deposit_refunded) AS refunds_pending,
                coalesce(sum(refund_amount) FILTER (WHERE deposit_refunded), 0) AS refunds_processed
         FROM gown_issuances WHERE deleted_at IS NULL"
    );
    Ok(Json(app.db.read().await?.only(count, &[&today(&app)]).await?))
}
