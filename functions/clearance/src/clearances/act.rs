//! Changing, ending and removing requests.

use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::{Principal, Signed},
    drf::{Data, Fields, Need},
    error::forbidden,
    http::{Json, Path},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    clearance::find,
    written::{WrittenClearance, written},
};
use crate::{
    access::{Admin, Person},
    media::Links,
    refusals::{ADMINS_ONLY, refused},
    workflow::{cancel, hide, lock, revoke, submit},
};

/// Characters of a reason.
const LONGEST_REASON: usize = 2000;

/// A draft that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubmittedClearance {
    message: &'static str,
    clearance: WrittenClearance,
}

/// Save a request
#[utoipa::path(put, path = "/api/clearances/{id}", tag = "clearances", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = WrittenClearance)))]
pub async fn save_clearance(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<WrittenClearance>> {
    save(&app, &person, id, &links, data.fields(), Need::Required).await
}

/// Change the reason of a request
///
/// For administrators; drafts of the legacy server may be sent by their students too, and nothing of them changes.
#[utoipa::path(patch, path = "/api/clearances/{id}", tag = "clearances", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = WrittenClearance)))]
pub async fn change_clearance(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<WrittenClearance>> {
    save(&app, &person, id, &links, data.fields(), Need::Optional).await
}

async fn save(
    app: &App,
    person: &Person,
    id: Uuid,
    links: &Links,
    mut fields: Fields,
    need: Need,
) -> Result<Json<WrittenClearance>> {
    let (clearance, _) = find(&mut app.db.read().await?, id, person.reach_of_requests()).await?;
    if person.is_student() && clearance.status != "draft" {
        return Err(refused("You can only update draft clearance requests"));
    }
    if person.is_staff() {
        return Err(forbidden(ADMINS_ONLY));
    }
    fields.uuid("student_id", need);
    let reason = fields.text_or_blank("rejection_reason", Need::Optional, LONGEST_REASON);
    fields.finish()?;
    if let Some(reason) = reason.filter(|_| person.is_admin()) {
        let mut change = app.db.change(&person.actor()).await?;
        let update = sql!("UPDATE clearance_requests SET rejection_reason = $2 WHERE id = $1");
        change.execute(update, &[&id, &reason]).await?;
        change.commit().await?;
    }
    written(app, links, id).await.map(Json)
}

/// Remove a request
///
/// It is hidden; one that is completed stays.
#[utoipa::path(delete, path = "/api/clearances/{id}", tag = "clearances", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn remove_clearance(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&admin.actor()).await?;
    let request = lock(&mut change, id, None).await?;
    hide(&app, &mut change, &request).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose requests somebody may end: one's own, and an administrator every one.
fn owner(person: &Person) -> Result<Option<Uuid>> {
    if person.is_staff() {
        return Err(forbidden(ADMINS_ONLY));
    }
    Ok(person.is_student().then_some(person.id))
}

/// Cancel an open request
#[utoipa::path(post, path = "/api/clearances/{id}/cancel", tag = "clearances", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = WrittenClearance)))]
pub async fn cancel_clearance(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<WrittenClearance>> {
    let owner = owner(&person)?;
    let mut fields = data.fields();
    let mut change = app.db.change(&person.actor()).await?;
    let request = lock(&mut change, id, owner).await?;
    let reason = fields.text_or_blank("reason", Need::Nullable, LONGEST_REASON).unwrap_or_default();
    fields.finish()?;
    cancel(&app, &mut change, &request, &reason).await?;
    change.commit().await?;
    written(&app, &links, id).await.map(Json)
}

/// Revoke a completed clearance
///
/// Its certificate is revoked too. The student may ask again; all offices then decide anew.
#[utoipa::path(post, path = "/api/clearances/{id}/revoke", tag = "clearances", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = WrittenClearance)))]
pub async fn revoke_clearance(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<WrittenClearance>> {
    let mut fields = data.fields();
    let mut change = app.db.change(&admin.actor()).await?;
    let request = lock(&mut change, id, None).await?;
    let reason = fields.text("reason", Need::Required, LONGEST_REASON).unwrap_or_default();
    fields.finish()?;
    revoke(&app, &mut change, &request, &reason).await?;
    change.commit().await?;
    written(&app, &links, id).await.map(Json)
}

/// Send a draft of the legacy server
#[utoipa::path(post, path = "/api/clearances/{id}/submit", tag = "clearances", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = SubmittedClearance)))]
pub async fn submit_clearance(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<SubmittedClearance>> {
    let owner = owner(&person)?;
    let mut fields = data.fields();
    let mut change = app.db.change(&person.actor()).await?;
    let request = lock(&mut change, id, owner).await?;
    if fields.boolean("confirm", Need::Required) == Some(false) {
        fields.reject("confirm", "You must confirm submission");
    }
    fields.finish()?;
    submit(&app, &mut change, &request).await?;
    change.commit().await?;
    let clearance = written(&app, &links, id).await?;
    Ok(Json(SubmittedClearance { message: "Clearance request submitted successfully", clearance }))
}
