//! The invitation of a new member of the staff.

use askama::Template;
use chrono::TimeDelta;
use shared::{App, Result, db::Change, mail::NewMail};

use super::{account::Opened, details::Details};
use crate::auth;

/// How long the link of an invitation works.
const DAYS: i64 = 3;

#[derive(Template)]
#[template(path = "staff/templates/invitation.txt")]
struct InvitationText<'a> {
    name: &'a str,
    username: &'a str,
    link: &'a str,
    days: i64,
}

#[derive(Template)]
#[template(path = "staff/templates/invitation.html")]
struct InvitationHtml<'a> {
    name: &'a str,
    username: &'a str,
    link: &'a str,
    days: i64,
}

/// Stores the mail with a link that signs the new member in, once. Without a mail address nothing is stored.
pub(super) async fn invite(app: &App, change: &mut Change, member: &Details, opened: &Opened) -> Result<()> {
    let Some(recipient) = member.email.clone() else { return Ok(()) };
    let code = auth::SIGN_IN.create(app, change, opened.user_id, TimeDelta::days(DAYS)).await?;
    let link = auth::link_address(app, &code)?;
    let (name, username, days) = (member.first_name.as_str(), opened.username.as_str(), DAYS);
    let mail = NewMail {
        recipient,
        subject: "Your account on the ROTC grading system".to_owned(),
        text: InvitationText { name, username, link: &link, days }.render()?,
        html: InvitationHtml { name, username, link: &link, days }.render()?,
    };
    change.mail_until(mail, app.clock.now() + TimeDelta::days(DAYS)).await
}
