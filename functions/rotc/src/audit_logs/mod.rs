//! Who changed what, and what was told to those who listen: for administrators.

use axum::extract::FromRequestParts;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime};
use http::request::Parts;
use serde::Deserialize;
use shared::{
    App, Error, Result,
    error::invalid_field,
    http::{Query, lenient::chosen},
    system::{Group, Need},
};
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

pub mod expire_audit_logs;
pub mod export;
pub mod list;
pub mod sync_events;

/// The logs.
pub const GROUP: Group = Group {
    name: "audit-logs",
    about: "The audit log of every change, and the log of events that clients synchronize with.",
    prefixes: &["/api/audit-logs", "/api/sync-events"],
    needs: &[Need::Database, Need::Files],
    memory_mb: 256,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::list_audit_logs))
        .routes(routes!(export::export_audit_logs))
        .routes(routes!(sync_events::list_sync_events))
}

/// Which audit rows are wanted.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct AuditFilter {
    /// `cadets`.
    pub table_name: Option<String>,
    /// `INSERT` (or `CREATE`), `UPDATE`, `DELETE`, or an event such as `LOGIN_FAILED`.
    pub operation: Option<String>,
    /// Who did it.
    pub user_id: Option<i32>,
    /// From this day or moment on (`2026-02-02`, `2026-02-02T08:00:00Z`).
    #[serde(alias = "date_from")]
    pub start_date: Option<String>,
    /// Up to and with this day, or before this moment.
    #[serde(alias = "date_to")]
    pub end_date: Option<String>,
}

/// The same, checked.
#[derive(Clone, Debug)]
pub struct AuditSelection {
    /// The table.
    pub table_name: Option<String>,
    /// The operation as the table has it.
    pub operation: Option<String>,
    /// The user.
    pub user_id: Option<i32>,
    /// From here on.
    pub from: Option<NaiveDateTime>,
    /// Before here.
    pub before: Option<NaiveDateTime>,
}

impl FromRequestParts<App> for AuditSelection {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Query(filter) = Query::<AuditFilter>::from_request_parts(parts, app).await?;
        let operation = chosen(filter.operation).map(|operation| match operation.to_ascii_uppercase() {
            create if create == "CREATE" => "INSERT".to_owned(),
            other => other,
        });
        Ok(Self {
            table_name: chosen(filter.table_name),
            operation,
            user_id: filter.user_id,
            from: chosen(filter.start_date).map(|text| moment(&text, "start_date", 0)).transpose()?,
            before: chosen(filter.end_date).map(|text| moment(&text, "end_date", 1)).transpose()?,
        })
    }
}

/// A day, `days` later, or a moment, in UTC.
fn moment(text: &str, field: &'static str, days: u64) -> Result<NaiveDateTime> {
    let day = || text.parse::<NaiveDate>().ok()?.checked_add_days(Days::new(days));
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|time| time.naive_utc());
    let moment = day().map(|day| day.and_time(NaiveTime::MIN)).or_else(zoned).or_else(|| text.parse().ok());
    // PostgreSQL knows no year beyond these.
    let known = |moment: &NaiveDateTime| (1..=9999).contains(&chrono::Datelike::year(moment));
    moment
        .filter(known)
        .ok_or_else(|| invalid_field(field, format!("{field} must be a date such as 2026-02-02")))
}
