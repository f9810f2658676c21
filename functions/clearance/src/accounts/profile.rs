//! One's own account.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::{
        principal::{Principal, Signed},
        session::revoke_others,
    },
    drf::{Data, Fields, Need},
    http::Json,
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    User,
    address::is_free,
    credentials::{NEW_PASSWORD_BYTES, new_hash},
    password,
    sign_in::Message,
    user,
};
use crate::{
    access::Person,
    enrollment::{enroll, number_of, reject_taken},
    mails,
    refusals::unknown,
};

/// That a token holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Verified {
    /// True.
    valid: bool,
    /// Its owner.
    user: User,
}

/// Check a token
#[utoipa::path(get, path = "/api/auth/verify", tag = "accounts", responses((status = 200, body = Verified)))]
pub async fn verify_token(Signed(person): Signed<Person>, State(app): State<App>) -> Result<Json<Verified>> {
    Ok(Json(Verified { valid: true, user: shown(&app, person.id).await? }))
}

/// Show one's own profile
#[utoipa::path(get, path = "/api/auth/profile", tag = "accounts", responses((status = 200, body = User)))]
pub async fn show_profile(Signed(person): Signed<Person>, State(app): State<App>) -> Result<Json<User>> {
    Ok(Json(shown(&app, person.id).await?))
}

/// The account with this id; 404 without one.
pub async fn shown(app: &App, id: Uuid) -> Result<User> {
    let found: Option<User> = app.db.read().await?.one(user::ONE, &[&id]).await?;
    found.map(User::titled).ok_or_else(unknown)
}

/// Save one's own profile
///
/// A new e-mail address needs the password; role, office and password cannot be changed here.
#[utoipa::path(put, path = "/api/auth/profile", tag = "accounts", request_body = Object,
    responses((status = 200, body = User)))]
pub async fn save_profile(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<User>> {
    save(&app, &person, data.fields(), Need::Required).await
}

/// Change one's own profile
#[utoipa::path(patch, path = "/api/auth/profile", tag = "accounts", request_body = Object,
    responses((status = 200, body = User)))]
pub async fn change_profile(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<User>> {
    save(&app, &person, data.fields(), Need::Optional).await
}

async fn save(app: &App, person: &Person, mut fields: Fields, need: Need) -> Result<Json<User>> {
    let email = fields.email("email", need, 254);
    let full_name = fields.name("full_name", need, 255);
    let number = fields.text_or_blank("admission_number", Need::Nullable, 50);
    let proof = ["current_password", "password"].map(|name| {
        fields.text_or_blank(name, Need::Nullable, NEW_PASSWORD_BYTES).filter(|text| !text.is_empty())
    });
    let proof = proof.into_iter().flatten().next();
    let is_new = email.as_ref().is_some_and(|email| *email != person.email);
    let proved = match (is_new, proof) {
        (true, Some(proof)) => Some(is_password(app, person.id, proof).await?),
        _ => None,
    };
    let mut change = app.db.change(&person.actor()).await?;
    let before = User::find(&mut change, person.id).await?;
    let number = number.filter(|number| before.admission_number.as_deref().unwrap_or_default() != number);
    let given = number.as_deref().filter(|number| !number.is_empty());
    let is_new_number = is_free(&mut change, &mut fields, email.as_deref(), given, Some(person.id)).await?;
    match (is_new, proved) {
        (true, None) => {
            fields.reject("current_password", "Enter your password to change the e-mail address.")
        }
        (true, Some(false)) => fields.reject("current_password", "Old password is not correct."),
        _ => {}
    }
    let enrolled = number_of(app, given);
    if number.is_some() && person.student.is_some() && is_new_number {
        fields.reject("admission_number", "Ask an administrator to change your admission number.");
    } else if let Some(enrolled) = enrolled.as_ref().filter(|_| is_new_number) {
        reject_taken(&mut change, &mut fields, "admission_number", &enrolled.text, None).await?;
    }
    fields.finish()?;
    let update = sql!(
        "UPDATE users SET email = coalesce($2, email), username = coalesce($2, username),
                          full_name = coalesce($3, full_name),
                          admission_number = CASE WHEN $4::text IS NULL THEN admission_number ELSE nullif($4, '') END
         WHERE id = $1"
    );
    change.execute(update, &[&person.id, &email, &full_name, &number]).await?;
    if let Some(enrolled) = enrolled.filter(|_| person.is_student()) {
        enroll(app, &mut change, person.id, &enrolled).await?;
    }
    let after = User::find(&mut change, person.id).await?;
    change.commit().await?;
    Ok(Json(after))
}

async fn is_password(app: &App, id: Uuid, password: String) -> Result<bool> {
    let find = sql!("SELECT password FROM users WHERE id = $1");
    let stored: Option<String> = app.db.read().await?.one(find, &[&id]).await?;
    Ok(new_hash(app).verify(password, stored).await?.is_yes())
}

/// Change one's password
#[utoipa::path(put, path = "/api/auth/change-password", tag = "accounts", request_body = Object,
    responses((status = 200, body = Message)))]
pub async fn change_password(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<Message>> {
    replace_password(&app, &person, data.fields(), Need::Required).await
}

/// Change one's password
#[utoipa::path(patch, path = "/api/auth/change-password", tag = "accounts", request_body = Object,
    responses((status = 200, body = Message)))]
pub async fn change_password_partly(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<Message>> {
    replace_password(&app, &person, data.fields(), Need::Required).await
}

/// Change one's password without repeating it
#[utoipa::path(post, path = "/api/auth/change-password", tag = "accounts", request_body = Object,
    responses((status = 200, body = Message)))]
pub async fn change_password_as_before(
    Signed(person): Signed<Person>,
    State(app): State<App>,
    data: Data,
) -> Result<Json<Message>> {
    replace_password(&app, &person, data.fields(), Need::Optional).await
}

async fn replace_password(
    app: &App,
    person: &Person,
    mut fields: Fields,
    repeated: Need,
) -> Result<Json<Message>> {
    let old = fields.text("old_password", Need::Required, NEW_PASSWORD_BYTES);
    let new = fields.text("new_password", Need::Required, NEW_PASSWORD_BYTES).unwrap_or_default();
    let again = fields.text("new_password_confirm", repeated, NEW_PASSWORD_BYTES);
    if !new.is_empty() {
        password::check(&mut fields, "new_password", &new);
    }
    if let Some(old) = old
        && !is_password(app, person.id, old).await?
    {
        fields.reject("old_password", "Old password is not correct.");
    }
    if fields.is_valid() && again.is_some_and(|again| again != new) {
        fields.reject("new_password", "Password fields didn't match.");
    }
    fields.finish()?;
    let hash = new_hash(app).hash(new).await?;
    let mut change = app.db.change(&person.actor()).await?;
    change.execute(sql!("UPDATE users SET password = $2 WHERE id = $1"), &[&person.id, &hash]).await?;
    revoke_others(app, &mut change, person.id, person.session, "password changed").await?;
    let to = (person.email.as_str(), person.full_name.as_str());
    let message = "If that was not you, ask an administrator.";
    mails::send(app, &mut change, to, "Your password was changed", message).await?;
    change.commit().await?;
    Ok(Json(Message { message: "Password changed successfully".to_owned() }))
}
