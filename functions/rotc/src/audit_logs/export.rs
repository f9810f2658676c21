//! The audit log as a file.

use axum::{extract::State, response::Response};
use documents::{Cell, Column};
use serde::Deserialize;
use shared::{
    App, Result,
    db::{Rows, Snapshot},
    error::invalid,
    http::{
        Pieces, Query,
        table_file::{self, Kind, Layout},
        written,
    },
    sql,
};
use utoipa::IntoParams;

use super::{AuditFilter, AuditSelection, list::AuditLog};
use crate::{access::Admin, answer::ISO};

const LAYOUT: Layout = Layout {
    title: "Audit Logs",
    columns: &[
        Column { title: "ID", width: 10 },
        Column { title: "Table Name", width: 24 },
        Column { title: "Operation", width: 16 },
        Column { title: "Record ID", width: 12 },
        Column { title: "User ID", width: 10 },
        Column { title: "Payload", width: 80 },
        Column { title: "Created At", width: 26 },
    ],
};

/// Which kind of file.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExportFormat {
    /// `csv` (the default) or `excel`.
    #[serde(alias = "export_format")]
    pub format: Option<String>,
}

/// Download who changed what
///
/// Newest first, with the filters of the list. Where an answer has a limit, a large file is a redirection to the store.
#[utoipa::path(get, path = "/api/audit-logs/export", tag = "audit-logs", params(AuditFilter, ExportFormat),
    responses((status = 200, content_type = "text/csv", body = Vec<u8>)))]
pub async fn export_audit_logs(
    _: Admin,
    State(app): State<App>,
    selection: AuditSelection,
    Query(ExportFormat { format }): Query<ExportFormat>,
) -> Result<Response> {
    let kind = match format.as_deref() {
        None | Some("" | "csv") => Kind::Csv,
        Some("excel" | "xlsx") => Kind::Excel,
        Some(_) => return Err(invalid("bad_format", "Invalid format. Use csv or excel")),
    };
    let snapshot = app.db.snapshot().await?;
    let file = written(move |pieces| write(snapshot, selection, kind, pieces));
    table_file::answer(&app, "audit_logs", kind, file).await
}

/// Writes the selected rows, newest first.
pub async fn write(
    mut snapshot: Snapshot,
    selection: AuditSelection,
    kind: Kind,
    pieces: Pieces,
) -> Result<()> {
    let rows = rows(&mut snapshot, &selection).await?;
    let cells: fn(AuditLog) -> [Cell; 7] = match kind {
        Kind::Csv => |log| {
            let time = log.created_at.map(|time| time.format(ISO).to_string());
            cells(log, time.into())
        },
        Kind::Excel => |log| {
            let time = log.created_at;
            cells(log, time.into())
        },
    };
    table_file::write(kind, LAYOUT, rows, cells, &pieces).await
}

async fn rows(snapshot: &mut Snapshot, selection: &AuditSelection) -> Result<Rows<AuditLog>> {
    let AuditSelection { table_name, operation, user_id, from, before } = selection;
    let select = sql!(
        "SELECT id, table_name, operation, record_id, user_id, payload, created_at FROM audit_logs
         WHERE ($1::text IS NULL OR table_name = $1) AND ($2::text IS NULL OR operation = $2)
           AND ($3::int IS NULL OR user_id = $3)
           AND ($4::timestamp IS NULL OR created_at >= $4) AND ($5::timestamp IS NULL OR created_at < $5)
         ORDER BY id DESC"
    );
    snapshot.rows(select, &[table_name, operation, user_id, from, before]).await
}

/// A row. The time is a text in CSV, as in every answer, and a real one in a workbook.
fn cells(log: AuditLog, time: Cell) -> [Cell; 7] {
    let payload = log.payload.map(|payload| payload.to_string());
    [
        log.id.into(),
        Cell::Text(log.table_name),
        Cell::Text(log.operation),
        log.record_id.into(),
        log.user_id.into(),
        payload.into(),
        time,
    ]
}
