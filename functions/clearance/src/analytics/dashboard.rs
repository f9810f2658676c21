//! The numbers of the first page.

use axum::extract::State;
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;
use shared::{App, Result, auth::principal::Signed, http::Json, row, sql};
use utoipa::ToSchema;

use super::owner;
use crate::{access::Person, times::today};

row! {
    /// The numbers of the first page.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Dashboard {
        /// `total`, `eligible`, `eligibility_rate`.
        students: Value,
        /// `total`, `completed`, `in_progress`, `pending`, `rejected`, `cancelled`, `completion_rate`.
        clearances: Value,
        /// `total`, `pending`, `processing_rate`.
        approvals: Value,
        /// `total_payments`, `verified_payments`, `total_revenue` with claims, `verified_revenue` of receipts,
        /// `verification_rate`.
        finance: Value,
        /// `total_issued`, `returned`, `overdue`.
        gown_issuance: Value,
        /// `clearances_last_7_days`, `payments_last_7_days`.
        recent_activity: Value,
    }
}

/// Show the numbers of the first page
#[utoipa::path(get, path = "/api/analytics/dashboard", tag = "analytics",
    responses((status = 200, body = Dashboard)))]
pub async fn show_dashboard(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<Dashboard>> {
    let count = sql!(
        "WITH own AS MATERIALIZED (
             SELECT id, eligibility_status FROM students WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
         ),
         requests AS MATERIALIZED (
             SELECT requests.id, status, created_at FROM clearance_requests AS requests JOIN own ON own.id = student_id
             WHERE deleted_at IS NULL
         ),
         paid AS MATERIALIZED (
             SELECT amount, is_verified, created_at FROM payments JOIN own ON own.id = student_id WHERE deleted_at IS NULL
         )
         SELECT
             (SELECT jsonb_build_object('total', count(*), 'eligible', count(*) FILTER (WHERE eligibility_status = 'eligible'),
                 'eligibility_rate', percent(count(*) FILTER (WHERE eligibility_status = 'eligible'), count(*)))
              FROM own) AS students,
             (SELECT jsonb_build_object('total', count(*), 'completed', count(*) FILTER (WHERE status = 'completed'),
                 'in_progress', count(*) FILTER (WHERE status = 'in_progress'),
                 'pending', count(*) FILTER (WHERE status = 'pending'), 'rejected', count(*) FILTER (WHERE status = 'rejected'),
                 'cancelled', count(*) FILTER (WHERE status = 'cancelled'),
                 'completion_rate', percent(count(*) FILTER (WHERE status = 'completed'), count(*)))
              FROM requests) AS clearances,
             (SELECT jsonb_build_object('total', count(*), 'pending', count(*) FILTER (WHERE approvals.status = 'pending'),
                 'processing_rate', percent(count(*) FILTER (WHERE approvals.status <> 'pending'), count(*)))
              FROM clearance_approvals AS approvals JOIN requests ON requests.id = clearance_request_id
              WHERE deleted_at IS NULL) AS approvals,
             (SELECT jsonb_build_object('total_payments', count(*), 'verified_payments', count(*) FILTER (WHERE is_verified),
                 'total_revenue', coalesce(sum(amount), 0), 'verified_revenue',
                 (SELECT coalesce(sum(applied_amount), 0) FROM receipts JOIN own ON own.id = student_id WHERE state = 'applied'),
                 'verification_rate', percent(count(*) FILTER (WHERE is_verified), count(*)))
              FROM paid) AS finance,
             (SELECT jsonb_build_object('total_issued', count(*), 'returned', count(*) FILTER (WHERE status = 'returned'),
                 'overdue', count(*) FILTER (WHERE status = 'issued' AND expected_return_date < $2))
              FROM gown_issuances JOIN own ON own.id = student_id WHERE deleted_at IS NULL) AS gown_issuance,
             jsonb_build_object('clearances_last_7_days', (SELECT count(*) FROM requests WHERE created_at >= $3),
                 'payments_last_7_days', (SELECT count(*) FROM paid WHERE created_at >= $3)) AS recent_activity"
    );
    let a_week_ago = app.clock.now() - TimeDelta::days(7);
    let numbers = app.db.read().await?.only(count, &[&owner(&person), &today(&app), &a_week_ago]).await?;
    Ok(Json(numbers))
}
