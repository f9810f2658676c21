//! One student.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Signed,
    http::{Json, Path},
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Student, StudentRow, student::ONE};
use crate::{
    access::{Person, Reach},
    refusals::unknown,
    times::Brief,
};

/// What of somebody's clearance is decided: their newest request, or that there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearanceStatus {
    /// The student.
    student: Student,
    #[serde(skip_serializing_if = "Option::is_none")]
    clearance_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submission_date: Option<Brief>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_percentage: Option<i32>,
    /// In the order of the offices.
    #[serde(skip_serializing_if = "Option::is_none")]
    approvals: Option<Vec<OfficeStatus>>,
    /// That there is no request.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
}

row! {
    struct Request {
        id: Uuid,
        status: String,
        submission_date: Brief,
        percentage: i32,
    }
}

row! {
    /// How an office has decided.
    #[derive(Debug, Serialize, ToSchema)]
    struct OfficeStatus {
        department: String,
        status: String,
        approval_date: Option<Brief>,
        notes: String,
    }
}

/// Show a student
#[utoipa::path(get, path = "/api/students/{id}", tag = "students", params(("id" = Uuid, Path)),
    responses((status = 200, body = Student)))]
pub async fn show_student(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<Student>> {
    shown(&app, id, person.reach_of_students()).await.map(Json)
}

/// Show one's own student record
#[utoipa::path(get, path = "/api/students/me", tag = "students", responses((status = 200, body = Student)))]
pub async fn show_own_student(
    Signed(person): Signed<Person>,
    State(app): State<App>,
) -> Result<Json<Student>> {
    let id = person.own_student("Only students can access this endpoint")?;
    shown(&app, id, Reach::default()).await.map(Json)
}

/// A student within reach; 404 otherwise.
pub async fn shown(app: &App, id: Uuid, reach: Reach) -> Result<Student> {
    let found: Option<StudentRow> =
        app.db.read().await?.one(ONE, &[&id, &reach.owner, &reach.office]).await?;
    found.map(Student::from).ok_or_else(unknown)
}

/// Show the newest request of a student
#[utoipa::path(get, path = "/api/students/{id}/clearance_status", tag = "students", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClearanceStatus)))]
pub async fn show_clearance_status(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<ClearanceStatus>> {
    let student = shown(&app, id, person.reach_of_students()).await?;
    let find = sql!(
        "SELECT requests.id, status, submission_date, counts.percentage
         FROM clearance_requests AS requests CROSS JOIN LATERAL approval_counts(requests.id) AS counts
         WHERE student_id = $1 AND deleted_at IS NULL ORDER BY created_at DESC, requests.id DESC LIMIT 1"
    );
    let mut read = app.db.read().await?;
    let Some(request): Option<Request> = read.one(find, &[&id]).await? else {
        return Ok(Json(ClearanceStatus {
            student,
            clearance_id: None,
            status: None,
            submission_date: None,
            completion_percentage: None,
            approvals: None,
            message: Some("No clearance request submitted yet"),
        }));
    };
    let list = sql!(
        "SELECT departments.name AS department, status, approval_date, notes
         FROM clearance_approvals JOIN departments ON departments.id = department_id
         WHERE clearance_request_id = $1 AND deleted_at IS NULL ORDER BY approval_order, clearance_approvals.id"
    );
    let approvals = read.all(list, &[&request.id]).await?;
    Ok(Json(ClearanceStatus {
        student,
        clearance_id: Some(request.id),
        status: Some(request.status),
        submission_date: Some(request.submission_date),
        completion_percentage: Some(request.percentage),
        approvals: Some(approvals),
        message: None,
    }))
}
