//! Submitting a letter: the rules of both surfaces.

use chrono::TimeDelta;
use shared::{
    App, Result,
    db::Change,
    error::{invalid_field, not_found},
    files::{discard, kept_if},
    sql,
};

use super::form::Sent;
use crate::{
    access::{Role, User},
    uploads,
};

/// An equal letter within so long is the same request, sent twice.
const SAME_REQUEST_SECONDS: i64 = 3;

/// Stores the file and enters the letter of this cadet. Gives its id.
///
/// A request that arrives twice is entered once.
pub async fn submit(app: &App, user: &User, cadet_id: i32, sent: &Sent) -> Result<i32> {
    let stored: Vec<String> = match &sent.file {
        Some(file) => vec![uploads::EXCUSE_LETTER.store(app, file).await?],
        None => Vec::new(),
    };
    let outcome = enter(app, user, cadet_id, sent, stored.first()).await;
    let (id, is_new) = kept_if(app, &stored, outcome).await?;
    if !is_new {
        discard(app, &stored).await;
    }
    Ok(id)
}

async fn enter(
    app: &App,
    user: &User,
    cadet_id: i32,
    sent: &Sent,
    stored: Option<&String>,
) -> Result<(i32, bool)> {
    let mut change = app.db.change(&user.actor()).await?;
    // One after the other for each cadet, so that a request sent twice finds its first.
    let alone = sql!("SELECT id FROM cadets WHERE id = $1 FOR NO KEY UPDATE");
    let cadet: Option<i32> = change.one(alone, &[&cadet_id]).await?;
    cadet.ok_or_else(|| not_found("Cadet not found"))?;
    let now = app.clock.now().naive_utc();
    let twice = sql!(
        "SELECT id FROM excuse_letters
         WHERE cadet_id = $1 AND date_absent = $2 AND reason = $3 AND (file_url IS NULL) = $4 AND created_at > $5
         ORDER BY id DESC LIMIT 1"
    );
    let without_file = sent.file.is_none() && sent.file_url.is_none();
    let since = now - TimeDelta::seconds(SAME_REQUEST_SECONDS);
    let found: Option<i32> =
        change.one(twice, &[&cadet_id, &sent.date_absent, &sent.reason, &without_file, &since]).await?;
    if let Some(id) = found {
        return Ok((id, false));
    }
    let file_url = match (&sent.file_url, stored) {
        (Some(address), _) => Some(claim(&mut change, user, cadet_id, address).await?),
        (None, stored) => stored.cloned(),
    };
    let day_id = training_day(&mut change, sent).await?;
    let insert = sql!(
        "INSERT INTO excuse_letters (cadet_id, training_day_id, date_absent, reason, file_url, status, created_at)
         VALUES ($1, $2, $3, $4, $5, 'pending', $6) RETURNING id"
    );
    let id =
        change.only(insert, &[&cadet_id, &day_id, &sent.date_absent, &sent.reason, &file_url, &now]).await?;
    change.commit().await?;
    Ok((id, true))
}

/// The file at an address, if it may be this cadet's letter: the user has sent it (for the staff: anybody has), or it is
/// this cadet's already. Anything else would show one cadet the letter of another.
async fn claim(change: &mut Change, user: &User, cadet_id: i32, address: &str) -> Result<String> {
    let sent = sql!(
        "SELECT address FROM muster.uploads
         WHERE address = coalesce(muster.file_address(split_part(split_part($1, '?', 1), '#', 1)), $1)
           AND kind = 'excuse_letter' AND ($2::int IS NULL OR uploaded_by = $2::text)
         FOR SHARE"
    );
    let only_of = (user.role == Role::Cadet).then_some(user.id);
    if let Some(address) = change.one::<String>(sent, &[&address, &only_of]).await? {
        return Ok(address);
    }
    let own = sql!(
        "SELECT file_url FROM excuse_letters
         WHERE cadet_id = $2
           AND muster.file_address(file_url) = muster.file_address(split_part(split_part($1, '?', 1), '#', 1))
         ORDER BY id DESC LIMIT 1 FOR SHARE"
    );
    let own: Option<String> = change.one(own, &[&address, &cadet_id]).await?;
    own.ok_or_else(|| invalid_field("file_url", "file_url must be a file that you have uploaded"))
}

/// The training day that was missed: the one that was named, or that of the date.
async fn training_day(change: &mut Change, sent: &Sent) -> Result<Option<i32>> {
    let date = sent.date_absent.to_string();
    let Some(named) = sent.training_day_id else {
        let find = sql!("SELECT id FROM training_days WHERE date = $1 ORDER BY id LIMIT 1 FOR KEY SHARE");
        return change.one(find, &[&date]).await;
    };
    let find = sql!("SELECT date FROM training_days WHERE id = $1 FOR KEY SHARE");
    let found: Option<String> = change.one(find, &[&named]).await?;
    match found {
        Some(day) if day == date => Ok(Some(named)),
        Some(_) => Err(invalid_field("training_day_id", "The training day is on another date")),
        None => Err(invalid_field("training_day_id", "Training day not found")),
    }
}
