//! The ledger of one cadet, as the clients' admin pages show and change it.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::{invalid_field, not_found},
    http::{Json, Path, lenient::Loose},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::ledger::{self, NewEntry};
use crate::{
    access::Admin,
    answer::{Message, iso, message},
};

row! {
    /// One entry of the ledger.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct LedgerEntry {
        /// The entry's id; none for a total that no entry explains.
        pub id: Option<i32>,
        /// Whom it is about.
        pub cadet_id: Option<i32>,
        /// `merit` or `demerit`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Points; negative in a correction of a total.
        pub points: i32,
        /// Why.
        pub reason: Option<String>,
        /// When it was made.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub date_recorded: Option<NaiveDateTime>,
        /// Who made it.
        pub issued_by_user_id: Option<i32>,
        /// Their name at that time.
        pub issued_by_name: Option<String>,
    }
}

/// An entry with the second name its date has in the clients' table.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DatedEntry {
    /// The entry.
    #[serde(flatten)]
    pub entry: LedgerEntry,
    /// The same as `date_recorded`.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = Option<String>)]
    pub created_at: Option<NaiveDateTime>,
}

/// An entry to make.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct NewMeritLog {
    /// Whom it is about.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub cadet_id: Loose,
    /// `merit` or `demerit`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// A positive whole number.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub points: Loose,
    /// Why. Longer than in the resource API: the existing clients know no limit.
    #[validate(length(max = 10_000, message = "Reason is too long"))]
    pub reason: Option<String>,
}

/// List a cadet's ledger
///
/// Newest first.
#[utoipa::path(get, path = "/api/admin/merit-logs/{id}", tag = "grades",
    params(("id" = i32, Path, description = "The cadet")), responses((status = 200, body = Vec<DatedEntry>)))]
pub async fn list_merit_logs(
    _admin: Admin,
    State(app): State<App>,
    Path(cadet_id): Path<i32>,
) -> Result<Json<Vec<DatedEntry>>> {
    let entries = entries(&app, cadet_id).await?;
    let dated = |entry: LedgerEntry| DatedEntry { created_at: entry.date_recorded, entry };
    Ok(Json(entries.into_iter().map(dated).collect()))
}

/// The entries of a cadet, newest first.
pub async fn entries(app: &App, cadet_id: i32) -> Result<Vec<LedgerEntry>> {
    let list = sql!(
        "SELECT id, cadet_id, type AS kind, points, reason, date_recorded, issued_by_user_id, issued_by_name
         FROM merit_demerit_logs WHERE cadet_id = $1 ORDER BY date_recorded DESC, id DESC"
    );
    app.db.read().await?.all(list, &[&cadet_id]).await
}

/// Add an entry to the ledger
///
/// The points are added to the cadet's totals, merits to the lifetime total, too. The cadet gets a mail.
#[utoipa::path(post, path = "/api/admin/merit-logs", tag = "grades",
    request_body = NewMeritLog, responses((status = 200, body = Message)))]
pub async fn create_merit_log(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(new): Json<NewMeritLog>,
) -> Result<Json<Message>> {
    let entry = NewEntry {
        cadet_id: new.cadet_id.whole().ok_or_else(|| invalid_field("cadetId", "Cadet ID is required"))?,
        kind: ledger::kind(new.kind.as_deref())?,
        points: ledger::points(&new.points)?,
        reason: new.reason,
    };
    let mut change = app.db.change(&admin.actor()).await?;
    let entered = ledger::enter(&mut change, &app, &admin, &entry).await?;
    entered.ok_or_else(|| not_found("Cadet not found"))?;
    change.commit().await?;
    Ok(message("Log added and points updated"))
}

/// Remove an entry from the ledger
///
/// Its points are taken back from the cadet's total.
#[utoipa::path(delete, path = "/api/admin/merit-logs/{id}", tag = "grades",
    params(("id" = i32, Path, description = "The entry")), responses((status = 200, body = Message)))]
pub async fn delete_merit_log(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    let mut change = app.db.change(&admin.actor()).await?;
    ledger::remove(&mut change, id).await?;
    change.commit().await?;
    Ok(message("Log deleted and points reverted"))
}
