//! How far the students of a year or a school are.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{App, Result, auth::principal::Signed, db::Param, drf::Filters, http::Json, row, sql};
use utoipa::ToSchema;

use super::Slice;
use crate::access::Person;

row! {
    /// How far the students of a year or a school are. Each counts once, by the newest request that is not cancelled.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Cohort {
        /// The year, or the code of the school; null for students without.
        cohort: Value,
        total_students: i64,
        cleared: i64,
        in_progress: i64,
        rejected: i64,
        not_started: i64,
        /// Percent that are cleared.
        completion_rate: f64,
    }
}

/// The students by year or school: newest year first, schools by code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cohorts {
    by: &'static str,
    cohorts: Vec<Cohort>,
    total_cohorts: usize,
}

/// What students are grouped by.
const GROUPINGS: [(&str, &str); 3] =
    [("graduation_year", "graduation_year"), ("admission_year", "admission_year"), ("school", "school")];

/// Show how far the students of each year or school are
#[utoipa::path(get, path = "/api/analytics/by-cohort", tag = "analytics",
    params(("by" = Option<String>, Query, description = "`graduation_year`, `admission_year` or `school`"),
        ("graduation_year" = Option<i32>, Query), ("school_id" = Option<uuid::Uuid>, Query),
        ("admission_year" = Option<i32>, Query)),
    responses((status = 200, body = Cohorts)))]
pub async fn show_cohorts(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    mut filters: Filters,
) -> Result<Json<Cohorts>> {
    let list = sql!(
        "WITH newest AS (
             SELECT DISTINCT ON (student_id) student_id, status FROM clearance_requests
             WHERE deleted_at IS NULL AND status <> 'cancelled' ORDER BY student_id, created_at DESC, id
         ),
         found AS (
             SELECT CASE $5 WHEN 'graduation_year' THEN graduation_year WHEN 'admission_year' THEN admission_year END AS year,
                    CASE $5 WHEN 'school' THEN schools.code END AS school, status
             FROM students LEFT JOIN newest ON newest.student_id = students.id
             LEFT JOIN academic_schools AS schools ON schools.id = students.school_id
             WHERE students.deleted_at IS NULL AND ($1::uuid IS NULL OR user_id = $1)
               AND ($2::int IS NULL OR graduation_year = $2) AND ($3::uuid IS NULL OR school_id = $3)
               AND ($4::int IS NULL OR admission_year = $4)
         )
         SELECT coalesce(to_jsonb(year), to_jsonb(school), 'null') AS cohort, count(*) AS total_students,
                count(*) FILTER (WHERE status = 'completed') AS cleared,
                count(*) FILTER (WHERE status NOT IN ('completed', 'rejected')) AS in_progress,
                count(*) FILTER (WHERE status = 'rejected') AS rejected,
                count(*) FILTER (WHERE status IS NULL) AS not_started,
                percent(count(*) FILTER (WHERE status = 'completed'), count(*)) AS completion_rate
         FROM found GROUP BY year, school ORDER BY year DESC NULLS LAST, school NULLS LAST"
    );
    let by = filters.choice("by", &GROUPINGS).unwrap_or("graduation_year");
    let slice = Slice::read(&person, filters)?;
    let params: Vec<Param<'_>> = [&slice.params()[..], &[&by]].concat();
    let cohorts: Vec<Cohort> = app.db.read().await?.all(list, &params).await?;
    Ok(Json(Cohorts { by, total_cohorts: cohorts.len(), cohorts }))
}
