//! Grades in the resource API.

use std::{collections::HashMap, time::Duration};

use axum::{
    extract::{OriginalUri, State},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use shared::{
    App, Result,
    db::Read,
    error::not_found,
    http::{Json, Page, PageRequest, Query},
    row, sql,
};
use utoipa::ToSchema;

use super::merit_demerit::{MeritDemerit, logs_of};
use crate::{
    access::{Acting, Visible},
    answer::{Listing, Success, js_number_or_null, success},
    cached::{cached_for_all, name_of},
};

/// How long a page is kept while nothing changes (requirement 15.3).
const LIFE: Duration = Duration::from_mins(5);

row! {
    struct GradeRow {
        id: i32,
        cadet_id: i32,
        student_id: String,
        first_name: String,
        last_name: String,
        company: Option<String>,
        platoon: Option<String>,
        attendance_present: i32,
        merit_points: i32,
        demerit_points: i32,
        prelim_score: Option<f64>,
        midterm_score: Option<f64>,
        final_score: Option<f64>,
    }
}

/// Whose grades they are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CadetInfo {
    /// The cadet's id.
    pub id: i32,
    /// The school's number.
    pub student_id: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Company.
    pub company: Option<String>,
    /// Platoon.
    pub platoon: Option<String>,
}

/// A cadet's grades.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Grade {
    /// The row's id.
    pub id: i32,
    /// The cadet's id.
    pub cadet: i32,
    /// Whose grades they are.
    pub cadet_info: CadetInfo,
    /// Training days attended.
    pub attendance_present: i32,
    /// Merit points.
    pub merit_points: i32,
    /// Demerit points.
    pub demerit_points: i32,
    /// Preliminary examination, 0 to 100.
    #[serde(serialize_with = "js_number_or_null")]
    pub prelim_score: Option<f64>,
    /// Midterm examination, 0 to 100.
    #[serde(serialize_with = "js_number_or_null")]
    pub midterm_score: Option<f64>,
    /// Final examination, 0 to 100.
    #[serde(serialize_with = "js_number_or_null")]
    pub final_score: Option<f64>,
    /// The ledger, oldest entry first.
    pub merit_demerit_logs: Vec<MeritDemerit>,
}

/// List grades
///
/// With the ledger of each cadet, by cadet. Cadets see their own only; archived cadets are left out. A page is kept for five
/// minutes, or until it changes.
#[utoipa::path(get, path = "/api/grades", tag = "grades", params(PageRequest),
    responses((status = 200, body = Listing<Grade>)))]
pub async fn list_grades(
    Acting { user, only }: Acting,
    State(app): State<App>,
    Query(request): Query<PageRequest>,
    address: OriginalUri,
) -> Result<Response> {
    let page = request.page(50, 100);
    if only.is_some() {
        return Ok(Json(find(&app, page, only).await?).into_response());
    }
    let name = name_of("rotc:grades:list", &page)?;
    cached_for_all(
        &app,
        &user,
        &address,
        &name,
        LIFE,
        &["cadets", "grades", "merit_demerit_logs"],
        async || find(&app, page, None).await,
    )
    .await
}

async fn find(app: &App, page: Page, only: Option<i32>) -> Result<Listing<Grade>> {
    let count = sql!(
        "SELECT count(*) AS total FROM grades JOIN cadets ON cadets.id = grades.cadet_id
         WHERE cadets.is_archived IS NOT TRUE AND ($1::int IS NULL OR cadets.id = $1)"
    );
    let list = sql!(
        "SELECT grades.id, cadets.id AS cadet_id, cadets.student_id, cadets.first_name, cadets.last_name,
                cadets.company, cadets.platoon, coalesce(grades.attendance_present, 0) AS attendance_present,
                coalesce(grades.merit_points, 0) AS merit_points,
                coalesce(grades.demerit_points, 0) AS demerit_points,
                grades.prelim_score, grades.midterm_score, grades.final_score
         FROM grades JOIN cadets ON cadets.id = grades.cadet_id
         WHERE cadets.is_archived IS NOT TRUE AND ($1::int IS NULL OR cadets.id = $1)
         ORDER BY cadets.id LIMIT $2 OFFSET $3"
    );
    let mut read = app.db.read().await?;
    let total = read.only(count, &[&only]).await?;
    let rows: Vec<GradeRow> = read.all(list, &[&only, &page.limit, &page.offset()]).await?;
    let data = with_logs(&mut read, rows).await?;
    Ok(Listing::of(page, total, data))
}

/// Show a cadet's grades
///
/// Cadets see their own only.
#[utoipa::path(get, path = "/api/grades/{cadet_id}", tag = "grades",
    params(("cadet_id" = i32, Path)), responses((status = 200, body = Success<Grade>)))]
pub async fn show_grade(Visible(cadet_id): Visible, State(app): State<App>) -> Result<Json<Success<Grade>>> {
    Ok(Json(success(grade(&app, cadet_id).await?)))
}

/// One cadet's grades, or 404.
pub(super) async fn grade(app: &App, cadet_id: i32) -> Result<Grade> {
    let find = sql!(
        "SELECT grades.id, cadets.id AS cadet_id, cadets.student_id, cadets.first_name, cadets.last_name,
                cadets.company, cadets.platoon, coalesce(grades.attendance_present, 0) AS attendance_present,
                coalesce(grades.merit_points, 0) AS merit_points,
                coalesce(grades.demerit_points, 0) AS demerit_points,
                grades.prelim_score, grades.midterm_score, grades.final_score
         FROM grades JOIN cadets ON cadets.id = grades.cadet_id WHERE cadets.id = $1"
    );
    let mut read = app.db.read().await?;
    let row: Option<GradeRow> = read.one(find, &[&cadet_id]).await?;
    let mut grades = with_logs(&mut read, row.into_iter().collect()).await?;
    grades.pop().ok_or_else(|| not_found("Grades not found for this cadet"))
}

/// Adds the ledgers of all rows with one query.
async fn with_logs(read: &mut Read, rows: Vec<GradeRow>) -> Result<Vec<Grade>> {
    let cadet_ids: Vec<i32> = rows.iter().map(|row| row.cadet_id).collect();
    let mut logs: HashMap<i32, Vec<MeritDemerit>> = HashMap::new();
    for log in logs_of(read, &cadet_ids).await? {
        logs.entry(log.cadet).or_default().push(log);
    }
    let grade = |row: GradeRow| {
        let merit_demerit_logs = logs.remove(&row.cadet_id).unwrap_or_default();
        row.grade(merit_demerit_logs)
    };
    Ok(rows.into_iter().map(grade).collect())
}

impl GradeRow {
    fn grade(self, merit_demerit_logs: Vec<MeritDemerit>) -> Grade {
        Grade {
            id: self.id,
            cadet: self.cadet_id,
            cadet_info: CadetInfo {
                id: self.cadet_id,
                student_id: self.student_id,
                first_name: self.first_name,
                last_name: self.last_name,
                company: self.company,
                platoon: self.platoon,
            },
            attendance_present: self.attendance_present,
            merit_points: self.merit_points,
            demerit_points: self.demerit_points,
            prelim_score: self.prelim_score,
            midterm_score: self.midterm_score,
            final_score: self.final_score,
            merit_demerit_logs,
        }
    }
}
