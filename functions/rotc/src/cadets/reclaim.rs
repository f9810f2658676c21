//! Taking user names and mail addresses back from archived accounts, so that others may have them.

use axum::extract::State;
use serde::Serialize;
use shared::{App, Result, http::Json, row, sql};
use utoipa::ToSchema;

use super::selection::ReclaimSelection;
use crate::access::Admin;

/// What was taken back.
#[derive(Debug, Serialize, ToSchema)]
pub struct Reclaimed {
    /// Always `reclaimed`.
    pub message: &'static str,
    /// One entry for each id sent.
    pub results: Vec<ReclaimResult>,
}

/// What was taken back from one cadet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReclaimResult {
    /// The cadet.
    pub cadet_id: i32,
    /// 1, or 0 when the cadet has no archived account.
    pub updated: u8,
    /// The account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i32>,
    /// What others may have now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub freed: Option<[&'static str; 2]>,
    /// Why nothing was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
}

row! {
    struct Freed {
        cadet_id: i32,
        user_id: i32,
    }
}

/// Free the user names and mail addresses of archived cadets
///
/// The account keeps its user name with `__archived_<id>` behind it.
#[utoipa::path(post, path = "/api/admin/cadets/reclaim-credentials", tag = "cadets",
    request_body = ReclaimSelection, responses((status = 200, body = Reclaimed)))]
pub async fn reclaim_credentials(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(selection): Json<ReclaimSelection>,
) -> Result<Json<Reclaimed>> {
    let ids = selection.some()?;
    let mut change = app.db.change(&admin.actor()).await?;
    let reclaim = sql!(
        "UPDATE users
         SET username = CASE WHEN right(username, length('__archived_' || id)) = '__archived_' || id THEN username
                             ELSE username || '__archived_' || id END,
             email = NULL, is_approved = CASE WHEN is_approved = 1 THEN 0 ELSE is_approved END
         WHERE cadet_id = ANY($1) AND is_archived IS TRUE
         RETURNING cadet_id, id AS user_id"
    );
    let freed: Vec<Freed> = change.all(reclaim, &[&ids]).await?;
    change.commit().await?;
    let results = ids.iter().map(|id| result(*id, freed.iter().find(|one| one.cadet_id == *id))).collect();
    Ok(Json(Reclaimed { message: "reclaimed", results }))
}

fn result(cadet_id: i32, freed: Option<&Freed>) -> ReclaimResult {
    ReclaimResult {
        cadet_id,
        updated: freed.is_some().into(),
        user_id: freed.map(|freed| freed.user_id),
        freed: freed.map(|_| ["username", "email"]),
        reason: freed.is_none().then_some("no_archived_user"),
    }
}
