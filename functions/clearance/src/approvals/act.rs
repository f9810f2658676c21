//! Approving and rejecting.

use axum::extract::State;
use shared::{
    App, Result,
    drf::{Data, Fields, Need},
    files::kept_if,
    http::{Json, Path},
};
use uuid::Uuid;

use super::detail::{Decided, decided, must_see};
use crate::{
    access::{Decider, Person},
    media::{self, EVIDENCE, Links},
    workflow::{Decision, Mode, decide},
};

/// Characters of notes and reasons.
pub const LONGEST_TEXT: usize = 2000;

/// Approve
///
/// With the last approval the request is completed, and a certificate is given.
#[utoipa::path(post, path = "/api/approvals/{id}/approve", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Decided)))]
pub async fn approve(
    Decider(person): Decider,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Decided>> {
    let mut fields = data.fields();
    if fields.text_or_blank("status", Need::Nullable, 20).is_some_and(|status| status != "approved") {
        fields.reject("status", "Use the reject action to reject.");
    }
    act(&app, &person, id, &links, fields, Some(true)).await
}

/// Reject
///
/// It ends the request; the student may send a new one.
#[utoipa::path(post, path = "/api/approvals/{id}/reject", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Decided)))]
pub async fn reject(
    Decider(person): Decider,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Decided>> {
    let mut fields = data.fields();
    if fields.text_or_blank("status", Need::Nullable, 20).is_some_and(|status| status != "rejected") {
        fields.reject("status", "Use the approve action to approve.");
    }
    act(&app, &person, id, &links, fields, Some(false)).await
}

/// Approve or reject
#[utoipa::path(post, path = "/api/approvals/{id}/approve_reject", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Decided)))]
pub async fn approve_or_reject(
    Decider(person): Decider,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Decided>> {
    act(&app, &person, id, &links, data.fields(), None).await
}

/// Approve or reject, by its older name
#[utoipa::path(post, path = "/api/approvals/{id}/process", tag = "approvals", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Decided)))]
pub async fn process_approval(
    Decider(person): Decider,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    links: Links,
    data: Data,
) -> Result<Json<Decided>> {
    act(&app, &person, id, &links, data.fields(), None).await
}

/// What a body says of both, once it is known which it is.
pub fn read_decision(fields: &mut Fields, approves: Option<bool>) -> Decision {
    let notes = fields.text_or_blank("notes", Need::Nullable, LONGEST_TEXT);
    let approves = approves
        .or_else(|| fields.choice("action", Need::Required, &[("approve", true), ("reject", false)]))
        .unwrap_or(true);
    let reason = ["rejection_reason", "reason"]
        .map(|name| fields.text_or_blank(name, Need::Nullable, LONGEST_TEXT).unwrap_or_default());
    let reason = reason.into_iter().find(|reason| !reason.is_empty()).filter(|_| !approves);
    if !approves && reason.is_none() && fields.is_valid() {
        fields.reject("rejection_reason", "Rejection reason is required when rejecting");
    }
    Decision { approves, reason: reason.unwrap_or_default(), notes, evidence: None }
}

async fn act(
    app: &App,
    person: &Person,
    id: Uuid,
    links: &Links,
    mut fields: Fields,
    approves: Option<bool>,
) -> Result<Json<Decided>> {
    must_see(app, person, id).await?;
    let decision = read_decision(&mut fields, approves);
    let file = media::read(&mut fields, "evidence_file");
    fields.finish()?;
    let evidence = media::store(app, person, &EVIDENCE, "evidence_file", file).await?;
    let stored: Vec<String> = evidence.iter().cloned().collect();
    let outcome = decide(app, person, id, &Decision { evidence, ..decision }, Mode::Commit).await;
    let message = kept_if(app, &stored, outcome).await?;
    decided(app, links, id, message).await.map(Json)
}
