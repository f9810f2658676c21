//! Numbers of all payments.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    http::{Json, Money},
    row, sql,
};
use utoipa::ToSchema;

use super::payments::DESK_ONLY;
use crate::{access::Person, refusals::refused};

row! {
    struct Sums {
        total: i64,
        verified: i64,
        amount: Money,
        verified_amount: Money,
        mpesa: i64,
        bank: i64,
        cash: i64,
        rate: Money,
    }
}

/// What there is of payments.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentStatistics {
    total_payments: i64,
    verified_payments: i64,
    unverified_payments: i64,
    /// Claimed and received.
    #[serde(serialize_with = "Money::as_number")]
    #[schema(value_type = f64)]
    total_amount: Money,
    #[serde(serialize_with = "Money::as_number")]
    #[schema(value_type = f64)]
    verified_amount: Money,
    /// How many were made by each method.
    payment_methods: BTreeMap<&'static str, i64>,
    /// Percent.
    #[serde(serialize_with = "Money::as_number")]
    #[schema(value_type = f64)]
    verification_rate: Money,
}

/// Count payments and their amounts
#[utoipa::path(get, path = "/api/finance/payments/statistics", tag = "finance",
    responses((status = 200, body = PaymentStatistics)))]
pub async fn summarize_payments(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<PaymentStatistics>> {
    if !person.is_finance_desk() {
        return Err(refused(DESK_ONLY));
    }
    let sum = sql!(
        "SELECT count(*) AS total, count(*) FILTER (WHERE is_verified) AS verified,
                coalesce(sum(amount), 0.00) AS amount,
                coalesce(sum(amount) FILTER (WHERE is_verified), 0.00) AS verified_amount,
                count(*) FILTER (WHERE payment_method = 'mpesa') AS mpesa,
                count(*) FILTER (WHERE payment_method = 'bank') AS bank,
                count(*) FILTER (WHERE payment_method = 'cash') AS cash,
                coalesce(round(100.0 * count(*) FILTER (WHERE is_verified) / nullif(count(*), 0), 2), 0.00) AS rate
         FROM payment_rows"
    );
    let sums: Sums = app.db.read().await?.only(sum, &[]).await?;
    Ok(Json(PaymentStatistics {
        total_payments: sums.total,
        verified_payments: sums.verified,
        unverified_payments: sums.total - sums.verified,
        total_amount: sums.amount,
        verified_amount: sums.verified_amount,
        payment_methods: [("M-PESA", sums.mpesa), ("Bank Transfer", sums.bank), ("Cash", sums.cash)].into(),
        verification_rate: sums.rate,
    }))
}
