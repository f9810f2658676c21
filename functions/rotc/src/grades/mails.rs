//! What cadets are told by mail about their grades.

use askama::Template;
use shared::{Result, db::Change, mail::NewMail, row, sql};

use super::ledger::{EntryKind, NewEntry};

row! {
    struct Recipient {
        email: String,
        first_name: String,
    }
}

#[derive(Template)]
#[template(path = "grades/templates/grades_updated.txt")]
struct UpdatedText<'a> {
    name: &'a str,
}

#[derive(Template)]
#[template(path = "grades/templates/grades_updated.html")]
struct UpdatedHtml<'a> {
    name: &'a str,
}

#[derive(Template)]
#[template(path = "grades/templates/new_entry.txt")]
struct EntryText<'a> {
    name: &'a str,
    kind: &'a str,
    points: i32,
    reason: &'a str,
}

#[derive(Template)]
#[template(path = "grades/templates/new_entry.html")]
struct EntryHtml<'a> {
    name: &'a str,
    kind: &'a str,
    points: i32,
    reason: &'a str,
}

/// Stores the mail that says that grades have changed. It names no figures: they are behind the sign-in.
pub async fn grades_updated(change: &mut Change, cadet_id: i32) -> Result<()> {
    let Some(cadet) = recipient(change, cadet_id).await? else { return Ok(()) };
    let mail = NewMail {
        subject: "ROTC Grading System - Grades Updated".to_owned(),
        text: UpdatedText { name: &cadet.first_name }.render()?,
        html: UpdatedHtml { name: &cadet.first_name }.render()?,
        recipient: cadet.email,
    };
    change.mail(mail).await
}

/// Stores the mail about a new entry in the ledger.
pub async fn new_entry(change: &mut Change, entry: &NewEntry) -> Result<()> {
    let Some(cadet) = recipient(change, entry.cadet_id).await? else { return Ok(()) };
    let subject = match entry.kind {
        EntryKind::Merit => "ROTC System - New Merit Record",
        EntryKind::Demerit => "ROTC System - New Demerit Record",
    };
    let (name, kind, points) = (cadet.first_name.as_str(), entry.kind.as_str(), entry.points);
    let reason = entry.reason.as_deref().unwrap_or_default();
    let mail = NewMail {
        subject: subject.to_owned(),
        text: EntryText { name, kind, points, reason }.render()?,
        html: EntryHtml { name, kind, points, reason }.render()?,
        recipient: cadet.email,
    };
    change.mail(mail).await
}

/// Where a cadet gets mail, unless they have none or do not want any.
async fn recipient(change: &mut Change, cadet_id: i32) -> Result<Option<Recipient>> {
    let find = sql!(
        "SELECT trim(cadets.email) AS email, cadets.first_name FROM cadets
         WHERE cadets.id = $1 AND trim(cadets.email) <> ''
           AND NOT EXISTS (SELECT FROM users
                           WHERE users.cadet_id = cadets.id AND users.role = 'cadet'
                             AND users.is_archived IS NOT TRUE AND NOT muster.wants(users.id, 'mail', 'grade'))"
    );
    change.one(find, &[&cadet_id]).await
}
