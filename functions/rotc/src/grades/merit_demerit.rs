//! The ledger in the resource API.

use axum::extract::State;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    db::Read,
    error::{internal, invalid_field},
    http::{Created, Json, Path, lenient::Loose},
    row, sql,
};
use utoipa::ToSchema;
use validator::Validate;

use super::ledger::{self, NewEntry};
use crate::{
    access::{Admin, Visible},
    answer::{Empty, Success, created, iso, success},
};

row! {
    /// An entry of the ledger.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct MeritDemerit {
        /// The entry's id.
        pub id: i32,
        /// Whom it is about.
        pub cadet: i32,
        /// First and last name.
        pub cadet_name: String,
        /// `merit` or `demerit`.
        #[serde(rename = "type")]
        pub kind: String,
        /// Points; negative in a correction of a total.
        pub points: i32,
        /// Why.
        pub reason: Option<String>,
        /// Who made it.
        pub issued_by_user_id: Option<i32>,
        /// Their name at that time.
        pub issued_by_name: Option<String>,
        /// When it was made.
        #[serde(serialize_with = "iso")]
        #[schema(value_type = Option<String>)]
        pub date_recorded: Option<NaiveDateTime>,
    }
}

/// An entry to make. The issuer is whoever asks.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
pub struct NewMeritDemerit {
    /// Whom it is about.
    #[serde(alias = "cadet_id", default)]
    #[schema(value_type = i32)]
    pub cadet: Loose,
    /// `merit` or `demerit`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// A positive whole number.
    #[serde(default)]
    #[schema(value_type = i32)]
    pub points: Loose,
    /// Why.
    #[validate(length(max = 2000, message = "Reason must have at most 2000 characters."))]
    pub reason: Option<String>,
}

/// Add an entry to the ledger
///
/// The points are added to the cadet's totals, merits to the lifetime total, too. The cadet gets a mail.
#[utoipa::path(post, path = "/api/merit-demerit", tag = "grades",
    request_body = NewMeritDemerit, responses((status = 201, body = Success<MeritDemerit>)))]
pub async fn create_merit_demerit(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(new): Json<NewMeritDemerit>,
) -> Result<Created<Success<MeritDemerit>>> {
    let entry = NewEntry {
        cadet_id: new.cadet.whole().ok_or_else(|| invalid_field("cadet", "This field is required."))?,
        kind: ledger::kind(new.kind.as_deref())?,
        points: ledger::points(&new.points)?,
        reason: new.reason,
    };
    let mut change = app.db.change(&admin.actor()).await?;
    let entered = ledger::enter(&mut change, &app, &admin, &entry).await?;
    let id = entered.ok_or_else(|| invalid_field("cadet", "Cadet not found"))?;
    change.commit().await?;
    let logs = logs_of(&mut app.db.read().await?, &[entry.cadet_id]).await?;
    let log = logs.into_iter().find(|log| log.id == id);
    let log = log.ok_or_else(|| internal("the new entry is gone"))?;
    Ok(created(log))
}

/// List a cadet's ledger
///
/// Newest first. Cadets see their own only.
#[utoipa::path(get, path = "/api/merit-demerit/{id}", tag = "grades",
    params(("id" = i32, Path, description = "The cadet")),
    responses((status = 200, body = Success<Vec<MeritDemerit>>)))]
pub async fn list_merit_demerit(
    Visible(cadet_id): Visible,
    State(app): State<App>,
) -> Result<Json<Success<Vec<MeritDemerit>>>> {
    let mut logs = logs_of(&mut app.db.read().await?, &[cadet_id]).await?;
    logs.reverse();
    Ok(Json(success(logs)))
}

/// Remove an entry from the ledger
///
/// Its points are taken back from the cadet's total.
#[utoipa::path(delete, path = "/api/merit-demerit/{id}", tag = "grades",
    params(("id" = i32, Path, description = "The entry")),
    responses((status = 200, body = Success<Empty>)))]
pub async fn delete_merit_demerit(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Success<Empty>>> {
    let mut change = app.db.change(&admin.actor()).await?;
    ledger::remove(&mut change, id).await?;
    change.commit().await?;
    Ok(Json(success(Empty {}).saying("Merit/Demerit log deleted successfully")))
}

/// Remove an entry from the ledger (older path)
///
/// The same as `DELETE /api/merit-demerit/{id}`.
#[utoipa::path(delete, path = "/api/merit-demerit/delete/{log_id}", tag = "grades",
    params(("log_id" = i32, Path)), responses((status = 200, body = Success<Empty>)))]
pub async fn delete_merit_demerit_log(
    admin: Admin,
    app: State<App>,
    log_id: Path<i32>,
) -> Result<Json<Success<Empty>>> {
    delete_merit_demerit(admin, app, log_id).await
}

/// The entries of these cadets, oldest first.
pub async fn logs_of(read: &mut Read, cadet_ids: &[i32]) -> Result<Vec<MeritDemerit>> {
    let list = sql!(
        "SELECT logs.id, cadets.id AS cadet,
                concat_ws(' ', cadets.first_name, cadets.last_name) AS cadet_name,
                logs.type AS kind, logs.points, logs.reason, logs.issued_by_user_id, logs.issued_by_name,
                logs.date_recorded
         FROM merit_demerit_logs AS logs JOIN cadets ON cadets.id = logs.cadet_id
         WHERE logs.cadet_id = ANY($1) ORDER BY logs.date_recorded, logs.id"
    );
    read.all(list, &[&cadet_ids]).await
}
