//! One's own profile: filled in over time, handed in once, then for admins to change.

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    db::Change,
    error::{forbidden, invalid, not_found},
    files::kept_if,
    http::{
        Json,
        lenient::{filled, is_true},
    },
};
use utoipa::ToSchema;

use super::{
    account,
    details::Details,
    fields::{ProfileChanges, StaffChanges},
    picture::Picture,
};
use crate::{access::OnStaff, accounts};

/// What became of a saved profile.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedStaffProfile {
    /// One sentence.
    pub message: &'static str,
    /// Whether the profile is handed in now; absent when nothing was said about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_profile_completed: Option<bool>,
}

/// Save one's own profile
///
/// What is not sent stays, and so do names and a mail address that are sent empty. A new mail address becomes the
/// user name too. With `is_profile_completed` true the profile is locked. The position is for admins to change.
#[utoipa::path(put, path = "/api/staff/profile", tag = "staff", request_body = ProfileChanges,
    responses((status = 200, body = SavedStaffProfile)))]
pub async fn save_staff_profile(
    own: OnStaff,
    State(app): State<App>,
    Json(sent): Json<ProfileChanges>,
) -> Result<Json<SavedStaffProfile>> {
    // Legacy: the client's first page names some fields in camelCase; those are passed over.
    let told = Some(&sent.is_profile_completed).filter(|told| **told != Value::Null).map(is_true);
    let sent = StaffChanges { role: None, ..sent.into() };
    let picture = Picture::take_new(&app, own.staff_id, sent.profile_pic.as_deref()).await?;
    let outcome = save(&app, &own, &sent, told == Some(true), &picture).await;
    kept_if(&app, picture.stored(), outcome).await?;
    Ok(Json(SavedStaffProfile { message: "Profile updated successfully", is_profile_completed: told }))
}

async fn save(
    app: &App,
    own: &OnStaff,
    sent: &StaffChanges,
    completing: bool,
    picture: &Picture,
) -> Result<()> {
    let mut change = app.db.change(&own.user.actor()).await?;
    account::one_at_a_time(&mut change).await?;
    let member = Details::lock(&mut change, own.staff_id).await?;
    let mut member = member.ok_or_else(|| not_found("Staff not found"))?;
    if member.is_profile_completed == Some(true) {
        return Err(forbidden("Profile is locked after completion. Contact admin for changes."));
    }
    let email = sent.new_email(member.email.as_deref())?;
    // Legacy: who changes the mail address signs in with it from then on.
    let username = email.or(filled(&sent.username)).filter(|name| *name != own.user.username);
    refuse_taken(&mut change, own.staff_id, username, email).await?;
    member.apply(sent)?;
    picture.apply(&mut member.profile_pic);
    if let Some(email) = email {
        member.email = Some(email.to_owned());
    }
    if completing {
        member.is_profile_completed = Some(true);
    }
    member.save(&mut change, own.staff_id).await?;
    accounts::update(&mut change, own.user.id, username, email, None).await?;
    picture.save_in_accounts(&mut change, own.staff_id).await?;
    change.commit().await
}

/// Refuses a user name or a mail address that somebody else has.
async fn refuse_taken(
    change: &mut Change,
    staff_id: i32,
    username: Option<&str>,
    email: Option<&str>,
) -> Result<()> {
    let mut taken = false;
    for name in [username, email].into_iter().flatten() {
        taken = taken || account::is_somebody_elses(change, name, staff_id).await?;
    }
    if let Some(email) = email {
        taken = taken || account::email_is_taken(change, email, staff_id).await?;
    }
    if taken {
        return Err(invalid("taken", "Email/Username is already in use by another account."));
    }
    Ok(())
}
