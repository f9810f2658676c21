//! The workbook of the cadets who have completed.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use documents::{Cell, Column, Sheet};
use http::{HeaderValue, header};
use shared::{App, Result, error::not_found, sql};

use super::record::CadetRecord;
use crate::access::Admin;

/// Download the graduates as an Excel workbook
///
/// Every column of the cadets with the status `Completed` who are not archived.
#[utoipa::path(get, path = "/api/admin/cadets/export-completed", tag = "cadets", responses((status = 200,
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
pub async fn export_completed_cadets(_: Admin, State(app): State<App>) -> Result<Response> {
    let select = sql!(
        "SELECT id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, address, course,
                year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position, gender,
                status, student_id, CASE WHEN profile_pic LIKE 'data:%' THEN NULL ELSE profile_pic END AS profile_pic,
                is_profile_completed, is_archived, has_seen_guide, created_at, religion, birthdate,
                NULL::text AS username
         FROM cadets WHERE status = 'Completed' AND is_archived IS NOT TRUE ORDER BY id"
    );
    let cadets: Vec<CadetRecord> = app.db.read().await?.all(select, &[]).await?;
    if cadets.is_empty() {
        return Err(not_found("No completed cadets found to export."));
    }
    let file = tokio::task::spawn_blocking(move || workbook(cadets)).await??;
    let kind = HeaderValue::from_static("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    let name = HeaderValue::from_static("attachment; filename=\"Graduates_Archive.xlsx\"");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

fn workbook(cadets: Vec<CadetRecord>) -> Result<Vec<u8>, documents::XlsxError> {
    let mut sheet = Sheet::new("Graduates", COLUMNS)?;
    for cadet in cadets {
        sheet.row(cells(cadet))?;
    }
    sheet.finish()
}

fn cells(cadet: CadetRecord) -> [Cell; 28] {
    [
        cadet.id.into(),
        cadet.rank.into(),
        Cell::Text(cadet.first_name),
        cadet.middle_name.into(),
        Cell::Text(cadet.last_name),
        cadet.suffix_name.into(),
        cadet.email.into(),
        cadet.contact_number.into(),
        cadet.address.into(),
        cadet.course.into(),
        cadet.year_level.into(),
        cadet.school_year.into(),
        cadet.battalion.into(),
        cadet.company.into(),
        cadet.platoon.into(),
        cadet.cadet_course.into(),
        cadet.semester.into(),
        cadet.corp_position.into(),
        cadet.gender.into(),
        cadet.status.into(),
        Cell::Text(cadet.student_id),
        cadet.profile_pic.into(),
        cadet.is_profile_completed.into(),
        cadet.is_archived.into(),
        cadet.has_seen_guide.into(),
        cadet.created_at.into(),
        cadet.religion.into(),
        cadet.birthdate.into(),
    ]
}

const fn column(title: &'static str, width: u8) -> Column<'static> {
    Column { title, width }
}

/// The columns, named as in the legacy table.
const COLUMNS: &[Column<'static>] = &[
    column("id", 8),
    column("rank", 10),
    column("first_name", 20),
    column("middle_name", 16),
    column("last_name", 20),
    column("suffix_name", 12),
    column("email", 30),
    column("contact_number", 16),
    column("address", 40),
    column("course", 14),
    column("year_level", 12),
    column("school_year", 12),
    column("battalion", 16),
    column("company", 16),
    column("platoon", 16),
    column("cadet_course", 14),
    column("semester", 14),
    column("corp_position", 16),
    column("gender", 10),
    column("status", 12),
    column("student_id", 16),
    column("profile_pic", 40),
    column("is_profile_completed", 20),
    column("is_archived", 12),
    column("has_seen_guide", 16),
    column("created_at", 20),
    column("religion", 20),
    column("birthdate", 12),
];
