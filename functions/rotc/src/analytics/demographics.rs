//! Who the cadets are: religion, age, academic course (rules.md 8).

use std::time::Duration;

use axum::{
    extract::{OriginalUri, State},
    response::Response,
};
use serde::Serialize;
use shared::{App, Result, row, sql};
use utoipa::ToSchema;

use crate::{access::Staff, cached::cached_for_all, school_time};

/// How long the numbers are kept while nothing changes. Nobody notices a birthday ten minutes late.
const LIFE: Duration = Duration::from_mins(10);

/// The cadets who are not archived. Groups that nobody is in are left out.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Demographics {
    /// The largest first.
    pub religion: Vec<ReligionCount>,
    /// The youngest first, then those whose birthdate is not known.
    pub age: Vec<AgeCount>,
    /// As they are written; the largest first.
    pub courses: Vec<AcademicCourseCount>,
}

/// Cadets of one religion.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReligionCount {
    /// The religion.
    pub religion: String,
    /// How many they are.
    pub count: i64,
}

/// Cadets of some ages.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AgeCount {
    /// `Under 18`, `18-19`, `20-21`, `22-23`, `24+` or `Unknown`.
    pub age_range: String,
    /// How many they are.
    pub count: i64,
}

/// Cadets of one academic course.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcademicCourseCount {
    /// The course.
    pub course: String,
    /// How many they are.
    pub count: i64,
}

row! {
    struct Tally {
        part: String,
        name: String,
        place: i32,
        count: i64,
    }
}

/// Show the cadets by religion, age and course
///
/// One query whatever the size of the unit. Kept for ten minutes, or until they change.
#[utoipa::path(get, path = "/api/admin/analytics/demographics", tag = "analytics",
    responses((status = 200, body = Demographics)))]
pub async fn show_demographics(
    Staff(user): Staff,
    State(app): State<App>,
    address: OriginalUri,
) -> Result<Response> {
    cached_for_all(&app, &user, &address, "demographics", LIFE, &["cadets"], async || {
        demographics(&app).await
    })
    .await
}

async fn demographics(app: &App) -> Result<Demographics> {
    let tally = sql!(
        "WITH active AS (
             SELECT religion, course, date_part('year', age($1::date, birthdate)) AS age
             FROM cadets WHERE is_archived IS NOT TRUE
         ), aged AS (
             SELECT CASE WHEN age < 18 THEN 1 WHEN age < 20 THEN 2 WHEN age < 22 THEN 3 WHEN age < 24 THEN 4
                         WHEN age >= 24 THEN 5 ELSE 6 END AS place
             FROM active
         )
         SELECT 'religion' AS part, religion AS name, 0 AS place, count(*) AS count
         FROM active WHERE btrim(religion) <> '' GROUP BY religion
         UNION ALL
         SELECT 'course', course, 0, count(*) FROM active WHERE btrim(course) <> '' GROUP BY course
         UNION ALL
         SELECT 'age', ('{Under 18,18-19,20-21,22-23,24+,Unknown}'::text[])[place], place, count(*)
         FROM aged GROUP BY place
         ORDER BY place, count DESC, name"
    );
    let today = school_time::today(app)?;
    let mut answer = Demographics::default();
    for Tally { part, name, count, .. } in app.db.read().await?.all(tally, &[&today]).await? {
        match part.as_str() {
            "religion" => answer.religion.push(ReligionCount { religion: name, count }),
            "course" => answer.courses.push(AcademicCourseCount { course: name, count }),
            _ => answer.age.push(AgeCount { age_range: name, count }),
        }
    }
    Ok(answer)
}
