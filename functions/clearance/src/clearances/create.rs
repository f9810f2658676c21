//! Asking for clearance.

use axum::extract::State;
use shared::{
    App, Result,
    auth::principal::{Principal, Signed},
    drf::{Data, Need},
    error::invalid_field,
    http::Created,
    sql,
};
use uuid::Uuid;

use super::written::{WrittenClearance, written};
use crate::{
    access::Person,
    media::Links,
    refusals::{fault, refused},
    students::ELIGIBILITY,
    workflow,
};

/// Ask for clearance
///
/// Every active office gets the request. Students ask for themselves, and have one open request at most.
#[utoipa::path(post, path = "/api/clearances", tag = "clearances", request_body = Object,
    responses((status = 201, body = WrittenClearance)))]
pub async fn create_clearance(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    links: Links,
    data: Data,
) -> Result<Created<WrittenClearance>> {
    let mut fields = data.fields();
    let student = fields.uuid("student_id", Need::Required).unwrap_or_default();
    fields.finish()?;
    let find = sql!("SELECT eligibility_status FROM students WHERE id = $1 AND deleted_at IS NULL");
    let found: Option<String> = app.db.read().await?.one(find, &[&student]).await?;
    let eligibility = found.ok_or_else(|| invalid_field("student_id", "Student not found"))?;
    must_be_own(&person, student)?;
    if eligibility == "ineligible" {
        let title = ELIGIBILITY.iter().find(|(name, _)| *name == eligibility).map(|(_, title)| *title);
        let text = format!("Student is not eligible for clearance. Status: {}", title.unwrap_or_default());
        return Err(invalid_field("student_id", text));
    }
    let mut change = app.db.change(&person.actor()).await?;
    let id = workflow::open(&app, &mut change, student).await?;
    change.commit().await?;
    written(&app, &links, id).await.map(Created)
}

fn must_be_own(person: &Person, student: Uuid) -> Result<()> {
    if !person.is_student() {
        return Err(fault("Only students can create clearance requests"));
    }
    match person.student {
        None => Err(fault("Student record not found")),
        Some(own) if own != student => Err(refused("You can only create clearance requests for yourself")),
        Some(_) => Ok(()),
    }
}
