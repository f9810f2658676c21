//! Approving and rejecting letters: the rules of both surfaces.

use chrono::NaiveDate;
use shared::{App, Result, db::Change, error::not_found, row, sql};

use super::{
    attendance::{self, Absence},
    letter::LetterStatus,
};
use crate::{access::User, grades::attendance_total, notifications::notify};

row! {
    struct Letter {
        cadet_id: Option<i32>,
        training_day_id: Option<i32>,
        date_absent: Option<NaiveDate>,
        status: String,
    }
}

/// Sets the status of a letter, and does in the attendance what follows from it:
///
/// * Approved: the record of that cadet and day becomes `excused`, or is made. Remarks and times stay.
/// * No longer approved: a record that the approval made becomes `absent`, one that it changed gets its former status back,
///   unless it was marked otherwise since or another approved letter excuses it too.
///
/// The cadet is told. The same status again changes nothing. A letter without a training day on its date has no record to
/// change; so had the approvals of earlier servers.
pub async fn decide(app: &App, user: &User, id: i32, status: LetterStatus) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let (letter, day_id) = hold(&mut change, id).await?;
    if LetterStatus::parse(&letter.status) == Some(status) {
        return Ok(());
    }
    let was_approved = LetterStatus::parse(&letter.status) == Some(LetterStatus::Approved);
    let update = sql!("UPDATE excuse_letters SET status = $2, training_day_id = $3 WHERE id = $1");
    change.execute(update, &[&id, &status.as_str(), &day_id]).await?;
    if status == LetterStatus::Approved {
        if let (Some(cadet_id), Some(day_id)) = (letter.cadet_id, day_id) {
            attendance::excuse(&mut change, &Absence { letter_id: id, cadet_id, day_id }).await?;
        }
    } else if was_approved {
        attendance::take_back(&mut change, id).await?;
    }
    tell(&mut change, &letter, status).await?;
    change.commit().await
}

/// The letter and its training day, kept for this change.
///
/// Whatever else writes attendance takes the grades first, then the day; so the letter comes last.
async fn hold(change: &mut Change, id: i32) -> Result<(Letter, Option<i32>)> {
    let seen = read(change, id).await?;
    if let Some(cadet_id) = seen.cadet_id {
        let known = sql!("SELECT id FROM cadets WHERE id = $1 FOR KEY SHARE");
        change.one::<i32>(known, &[&cadet_id]).await?;
        attendance_total::ensure(change, &[cadet_id]).await?;
        attendance_total::lock(change, &[cadet_id]).await?;
    }
    let day = sql!(
        "SELECT id FROM training_days
         WHERE CASE WHEN $1::int IS NOT NULL THEN id = $1 ELSE date = $2 END
         ORDER BY id LIMIT 1 FOR KEY SHARE"
    );
    let date = seen.date_absent.map(|date| date.to_string());
    let day: Option<i32> = change.one(day, &[&seen.training_day_id, &date]).await?;
    let lock = sql!("SELECT id FROM excuse_letters WHERE id = $1 FOR UPDATE");
    change.one::<i32>(lock, &[&id]).await?;
    Ok((read(change, id).await?, day))
}

async fn read(change: &mut Change, id: i32) -> Result<Letter> {
    let find = sql!(
        "SELECT cadet_id, training_day_id, date_absent, coalesce(status, 'pending') AS status
         FROM excuse_letters WHERE id = $1"
    );
    change.one(find, &[&id]).await?.ok_or_else(|| not_found("Not found"))
}

async fn tell(change: &mut Change, letter: &Letter, status: LetterStatus) -> Result<()> {
    let (Some(cadet_id), Some(date)) = (letter.cadet_id, letter.date_absent) else { return Ok(()) };
    let text = match status {
        LetterStatus::Pending => format!("Your excuse letter for {date} is being reviewed again."),
        LetterStatus::Approved | LetterStatus::Rejected => {
            format!("Your excuse letter for {date} has been {}.", status.as_str())
        }
    };
    notify::cadets(change, &[cadet_id], "attendance", &text).await
}

/// Deletes a letter; its file follows. False if there is none.
///
/// A record it has excused stays excused: that was a decision, and deleting the paper does not take it back.
pub async fn delete(app: &App, user: &User, id: i32) -> Result<bool> {
    let mut change = app.db.change(&user.actor()).await?;
    let deleted = change.execute(sql!("DELETE FROM excuse_letters WHERE id = $1"), &[&id]).await?;
    attendance::forget(&mut change, id).await?;
    change.commit().await?;
    Ok(deleted > 0)
}
