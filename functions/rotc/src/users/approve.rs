//! Letting somebody in who has asked for an account.

use askama::Template;
use axum::extract::State;
use shared::{
    App, Result,
    db::Change,
    error::conflict,
    http::{Json, Path},
    mail::NewMail,
    row, sql,
};

use crate::{
    access::Admin,
    answer::{Message, message},
    autolink::{self, Proof},
};

row! {
    struct Applicant {
        name: String,
        email: Option<String>,
        cadet_id: Option<i32>,
        approved: bool,
        archived: bool,
    }
}

#[derive(Template)]
#[template(path = "users/templates/account_approved.txt")]
struct ApprovedText<'a> {
    name: &'a str,
    link: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "users/templates/account_approved.html")]
struct ApprovedHtml<'a> {
    name: &'a str,
    link: Option<&'a str>,
}

/// Approve an account
///
/// Its cadet gets a row of grades, and the person a mail. An account without a cadet becomes the one whose student id is its
/// user name. Approving twice changes nothing more, and an id that nobody has changes nothing. An archived account must be
/// restored with its cadet.
#[utoipa::path(put, path = "/api/admin/users/{id}/approve", tag = "users", params(("id" = i32, Path)),
    responses((status = 200, body = Message)))]
pub async fn approve_user(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
) -> Result<Json<Message>> {
    let mut change = app.db.change(&admin.actor()).await?;
    let find = sql!(
        "SELECT coalesce(nullif(cadets.first_name, ''), users.username) AS name,
                coalesce(nullif(trim(users.email), ''), nullif(trim(cadets.email), '')) AS email, users.cadet_id,
                coalesce(users.is_approved = 1, FALSE) AS approved,
                users.is_archived IS TRUE OR cadets.is_archived IS TRUE AS archived
         FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id WHERE users.id = $1 FOR UPDATE OF users"
    );
    match change.one::<Applicant>(find, &[&id]).await? {
        Some(applicant) if applicant.archived => {
            return Err(conflict("archived", "This account is archived. Restore it first."));
        }
        Some(applicant) if !applicant.approved => approve(&app, &mut change, id, applicant).await?,
        _ => {}
    }
    change.commit().await?;
    Ok(message("User approved"))
}

async fn approve(app: &App, change: &mut Change, id: i32, applicant: Applicant) -> Result<()> {
    change.execute(sql!("UPDATE users SET is_approved = 1 WHERE id = $1"), &[&id]).await?;
    let cadet_id = match applicant.cadet_id {
        Some(cadet_id) => Some(cadet_id),
        // The administrator vouches for the user name, which is a student id then, but has not seen the mail address work.
        None => autolink::link(change, id, Proof::UserName, "cadet_autolinked").await?,
    };
    if let Some(cadet_id) = cadet_id {
        let grades = sql!("INSERT INTO grades (cadet_id) VALUES ($1) ON CONFLICT (cadet_id) DO NOTHING");
        change.execute(grades, &[&cadet_id]).await?;
    }
    let Some(recipient) = applicant.email else { return Ok(()) };
    let link = app.config.login_url()?;
    let (name, link) = (applicant.name.as_str(), link.as_ref().map(|link| link.as_str()));
    let mail = NewMail {
        subject: "Account Approved - ROTC Grading System".to_owned(),
        text: ApprovedText { name, link }.render()?,
        html: ApprovedHtml { name, link }.render()?,
        recipient,
    };
    change.mail(mail).await
}
