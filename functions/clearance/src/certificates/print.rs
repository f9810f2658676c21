//! Certificates on paper.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use documents::pdf::{Certificate, Letterhead, certificates};
use http::header;
use shared::{
    App, Result,
    auth::principal::Signed,
    error::conflict,
    http::{Path, download::attachment},
    row, sql,
};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::issue::{Printed, Stored};
use crate::{
    access::Person,
    media::Links,
    refusals::{fault, unknown},
};

row! {
    struct Standing {
        is_completed: bool,
    }
}

/// Print the certificate of a request
#[utoipa::path(get, path = "/api/clearances/{id}/certificate", tag = "clearances", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn print_certificate(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
) -> Result<Response> {
    let reach = person.reach_of_requests();
    let look = sql!(
        "SELECT status = 'completed' AS is_completed FROM clearance_requests AS requests
         WHERE id = $1 AND deleted_at IS NULL
           AND ($2::uuid IS NULL OR EXISTS (SELECT FROM students WHERE students.id = student_id AND user_id = $2))
           AND ($3::uuid IS NULL OR EXISTS (SELECT FROM clearance_approvals WHERE clearance_request_id = requests.id
                AND department_id = $3 AND deleted_at IS NULL))"
    );
    let find = sql!(
        "SELECT code, clearance_request_id AS request, snapshot, key_id, signature, issued_at, revoked_at, revoked_reason
         FROM clearance_certificates WHERE clearance_request_id = $1 AND revoked_at IS NULL"
    );
    let mut read = app.db.read().await?;
    let standing: Option<Standing> = read.one(look, &[&id, &reach.owner, &reach.office]).await?;
    let incomplete = || fault("The clearance is not completed yet");
    if !standing.ok_or_else(unknown)?.is_completed {
        return Err(incomplete());
    }
    let stored: Stored = read.one(find, &[&id]).await?.ok_or_else(incomplete)?;
    drop(read);
    let printed = stored.verified(&app).await?;
    let printed = printed.ok_or_else(|| {
        conflict("conflict", "The record of this certificate was altered; it cannot be printed.")
    })?;
    let name = format!("{}.pdf", printed.serial);
    let address = links.absolute(&format!("/verify/{}", stored.code));
    let pages = spawn_blocking(move || page(printed, address, stored.code, stored.issued_at)).await??;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".parse()?),
        (header::CONTENT_DISPOSITION, attachment(&name)?),
        (header::CACHE_CONTROL, "private, no-store".parse()?),
    ];
    Ok((headers, pages).into_response())
}

fn page(printed: Printed, address: String, code: String, issued_at: DateTime<Utc>) -> Result<Vec<u8>> {
    let Printed { serial, name, registration_number, program, school, completed_on } = printed;
    let certificate = Certificate {
        head: Letterhead {
            logo: None,
            school: "Machakos University".to_owned(),
            unit: "Graduation Clearance".to_owned(),
        },
        title: "Certificate of Clearance".to_owned(),
        before: "This is to certify that".to_owned(),
        name,
        text: format!(
            "registration number {registration_number}, {program}, {school}, has been cleared by all offices of the \
             university and owes it nothing."
        ),
        given: format!("Cleared on {}. Serial number {serial}.", completed_on.format("%-d %B %Y")),
        signers: Vec::new(),
        address,
        code,
    };
    Ok(certificates(&[certificate], &serial, issued_at)?)
}
