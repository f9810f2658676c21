//! Notes and evidence of approvals, and removing one.

use axum::extract::State;
use http::StatusCode;
use shared::{
    App, Error, Result,
    auth::principal::{Principal, Signed},
    drf::{Data, Fields, Need},
    error::{Kind, forbidden},
    files::kept_if,
    http::{Json, Path},
    sql,
};
use uuid::Uuid;

use super::{
    Approval,
    act::LONGEST_TEXT,
    detail::{must_see, shown},
};
use crate::{
    access::{Decider, Person},
    media::{self, EVIDENCE, Links},
    refusals::{ADMINS_ONLY, DECIDERS_ONLY, fault, unknown},
    workflow::drop_approval,
};

/// Refuse to add an approval
///
/// They are made with the request.
#[utoipa::path(post, path = "/api/approvals", tag = "approvals", responses((status = 405)))]
pub async fn add_approval(Signed(person): Signed<Person>) -> Result<StatusCode> {
    must_administer(&person)?;
    let text = "Approvals are created automatically with clearance requests";
    Err(Error::new(Kind::MethodNotAllowed, "method_not_allowed", text).with("error", text))
}

fn must_administer(person: &Person) -> Result<()> {
    match person {
        person if person.is_admin() => Ok(()),
        person if person.is_student() => Err(forbidden(DECIDERS_ONLY)),
        _ => Err(forbidden(ADMINS_ONLY)),
    }
}

/// Save the notes and the evidence of an approval
#[utoipa::path(put, path = "/api/approvals/{id}", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Approval)))]
pub async fn save_approval(
    Decider(person): Decider,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Approval>> {
    save(&app, &person, id, &links, data.fields(), Need::Required).await
}

/// Change the notes or the evidence of an approval
#[utoipa::path(patch, path = "/api/approvals/{id}", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Approval)))]
pub async fn change_approval(
    Decider(person): Decider,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Approval>> {
    save(&app, &person, id, &links, data.fields(), Need::Optional).await
}

async fn save(
    app: &App,
    person: &Person,
    id: Uuid,
    links: &Links,
    mut fields: Fields,
    need: Need,
) -> Result<Json<Approval>> {
    must_see(app, person, id).await?;
    if need == Need::Required {
        // They are wanted, and cannot be changed.
        fields.uuid("clearance_request", need);
        fields.uuid("department", need);
    }
    let notes = fields.text_or_blank("notes", Need::Nullable, LONGEST_TEXT);
    let file = media::read(&mut fields, "evidence_file");
    fields.finish()?;
    let evidence = media::store(app, person, &EVIDENCE, "evidence_file", file).await?;
    let stored: Vec<String> = evidence.iter().cloned().collect();
    let outcome = store(app, person, id, notes, evidence).await;
    kept_if(app, &stored, outcome).await?;
    shown(app, links, id).await.map(Json)
}

async fn store(
    app: &App,
    person: &Person,
    id: Uuid,
    notes: Option<String>,
    evidence: Option<String>,
) -> Result<()> {
    let lock = sql!(
        "SELECT requests.status, is_open(requests.status) FROM clearance_requests AS requests
         JOIN clearance_approvals AS approvals ON approvals.clearance_request_id = requests.id
         WHERE approvals.id = $1 AND approvals.deleted_at IS NULL AND requests.deleted_at IS NULL FOR UPDATE OF requests"
    );
    let update = sql!(
        "UPDATE clearance_approvals SET notes = coalesce($2, notes), evidence_file = coalesce($3, evidence_file)
         WHERE id = $1 AND deleted_at IS NULL"
    );
    let mut change = app.db.change(&person.actor()).await?;
    let (status, is_open): (String, bool) = change.one(lock, &[&id]).await?.ok_or_else(unknown)?;
    if !is_open {
        return Err(fault(format!("This clearance request is already closed ({status})")));
    }
    change.execute(update, &[&id, &notes, &evidence]).await?;
    change.commit().await
}

/// Remove an approval
///
/// Of an office that the student has nothing to do with, while it has not decided.
#[utoipa::path(delete, path = "/api/approvals/{id}", tag = "approvals", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn remove_approval(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    must_administer(&person)?;
    drop_approval(&app, &person, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
