//! Fetching a report.

use axum::{extract::State, response::Response};
use documents::{Column, pdf::PdfError};
use shared::{
    App, Result,
    auth::principal::{Principal, Signed},
    db::Snapshot,
    drf::Filters,
    error::{forbidden, internal, invalid},
    http::{
        Path,
        download::download,
        table_file::{self, Cells, Kind, Layout},
        written,
    },
    sql,
};

use super::{
    filter::{Params, params},
    print::{Page, print},
    tables::{OFFICES, Report, named},
};
use crate::{
    access::Person,
    audit::{Event, note},
    refusals::{ADMINS_ONLY, unknown},
};

/// Rows that are printed; more are for spreadsheets.
const PRINTED_ROWS: usize = 3_000;

/// Download a report
///
/// `clearances`, `payments`, `receipts`, `gowns`, `graduation-list` and `audit`, each as `.csv`, `.xlsx` and `.pdf`, with the
/// parameters of the list that it is made of. Payments and receipts are also for the finance staff, gowns for the staff that
/// lends them; everything else is for administrators. Each download stands in the audit log.
#[utoipa::path(get, path = "/api/reports/{file}", tag = "reports",
    params(("file" = String, Path, description = "`clearances.csv`, `graduation-list.xlsx`, `payments.pdf`, ..")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub async fn download_report(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(file): Path<String>,
    filters: Filters,
) -> Result<Response> {
    let (name, extension) = file.rsplit_once('.').ok_or_else(unknown)?;
    let report = named(name).ok_or_else(unknown)?;
    let kind = match extension {
        "csv" => Some(Kind::Csv),
        "xlsx" => Some(Kind::Excel),
        "pdf" => None,
        _ => return Err(unknown()),
    };
    if !(report.access)(&person) {
        return Err(forbidden(ADMINS_ONLY));
    }
    let params = params(&app, report.filter, filters).await?;
    let mut change = app.db.change(&person.actor()).await?;
    let event = Event {
        action: "other",
        entity: "Report",
        entity_id: file.clone(),
        description: "Downloaded a report",
        changes: serde_json::json!({}),
        actor: None,
    };
    note(&mut change, &event).await?;
    change.commit().await?;
    match kind {
        Some(kind) => spreadsheet(&app, report, kind, params).await,
        None => printed(&app, report, &params).await,
    }
}

/// The headings with their widths, with those of the offices where the report has them.
async fn headings(snapshot: &mut Snapshot, report: &Report) -> Result<Vec<(String, u8)>> {
    let codes = sql!("SELECT code FROM departments ORDER BY approval_order, id");
    let mut all = Vec::with_capacity(report.columns.len());
    for heading in report.columns {
        if heading.title != OFFICES {
            all.push((heading.title.to_owned(), heading.width));
            continue;
        }
        let mut offices = snapshot.rows::<String>(codes, &[]).await?;
        while let Some(code) = offices.next().await? {
            all.push((code, heading.width));
        }
    }
    Ok(all)
}

async fn spreadsheet(app: &App, report: &'static Report, kind: Kind, params: Params) -> Result<Response> {
    let mut snapshot = app.db.snapshot().await?;
    let file = written(|pieces| async move {
        let headings = headings(&mut snapshot, report).await?;
        let columns: Vec<Column<'_>> =
            headings.iter().map(|(title, width)| Column { title, width: *width }).collect();
        let rows = snapshot.rows::<Cells>(report.rows, &params.borrowed()).await?;
        let layout = Layout { title: report.title, columns: &columns };
        table_file::write(kind, layout, rows, |cells: Cells| cells, &pieces).await
    });
    table_file::answer(app, report.name, kind, file).await
}

async fn printed(app: &App, report: &'static Report, params: &Params) -> Result<Response> {
    let mut snapshot = app.db.snapshot().await?;
    let mut rows = snapshot.rows::<Cells>(report.rows, &params.borrowed()).await?;
    let mut cells = Vec::new();
    while let Some(Cells(row)) = rows.next().await? {
        if cells.len() == PRINTED_ROWS {
            return Err(invalid("too_many_rows", "These are too many rows to print: choose fewer, or csv"));
        }
        cells.push(row);
    }
    drop((rows, snapshot));
    let page = Page { columns: report.columns, title: report.title, made: app.clock.now() };
    let printing = tokio::task::spawn_blocking(move || print(page, cells)).await?;
    let document =
        printing.map_err(|cause: PdfError| internal(format!("a report cannot be printed: {cause}")))?;
    let file = written(|pieces| async move { pieces.send(document).await });
    let stamp = app.clock.now().format("%Y%m%d_%H%M%S");
    download(app, &format!("{}_{stamp}.pdf", report.name), "application/pdf", file).await
}
