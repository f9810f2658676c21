//! The two kinds of file.

use axum::{extract::State, response::Response};
use serde_json::json;
use shared::{
    App, Result,
    db::Snapshot,
    http::{
        Pieces,
        table_file::{self, Kind},
        written,
    },
};

use super::{
    filter::{Entity, ExportFilter, Selection},
    tables,
};
use crate::{
    access::{Admin, User},
    audit,
    audit_logs::{self, AuditSelection},
};

/// Download a table as an Excel workbook
///
/// `<entity>_export_<YYYYMMDD_HHMMSS>.xlsx`: headings that stay in view, real dates and numbers. Texts that a spreadsheet would
/// run as a formula get a leading apostrophe. Where an answer has a limit, a large file is a redirection to the store.
#[utoipa::path(get, path = "/api/export/excel", tag = "exports", params(ExportFilter), responses((status = 200,
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body = Vec<u8>)))]
pub async fn export_excel(
    Admin(admin): Admin,
    State(app): State<App>,
    selection: Selection,
) -> Result<Response> {
    export(&app, &admin, selection, Kind::Excel).await
}

/// Download a table as CSV
///
/// `<entity>_export_<YYYYMMDD_HHMMSS>.csv`: UTF-8 with a byte order mark. Texts that a spreadsheet would run as a formula get a
/// leading apostrophe. Where an answer has a limit, a large file is a redirection to the store.
#[utoipa::path(get, path = "/api/export/csv", tag = "exports", params(ExportFilter),
    responses((status = 200, content_type = "text/csv", body = Vec<u8>)))]
pub async fn export_csv(
    Admin(admin): Admin,
    State(app): State<App>,
    selection: Selection,
) -> Result<Response> {
    export(&app, &admin, selection, Kind::Csv).await
}

async fn export(app: &App, admin: &User, selection: Selection, kind: Kind) -> Result<Response> {
    note(app, admin, &selection, kind).await?;
    let snapshot = app.db.snapshot().await?;
    let stem = format!("{}_export", selection.entity.name());
    let file = written(move |pieces| write(snapshot, selection, kind, pieces));
    table_file::answer(app, &stem, kind, file).await
}

/// One row of the audit log for each export, before a byte of it leaves.
async fn note(app: &App, admin: &User, selection: &Selection, kind: Kind) -> Result<()> {
    let payload = json!({
        "format": kind.extension(),
        "date_from": selection.from,
        "date_to": selection.to,
        "company": selection.company,
        "platoon": selection.platoon,
        "status": selection.status,
    });
    let mut change = app.db.change(&admin.actor()).await?;
    audit::record(&mut change, "EXPORT", selection.entity.name(), None, Some(admin.id), payload).await?;
    change.commit().await
}

async fn write(snapshot: Snapshot, selection: Selection, kind: Kind, pieces: Pieces) -> Result<()> {
    match selection.entity {
        Entity::Cadets => tables::cadets(snapshot, &selection, kind, &pieces).await,
        Entity::Grades => tables::grades(snapshot, &selection, kind, &pieces).await,
        Entity::Attendance => tables::attendance(snapshot, &selection, kind, &pieces).await,
        Entity::Activities => tables::activities(snapshot, &selection, kind, &pieces).await,
        Entity::Staff => tables::staff(snapshot, &selection, kind, &pieces).await,
        Entity::Audit => {
            let all = AuditSelection {
                table_name: None,
                operation: None,
                user_id: None,
                from: selection.since(),
                before: selection.before(),
            };
            audit_logs::export::write(snapshot, all, kind, pieces).await
        }
    }
}
