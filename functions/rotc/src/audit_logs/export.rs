//! The audit log as a file.

use axum::{extract::State, response::Response};
use documents::{BYTE_ORDER_MARK, Cell, Column, Sheet, csv_rows};
use serde::Deserialize;
use shared::{
    App, Result,
    db::{Rows, Snapshot},
    error::invalid,
    http::{Pieces, Query, written},
    sql,
};
use utoipa::IntoParams;

use super::{AuditFilter, AuditSelection, list::AuditLog};
use crate::{access::Admin, download::download};

/// Rows a sheet can hold below its headings.
const SHEET_ROWS: u32 = 1_048_575;

/// Rows of a piece.
const PIECE: usize = 500;

const TITLES: [&str; 7] = ["ID", "Table Name", "Operation", "Record ID", "User ID", "Payload", "Created At"];

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
    let stamp = app.clock.now().format("%Y%m%d_%H%M%S");
    match format.as_deref() {
        None | Some("" | "csv") => {
            let snapshot = app.db.snapshot().await?;
            let file = written(|pieces| csv(snapshot, selection, pieces));
            download(&app, &format!("audit_logs_{stamp}.csv"), "text/csv; charset=utf-8", file).await
        }
        Some("excel" | "xlsx") => {
            let snapshot = app.db.snapshot().await?;
            let file = written(|pieces| excel(snapshot, selection, pieces));
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            download(&app, &format!("audit_logs_{stamp}.xlsx"), kind, file).await
        }
        Some(_) => Err(invalid("bad_format", "Invalid format. Use csv or excel")),
    }
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

async fn csv(mut snapshot: Snapshot, selection: AuditSelection, pieces: Pieces) -> Result<()> {
    let mut rows = rows(&mut snapshot, &selection).await?;
    let mut head = BYTE_ORDER_MARK.to_vec();
    head.extend(csv_rows([TITLES.map(|title| Cell::Text(title.to_owned()))])?);
    pieces.send(head).await?;
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE
            && let Some(log) = rows.next().await?
        {
            piece.push(cells(log));
        }
        if piece.is_empty() {
            return Ok(());
        }
        pieces.send(csv_rows(piece)?).await?;
    }
}

/// The sheet grows in a temporary file; only the packed workbook is held as a whole.
async fn excel(mut snapshot: Snapshot, selection: AuditSelection, pieces: Pieces) -> Result<()> {
    let mut rows = rows(&mut snapshot, &selection).await?;
    let widths = [10, 24, 16, 12, 10, 80, 26];
    let columns: Vec<Column> =
        TITLES.into_iter().zip(widths).map(|(title, width)| Column { title, width }).collect();
    let mut sheet = Sheet::new("Audit Logs", &columns)?;
    let mut count = 0;
    while let Some(log) = rows.next().await? {
        count += 1;
        if count > SHEET_ROWS {
            let advice = "These are too many rows for a workbook: choose fewer days, or csv";
            return Err(invalid("too_many_rows", advice));
        }
        sheet.row(cells(log))?;
    }
    let file = tokio::task::spawn_blocking(move || sheet.finish()).await??;
    pieces.send(file).await
}

fn cells(log: AuditLog) -> [Cell; 7] {
    let payload = log.payload.map(|payload| payload.to_string());
    let time = log.created_at.map(|time| time.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string());
    [
        log.id.into(),
        Cell::Text(log.table_name),
        Cell::Text(log.operation),
        log.record_id.into(),
        log.user_id.into(),
        payload.into(),
        time.into(),
    ]
}
