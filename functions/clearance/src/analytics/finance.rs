//! What was paid, and by whom.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{App, Result, auth::principal::Signed, drf::Filters, http::Json, row, sql};
use utoipa::ToSchema;

use super::Slice;
use crate::access::Person;

row! {
    /// What was paid.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct FinancialSummary {
        /// `total_payments`, `verified_payments`, `pending_payments`, `total_amount_paid`, `total_graduation_fees`,
        /// `total_students`, `students_with_payments`, `students_without_payments`, `payment_compliance_rate`.
        summary: Value,
        /// Newest year first.
        by_graduation_year: Value,
        /// The school that paid most first.
        by_school: Value,
        /// Newest year first.
        by_admission_year: Value,
        /// The method most was paid by first.
        by_payment_method: Value,
    }
}

/// Show what was paid
#[utoipa::path(get, path = "/api/analytics/financial-summary", tag = "analytics",
    params(("graduation_year" = Option<i32>, Query), ("school_id" = Option<uuid::Uuid>, Query),
        ("admission_year" = Option<i32>, Query)),
    responses((status = 200, body = FinancialSummary)))]
pub async fn show_financial_summary(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    filters: Filters,
) -> Result<Json<FinancialSummary>> {
    let count = sql!(
        "WITH own AS MATERIALIZED (
             SELECT students.id, graduation_year, admission_year, schools.name AS school, schools.code AS school_code
             FROM students LEFT JOIN academic_schools AS schools ON schools.id = school_id
             WHERE deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1) AND ($2::int IS NULL OR graduation_year = $2)
               AND ($3::uuid IS NULL OR school_id = $3) AND ($4::int IS NULL OR admission_year = $4)
         ),
         paid AS MATERIALIZED (SELECT payments.*, own.* FROM payments JOIN own ON own.id = student_id WHERE deleted_at IS NULL),
         groups AS (
             SELECT grouping(graduation_year, school, admission_year, payment_method) AS kind, graduation_year, school, school_code,
                    admission_year, payment_method, count(*) AS rows, sum(amount) AS total,
                    jsonb_build_object('total_students', count(*), 'total_paid', sum(amount),
                        'verified_count', count(*) FILTER (WHERE is_verified),
                        'pending_count', count(*) FILTER (WHERE NOT is_verified)) AS numbers
             FROM paid GROUP BY GROUPING SETS ((graduation_year), (school, school_code), (admission_year), (payment_method))
         )
         SELECT
             (SELECT jsonb_build_object('total_payments', count(*), 'verified_payments', count(*) FILTER (WHERE is_verified),
                 'pending_payments', count(*) FILTER (WHERE NOT is_verified), 'total_amount_paid', coalesce(sum(amount), 0),
                 'total_graduation_fees', coalesce(sum(graduation_fee_amount), 0),
                 'total_students', (SELECT count(*) FROM own), 'students_with_payments', count(*),
                 'students_without_payments', (SELECT count(*) FROM own) - count(*),
                 'payment_compliance_rate', percent(count(*), (SELECT count(*) FROM own)))
              FROM paid) AS summary,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('student__graduation_year', graduation_year) || numbers
                 ORDER BY graduation_year DESC), '[]') FROM groups WHERE kind = 7) AS by_graduation_year,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('student__school__name', school, 'student__school__code', school_code)
                 || numbers ORDER BY total DESC, school), '[]') FROM groups WHERE kind = 11) AS by_school,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('student__admission_year', admission_year) || numbers
                 ORDER BY admission_year DESC NULLS LAST), '[]') FROM groups WHERE kind = 13) AS by_admission_year,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('payment_method', payment_method, 'count', rows, 'total_amount', total)
                 ORDER BY total DESC, payment_method), '[]') FROM groups WHERE kind = 14) AS by_payment_method"
    );
    let slice = Slice::read(&person, filters)?;
    Ok(Json(app.db.read().await?.only(count, &slice.params()).await?))
}
