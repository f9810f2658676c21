//! The buttons that mail every cadet.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use shared::{App, Result, db::Change, error::invalid, http::Json, mail::NewMail, row, sql};
use utoipa::ToSchema;
use validator::{Validate, ValidateEmail};

use crate::{
    access::{Admin, User},
    answer::{Message, message},
};

/// The same mail within so many seconds is a button pressed twice.
const DOUBLED_WITHIN_SECONDS: f64 = 10.0;

/// What to mail.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MailOrder {
    /// `cadet_general_update` or `cadet_training_reminder`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub template_key: Value,
}

/// A mail to every cadet (rules.md 7.1).
struct Letter {
    key: &'static str,
    subject: &'static str,
    body: &'static str,
}

const LETTERS: &[Letter] = &[
    Letter {
        key: "cadet_general_update",
        subject: "MSU-SND ROTC Grading System - Important Update",
        body: "There is an important update. Please sign in to the cadet portal and read the latest announcements.",
    },
    Letter {
        key: "cadet_training_reminder",
        subject: "MSU-SND ROTC - Training and Activities Reminder",
        body: "Please look at the schedule of trainings and activities in the cadet portal, and come prepared: uniform \
               and requirements complete.",
    },
];

row! {
    struct Recipient {
        email: String,
        name: String,
        student_id: String,
        username: String,
    }
}

#[derive(Template)]
#[template(path = "notifications/templates/cadet_letter.txt")]
struct LetterText<'a> {
    cadet: &'a Recipient,
    body: &'a str,
    link: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "notifications/templates/cadet_letter.html")]
struct LetterHtml<'a> {
    cadet: &'a Recipient,
    body: &'a str,
    link: Option<&'a str>,
}

/// Mail every cadet
///
/// Approved ones with an address who have not switched mails off. The same mail within ten seconds is sent once.
/// Legacy: 500 where the server cannot send mails.
#[utoipa::path(post, path = "/api/admin/cadet-email/send-template", tag = "notifications", request_body = MailOrder,
    responses((status = 200, body = Message), (status = 500, body = Message)))]
pub async fn send_cadet_email(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(order): Json<MailOrder>,
) -> Result<Response> {
    let letter = LETTERS.iter().find(|letter| order.template_key.as_str() == Some(letter.key));
    let letter =
        letter.ok_or_else(|| invalid("unknown_template", "Invalid or missing email template key."))?;
    if !app.mailer.is_configured() {
        return Ok((StatusCode::INTERNAL_SERVER_ERROR, message(NOT_CONFIGURED)).into_response());
    }
    let (sent, failed) = send(&app, &admin, letter).await?;
    Ok(message(format!("Cadet notification email sent to {sent} cadets. Failed: {failed}.")).into_response())
}

const NOT_CONFIGURED: &str = "Email sending is not configured on the server. Please set EMAIL_USER and EMAIL_PASS \
                              environment variables to enable cadet notification emails.";

/// Stores the mails, and tells how many there are and how many addresses are none.
async fn send(app: &App, admin: &User, letter: &Letter) -> Result<(i64, i64)> {
    let mut change = app.db.change(&admin.actor()).await?;
    // The second press waits for the first, and then sees what it has done.
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext($1))"), &[&letter.key]).await?;
    let (well, ill): (Vec<Recipient>, Vec<Recipient>) =
        recipients(&mut change).await?.into_iter().partition(|cadet| cadet.email.validate_email());
    let failed = i64::try_from(ill.len())?;
    if well.is_empty() {
        return Err(invalid("no_recipients", "No eligible cadets with email found."));
    }
    let just_sent = sql!(
        "SELECT count(*) FROM muster.mails
         WHERE subject = $1 AND created_at > CURRENT_TIMESTAMP - make_interval(secs => $2)"
    );
    let sent: i64 = change.only(just_sent, &[&letter.subject, &DOUBLED_WITHIN_SECONDS]).await?;
    if sent > 0 {
        return Ok((sent, failed));
    }
    let link = app.config.login_url()?;
    let link = link.as_ref().map(|link| link.as_str());
    let mails = well.iter().map(|cadet| written(letter, cadet, link)).collect::<Result<Vec<_>>>()?;
    change.mails(&mails).await?;
    change.commit().await?;
    Ok((i64::try_from(mails.len())?, failed))
}

async fn recipients(change: &mut Change) -> Result<Vec<Recipient>> {
    let find = sql!(
        "SELECT trim(users.email) AS email, trim(concat_ws(' ', cadets.first_name, cadets.last_name)) AS name,
                coalesce(cadets.student_id, '') AS student_id, users.username
         FROM users JOIN cadets ON cadets.id = users.cadet_id
         WHERE users.role = 'cadet' AND users.is_approved = 1 AND users.is_archived IS NOT TRUE
           AND cadets.is_archived IS NOT TRUE AND trim(users.email) <> ''
           AND muster.wants(users.id, 'mail', 'cadet_email')
         ORDER BY users.id"
    );
    change.all(find, &[]).await
}

fn written(letter: &Letter, cadet: &Recipient, link: Option<&str>) -> Result<NewMail> {
    Ok(NewMail {
        recipient: cadet.email.clone(),
        subject: letter.subject.to_owned(),
        text: LetterText { cadet, body: letter.body, link }.render()?,
        html: LetterHtml { cadet, body: letter.body, link }.render()?,
    })
}
