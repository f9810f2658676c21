//! The one form of all mails.

use askama::Template;
use shared::{App, Result, db::Change, error::internal, mail::NewMail};

use crate::settings::Settings;

#[derive(Template)]
#[template(path = "mail.html")]
struct Page<'a> {
    full_name: &'a str,
    message: &'a str,
    home: &'a str,
}

/// A mail to somebody: a sentence or two below their name.
pub fn letter(
    app: &App,
    (recipient, full_name): (&str, &str),
    subject: &str,
    message: &str,
) -> Result<NewMail> {
    let home = Settings::of(app)?.frontend_url.as_str().trim_end_matches('/');
    let html = Page { full_name, message, home }.render();
    Ok(NewMail {
        recipient: recipient.to_owned(),
        subject: subject.to_owned(),
        text: format!("Dear {full_name},\n\n{message}\n\n{home}\nMksU Clearance System\n"),
        html: html.map_err(|cause| internal(format!("a mail cannot be written: {cause}")))?,
    })
}

/// Stores a mail to be sent after the commit.
pub async fn send(
    app: &App,
    change: &mut Change,
    to: (&str, &str),
    subject: &str,
    message: &str,
) -> Result<()> {
    change.mail(letter(app, to, subject, message)?).await
}
