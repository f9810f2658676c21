//! The certificates that were given.

use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    certificates::Code,
    http::{Json, PageRequest, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use crate::{access::Admin, answer::Listing};

/// Which certificates.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct CertificateFilter {
    /// Of one activity.
    pub activity_id: Option<i32>,
    /// Of one cadet.
    pub cadet_id: Option<i32>,
}

row! {
    struct CertificateRow {
        code: String,
        activity_id: i32,
        cadet_id: Option<i32>,
        name: String,
        activity: String,
        issued_at: DateTime<Utc>,
        issued_by: Option<i32>,
        revoked_at: Option<DateTime<Utc>>,
        revoked_reason: Option<String>,
    }
}

/// A certificate, for administrators.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CertificateEntry {
    /// In groups of four.
    pub code: String,
    /// The activity's id.
    pub activity_id: i32,
    /// The cadet's id; none for a name that was typed.
    pub cadet_id: Option<i32>,
    /// Who got it.
    pub name: String,
    /// The activity.
    pub activity: String,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// The user's id.
    pub issued_by: Option<i32>,
    /// `issued` or `revoked`.
    pub status: &'static str,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Why.
    pub revoked_reason: Option<String>,
}

/// List the certificates
///
/// The newest first.
#[utoipa::path(get, path = "/api/certificates", tag = "reports", params(PageRequest, CertificateFilter),
    responses((status = 200, body = Listing<CertificateEntry>)))]
pub async fn list_certificates(
    _: Admin,
    State(app): State<App>,
    Query(request): Query<PageRequest>,
    Query(filter): Query<CertificateFilter>,
) -> Result<Json<Listing<CertificateEntry>>> {
    let page = request.page(50, 1000);
    let count = sql!(
        "SELECT count(*) AS total FROM muster.certificates
         WHERE ($1::int IS NULL OR activity_id = $1) AND ($2::int IS NULL OR cadet_id = $2)"
    );
    let list = sql!(
        "SELECT code, activity_id, cadet_id, coalesce(snapshot ->> 'name', '') AS name,
                coalesce(snapshot ->> 'activity', '') AS activity, issued_at, issued_by, revoked_at, revoked_reason
         FROM muster.certificates
         WHERE ($1::int IS NULL OR activity_id = $1) AND ($2::int IS NULL OR cadet_id = $2)
         ORDER BY id DESC LIMIT $3 OFFSET $4"
    );
    let mut read = app.db.read().await?;
    let total = read.only(count, &[&filter.activity_id, &filter.cadet_id]).await?;
    let rows: Vec<CertificateRow> =
        read.all(list, &[&filter.activity_id, &filter.cadet_id, &page.limit, &page.offset()]).await?;
    let data = rows.into_iter().map(CertificateEntry::from).collect();
    Ok(Json(Listing::of(page, total, data)))
}

impl From<CertificateRow> for CertificateEntry {
    fn from(row: CertificateRow) -> Self {
        Self {
            code: Code::parse(&row.code).map_or(row.code, |code| code.to_string()),
            activity_id: row.activity_id,
            cadet_id: row.cadet_id,
            name: row.name,
            activity: row.activity,
            issued_at: row.issued_at,
            issued_by: row.issued_by,
            status: if row.revoked_at.is_some() { "revoked" } else { "issued" },
            revoked_at: row.revoked_at,
            revoked_reason: row.revoked_reason,
        }
    }
}
