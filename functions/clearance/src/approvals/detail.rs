//! One approval.

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

use crate::{
    access::{Person, Reach},
    media::{EVIDENCE, Links},
    refusals::unknown,
    times::Local,
};

/// An approval.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Approval {
    id: Uuid,
    clearance_request: Uuid,
    department: Uuid,
    department_name: String,
    department_code: String,
    status: String,
    approved_by: Option<Uuid>,
    approved_by_name: Option<String>,
    approval_date: Option<Local>,
    rejection_reason: String,
    notes: String,
    evidence_file: Option<String>,
    student_info: StudentInfo,
    clearance_status: String,
    created_at: Local,
    updated_at: Local,
}

/// Who asks for clearance.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct StudentInfo {
    id: Uuid,
    full_name: String,
    email: String,
    admission_number: Option<String>,
    registration_number: String,
    faculty: String,
    program: String,
    graduation_year: i32,
}

row! {
    struct Row {
        id: Uuid,
        clearance_request: Uuid,
        office_id: Uuid,
        department_name: String,
        department_code: String,
        status: String,
        approver_id: Option<Uuid>,
        approved_by_name: Option<String>,
        approver_email: Option<String>,
        approval_date: Option<Local>,
        rejection_reason: String,
        notes: String,
        evidence_file: Option<String>,
        student_id: Uuid,
        student_name: String,
        student_email: String,
        admission_number: Option<String>,
        registration_number: String,
        faculty: String,
        program: String,
        graduation_year: i32,
        clearance_status: String,
        created_at: Local,
        updated_at: Local,
    }
}

/// A decided approval in both of its forms.
#[derive(Debug, Serialize, ToSchema)]
pub struct Decided {
    /// What became of the request.
    message: String,
    /// The approval.
    approval: Approval,
    id: Uuid,
    clearance_request_id: Uuid,
    department: ApprovalOffice,
    status: String,
    approved_by: Option<Approver>,
    approval_date: Option<Local>,
    notes: String,
    rejection_reason: String,
    evidence_file: Option<String>,
    created_at: Local,
    updated_at: Local,
}

/// An office.
#[derive(Debug, Serialize, ToSchema)]
struct ApprovalOffice {
    id: Uuid,
    name: String,
    code: String,
}

/// Who has decided.
#[derive(Debug, Serialize, ToSchema)]
struct Approver {
    id: Uuid,
    full_name: Option<String>,
    email: Option<String>,
}

impl Row {
    fn shown(self, links: &Links) -> Result<Approval> {
        Ok(Approval {
            id: self.id,
            clearance_request: self.clearance_request,
            department: self.office_id,
            department_name: self.department_name,
            department_code: self.department_code,
            status: self.status,
            approved_by: self.approver_id,
            approved_by_name: self.approved_by_name,
            approval_date: self.approval_date,
            rejection_reason: self.rejection_reason,
            notes: self.notes,
            evidence_file: links.to(&EVIDENCE, self.evidence_file.as_deref())?,
            student_info: StudentInfo {
                id: self.student_id,
                full_name: self.student_name,
                email: self.student_email,
                admission_number: self.admission_number,
                registration_number: self.registration_number,
                faculty: self.faculty,
                program: self.program,
                graduation_year: self.graduation_year,
            },
            clearance_status: self.clearance_status,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// Show an approval
#[utoipa::path(get, path = "/api/approvals/{id}", tag = "approvals", params(("id" = Uuid, Path)),
    responses((status = 200, body = Approval)))]
pub async fn show_approval(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
) -> Result<Json<Approval>> {
    find(&app, person.reach(), id).await?.shown(&links).map(Json)
}

/// An approval within reach; 404 otherwise.
async fn find(app: &App, reach: Reach, id: Uuid) -> Result<Row> {
    let found = rows(app, Some(id), None, reach).await?.pop();
    found.ok_or_else(unknown)
}

/// The approval as it is now, with what became of the request.
pub async fn decided(app: &App, links: &Links, id: Uuid, message: String) -> Result<Decided> {
    let row = find(app, Reach::default(), id).await?;
    let department = ApprovalOffice {
        id: row.office_id,
        name: row.department_name.clone(),
        code: row.department_code.clone(),
    };
    let approved_by = row.approver_id.map(|id| Approver {
        id,
        full_name: row.approved_by_name.clone(),
        email: row.approver_email.clone(),
    });
    let approval = row.shown(links)?;
    let Approval { id, clearance_request, status, approval_date, notes, .. } = approval.clone();
    let Approval { rejection_reason, evidence_file, created_at, updated_at, .. } = approval.clone();
    Ok(Decided {
        message,
        id,
        clearance_request_id: clearance_request,
        department,
        status,
        approved_by,
        approval_date,
        notes,
        rejection_reason,
        evidence_file,
        created_at,
        updated_at,
        approval,
    })
}

/// The approval as it is now.
pub async fn shown(app: &App, links: &Links, id: Uuid) -> Result<Approval> {
    find(app, Reach::default(), id).await?.shown(links)
}

/// Fails with 404 if an approval is out of reach.
pub async fn must_see(app: &App, person: &Person, id: Uuid) -> Result<()> {
    find(app, person.reach(), id).await.map(drop)
}

async fn rows(app: &App, id: Option<Uuid>, request: Option<Uuid>, reach: Reach) -> Result<Vec<Row>> {
    let list = sql!(
        "SELECT id, clearance_request, office_id, department_name, department_code, status, approver_id, approved_by_name,
                approver_email, approval_date, rejection_reason, notes, evidence_file, student_id, student_name,
                student_email, admission_number, registration_number, faculty, program, graduation_year, clearance_status,
                created_at, updated_at
         FROM approval_rows WHERE ($1::uuid IS NULL OR id = $1) AND ($2::uuid IS NULL OR clearance_request = $2)
           AND ($3::uuid IS NULL OR owner = $3) AND ($4::uuid IS NULL OR office_id = $4)
         ORDER BY approval_order, id"
    );
    app.db.read().await?.all(list, &[&id, &request, &reach.owner, &reach.office]).await
}

/// List the approvals of a request
///
/// In the order of the offices.
#[utoipa::path(get, path = "/api/clearances/{id}/approvals", tag = "clearances", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<Approval>)))]
pub async fn list_approvals_of_request(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
) -> Result<Json<Vec<Approval>>> {
    let Reach { owner, office } = person.reach_of_requests();
    let rows = rows(&app, None, Some(id), Reach { owner, office: None }).await?;
    if rows.is_empty() || office.is_some_and(|office| rows.iter().all(|row| row.office_id != office)) {
        return Err(unknown());
    }
    rows.into_iter().map(|row| row.shown(&links)).collect::<Result<_>>().map(Json)
}
