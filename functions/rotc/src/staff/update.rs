//! Editing a member of the staff: what is not sent stays.

use axum::extract::State;
use shared::{
    App, Result,
    db::Change,
    error::{Error, conflict, not_found},
    files::kept_if,
    http::{Json, Path, lenient::filled},
};

use super::{account, details::Details, fields::StaffChanges, picture::Picture};
use crate::{
    access::{Admin, User},
    answer::{Message, message},
};

/// Edit a member of the staff
///
/// What is not sent stays, an empty text clears. The account gets the same mail address and picture.
#[utoipa::path(put, path = "/api/staff/{id}", tag = "staff", params(("id" = i32, Path)),
    request_body = StaffChanges, responses((status = 200, body = Message)))]
pub async fn update_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
    Json(sent): Json<StaffChanges>,
) -> Result<Json<Message>> {
    sent.refuse_empty_names()?;
    let picture = Picture::take(&app, id, sent.profile_pic.as_deref()).await?;
    let outcome = save(&app, &admin, id, &sent, &picture).await;
    kept_if(&app, picture.stored(), outcome).await?;
    Ok(message("Staff updated successfully"))
}

async fn save(app: &App, admin: &User, id: i32, sent: &StaffChanges, picture: &Picture) -> Result<()> {
    let mut change = app.db.change(&admin.actor()).await?;
    account::one_at_a_time(&mut change).await?;
    let member = Details::lock(&mut change, id).await?;
    let mut member = member.ok_or_else(|| not_found("Staff not found"))?;
    let username = filled(&sent.username);
    refuse_taken(&mut change, id, &member, sent).await?;
    member.apply(sent)?;
    picture.apply(&mut member.profile_pic);
    let email = sent.email.as_deref().map(str::trim);
    if let Some(email) = email {
        // Legacy: no two members share an address, so an empty one is none.
        member.email = Some(email.to_owned()).filter(|email| !email.is_empty());
    }
    member.save(&mut change, id).await?;
    account::update(&mut change, id, username, email).await?;
    picture.save_in_accounts(&mut change, id).await?;
    change.commit().await
}

/// Refuses a mail address or a user name that somebody else signs in with.
async fn refuse_taken(change: &mut Change, id: i32, member: &Details, sent: &StaffChanges) -> Result<()> {
    if let Some(email) = sent.new_email(member.email.as_deref())?
        && account::email_is_taken(change, email, id).await?
    {
        return Err(taken());
    }
    if let Some(username) = filled(&sent.username)
        && account::is_somebody_elses(change, username, id).await?
    {
        return Err(taken());
    }
    Ok(())
}

#[track_caller]
fn taken() -> Error {
    conflict("taken", "Email/Username is already in use by another account.")
}
