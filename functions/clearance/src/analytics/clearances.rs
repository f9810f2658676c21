//! How many requests come to an end, and which offices they wait for.

use axum::extract::State;
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;
use shared::{App, Result, auth::principal::Signed, drf::Filters, http::Json, row, sql};
use utoipa::ToSchema;

use super::{Slice, owner};
use crate::access::Person;

row! {
    /// How many requests come to an end.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct CompletionRate {
        /// `total_clearances`, `completed`, `in_progress`, `rejected`, `pending`, `cancelled`, `completion_rate`,
        /// `average_completion_days`.
        summary: Value,
        /// Newest year first.
        by_graduation_year: Value,
        /// The school with the most requests first.
        by_school: Value,
    }
}

/// Show how many requests come to an end
#[utoipa::path(get, path = "/api/analytics/completion-rate", tag = "analytics",
    params(("graduation_year" = Option<i32>, Query), ("school_id" = Option<uuid::Uuid>, Query),
        ("admission_year" = Option<i32>, Query)),
    responses((status = 200, body = CompletionRate)))]
pub async fn show_completion_rate(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    filters: Filters,
) -> Result<Json<CompletionRate>> {
    let count = sql!(
        "WITH found AS MATERIALIZED (
             SELECT status, graduation_year AS year, schools.name AS school, schools.code AS school_code,
                    extract(day FROM completion_date - submission_date) AS days
             FROM clearance_requests AS requests JOIN students ON students.id = requests.student_id
             LEFT JOIN academic_schools AS schools ON schools.id = students.school_id
             WHERE requests.deleted_at IS NULL AND students.deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
               AND ($2::int IS NULL OR graduation_year = $2) AND ($3::uuid IS NULL OR school_id = $3)
               AND ($4::int IS NULL OR admission_year = $4)
         ),
         groups AS (
             SELECT year, school, school_code, grouping(year) AS by_school, count(*) AS total,
                    count(*) FILTER (WHERE status = 'completed') AS completed,
                    count(*) FILTER (WHERE status = 'in_progress') AS in_progress,
                    count(*) FILTER (WHERE status = 'rejected') AS rejected
             FROM found GROUP BY GROUPING SETS ((year), (school, school_code))
         )
         SELECT
             (SELECT jsonb_build_object('total_clearances', count(*), 'completed', count(*) FILTER (WHERE status = 'completed'),
                 'in_progress', count(*) FILTER (WHERE status = 'in_progress'), 'rejected', count(*) FILTER (WHERE status = 'rejected'),
                 'pending', count(*) FILTER (WHERE status = 'pending'), 'cancelled', count(*) FILTER (WHERE status = 'cancelled'),
                 'completion_rate', percent(count(*) FILTER (WHERE status = 'completed'), count(*)),
                 'average_completion_days', nullif(round(avg(days) FILTER (WHERE status = 'completed'), 1), 0))
              FROM found) AS summary,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('student__graduation_year', year, 'total', total,
                 'completed', completed, 'in_progress', in_progress, 'rejected', rejected) ORDER BY year DESC), '[]')
              FROM groups WHERE by_school = 0) AS by_graduation_year,
             (SELECT coalesce(jsonb_agg(jsonb_build_object('student__school__name', school, 'student__school__code', school_code,
                 'total', total, 'completed', completed, 'in_progress', in_progress, 'rejected', rejected)
                 ORDER BY total DESC, school), '[]')
              FROM groups WHERE by_school = 1) AS by_school"
    );
    let slice = Slice::read(&person, filters)?;
    Ok(Json(app.db.read().await?.only(count, &slice.params()).await?))
}

row! {
    /// What became of the approvals of an office.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Bottleneck {
        department_name: String,
        department_code: String,
        department_type: String,
        approval_order: i32,
        total_approvals: i64,
        pending: i64,
        approved: i64,
        rejected: i64,
        /// Pending for more than a week in requests that are not closed.
        overdue_pending: i64,
        /// Percent of all.
        approval_rate: f64,
        /// Percent of all.
        rejection_rate: f64,
        /// Whole days from the request to the decision; null while there is none, or all were decided within a day.
        average_processing_days: Option<f64>,
    }
}

/// The offices, the one that most requests wait for first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Bottlenecks {
    departments: Vec<Bottleneck>,
    total_departments: usize,
}

/// Show which offices requests wait for
#[utoipa::path(get, path = "/api/analytics/bottlenecks", tag = "analytics",
    responses((status = 200, body = Bottlenecks)))]
pub async fn show_bottlenecks(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<Bottlenecks>> {
    // A closed request has a completion date, but for rejected ones of the legacy server: those count as they did there.
    let list = sql!(
        "SELECT name AS department_name, code AS department_code, department_type, approval_order,
                count(own.id) AS total_approvals, count(*) FILTER (WHERE own.status = 'pending') AS pending,
                count(*) FILTER (WHERE own.status = 'approved') AS approved,
                count(*) FILTER (WHERE own.status = 'rejected') AS rejected,
                count(*) FILTER (WHERE own.status = 'pending' AND own.created_at < $2 AND completion_date IS NULL) AS overdue_pending,
                percent(count(*) FILTER (WHERE own.status = 'approved'), count(own.id)) AS approval_rate,
                percent(count(*) FILTER (WHERE own.status = 'rejected'), count(own.id)) AS rejection_rate,
                nullif(round(avg(extract(day FROM approval_date - own.created_at)) FILTER (WHERE own.status <> 'pending'), 1), 0)::float8
                    AS average_processing_days
         FROM departments LEFT JOIN (
             SELECT approvals.*, requests.completion_date FROM clearance_approvals AS approvals
             JOIN clearance_requests AS requests ON requests.id = approvals.clearance_request_id
             JOIN students ON students.id = requests.student_id
             WHERE approvals.deleted_at IS NULL AND requests.deleted_at IS NULL AND students.deleted_at IS NULL
               AND ($1::uuid IS NULL OR students.user_id = $1)
         ) AS own ON own.department_id = departments.id
         WHERE departments.is_active GROUP BY departments.id ORDER BY overdue_pending DESC, approval_order, departments.id"
    );
    let a_week_ago = app.clock.now() - TimeDelta::days(7);
    let departments: Vec<Bottleneck> =
        app.db.read().await?.all(list, &[&owner(&person), &a_week_ago]).await?;
    Ok(Json(Bottlenecks { total_departments: departments.len(), departments }))
}
