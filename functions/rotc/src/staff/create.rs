//! Taking somebody onto the staff: the row and the account in one transaction.

use axum::extract::State;
use chrono::TimeDelta;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    config::IdentifierLogin,
    db::Change,
    error::{conflict, invalid},
    files::kept_if,
    http::{
        Json,
        lenient::{filled, is_blank},
    },
    sql,
};
use utoipa::ToSchema;

use super::{
    account::{self, FirstPassword, Opened},
    details::Details,
    fields::{NewStaff, StaffChanges},
    mails,
    picture::Picture,
};
use crate::access::{Admin, User};

/// Two equal members within so long are one request, sent twice.
const SAME_REQUEST_SECONDS: i64 = 3;

/// What the client is told about a new member.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedStaff {
    /// How they sign in, and what could not be taken over.
    pub message: String,
    /// The member's id.
    pub id: i32,
}

/// Add a member of the staff
///
/// Opens an account, unless `create_user_account` is false. Its first password is drawn and stands in the
/// message, this once; where mail can be sent, a link is mailed to the member instead. An address that another
/// member has is left out, and the message says so.
#[utoipa::path(post, path = "/api/staff", tag = "staff", request_body = NewStaff,
    responses((status = 200, body = CreatedStaff)))]
pub async fn create_staff(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(sent): Json<NewStaff>,
) -> Result<Json<CreatedStaff>> {
    let wanted = !matches!(&sent.create_user_account, Value::Bool(false))
        && !matches!(sent.create_user_account.as_str(), Some("false" | "0"));
    let password = sent.password.clone().filter(|password| !password.is_empty());
    let sent = StaffChanges::from(sent);
    sent.require_names()?;
    sent.new_email(None)?;
    let password = match (wanted, &password) {
        (false, _) => None,
        (true, Some(chosen)) => Some(FirstPassword::chosen(&app, chosen, &known(&sent)).await?),
        (true, None) => Some(FirstPassword::draw(&app).await?),
    };
    let picture = Picture::take(&app, 0, sent.profile_pic.as_deref()).await?;
    let outcome = add(&app, &admin, &sent, &picture, password.as_ref()).await;
    let created = kept_if(&app, picture.stored(), outcome).await?;
    Ok(Json(created))
}

/// What a password must not be made of.
fn known(sent: &StaffChanges) -> [&str; 3] {
    [&sent.first_name, &sent.last_name, &sent.username].map(|name| filled(name).unwrap_or_default())
}

async fn add(
    app: &App,
    admin: &User,
    sent: &StaffChanges,
    picture: &Picture,
    password: Option<&FirstPassword>,
) -> Result<CreatedStaff> {
    let mut member = described(sent)?;
    picture.apply(&mut member.profile_pic);
    let email = filled(&sent.email);
    let now = app.clock.now().naive_utc();
    let mut change = app.db.change(&admin.actor()).await?;
    account::one_at_a_time(&mut change).await?;
    refuse_twin(&mut change, &member, email, now - TimeDelta::seconds(SAME_REQUEST_SECONDS)).await?;
    let left_out = match email {
        Some(email) => account::email_is_taken(&mut change, email, 0).await?,
        None => false,
    };
    member.email = email.filter(|_| !left_out).map(str::to_owned);
    let id = member.insert(&mut change, now).await?;
    let mut message = "Staff created successfully".to_owned();
    if let Some(password) = password {
        let chosen = filled(&sent.username);
        let opened = account::open(app, &mut change, (id, &member), chosen, password).await?;
        message.push_str(&welcome(app, &mut change, &member, &opened, password).await?);
    }
    if let Some(email) = email.filter(|_| left_out) {
        message.push_str(&format!(". The e-mail address {email} belongs to somebody else and was left out"));
    }
    change.commit().await?;
    Ok(CreatedStaff { message, id })
}

fn described(sent: &StaffChanges) -> Result<Details> {
    let mut member = Details { is_profile_completed: Some(false), ..Details::default() };
    member.apply(sent)?;
    if is_blank(&member.first_name) || is_blank(&member.last_name) {
        return Err(invalid("required", "First name and last name are required"));
    }
    if filled(&member.role).is_none() {
        member.role = Some("Instructor".to_owned());
    }
    Ok(member)
}

/// Refuses a request that has arrived twice: the same name with the same address at any time, or an equal
/// member a moment ago. The caller holds the lock of all who add members.
async fn refuse_twin(
    change: &mut Change,
    member: &Details,
    email: Option<&str>,
    since: chrono::NaiveDateTime,
) -> Result<()> {
    let twin = sql!(
        "SELECT EXISTS (
             SELECT FROM training_staff
             WHERE lower(first_name) = lower($1) AND lower(last_name) = lower($2)
               AND (lower(email) = lower($3)
                    OR (created_at > $4 AND rank IS NOT DISTINCT FROM $5 AND middle_name IS NOT DISTINCT FROM $6
                        AND suffix_name IS NOT DISTINCT FROM $7 AND contact_number IS NOT DISTINCT FROM $8
                        AND role IS NOT DISTINCT FROM $9)))"
    );
    let Details { first_name, last_name, rank, middle_name, suffix_name, contact_number, role, .. } = member;
    let found: bool = change
        .only(
            twin,
            &[first_name, last_name, &email, &since, rank, middle_name, suffix_name, contact_number, role],
        )
        .await?;
    if found {
        return Err(conflict("already_exists", format!("{first_name} {last_name} is already on the staff")));
    }
    Ok(())
}

/// How the member signs in. A drawn password is only shown when no link can be mailed.
async fn welcome(
    app: &App,
    change: &mut Change,
    member: &Details,
    opened: &Opened,
    password: &FirstPassword,
) -> Result<String> {
    let name = &opened.username;
    let Some(drawn) = &password.drawn else { return Ok(format!(". Username: {name}")) };
    if let Some(email) = member.email.as_ref().filter(|_| can_invite(app)) {
        mails::invite(app, change, member, opened).await?;
        return Ok(format!(". Username: {name}. An invitation was mailed to {email}"));
    }
    Ok(format!(". Username: {name}, Password: \"{drawn}\""))
}

/// Whether a link can be mailed, and another one be asked for when it is lost.
fn can_invite(app: &App) -> bool {
    app.mailer.is_configured()
        && app.config.public_url.is_some()
        && app.config.identifier_login == IdentifierLogin::Link
}
