//! Reading a document, unless the same person has had it read within a day.

use bytes::Bytes;
use chrono::TimeDelta;
use documents::upload::FileKind;
use serde_json::Value;
use shared::{
    App, Error, Result,
    error::invalid,
    ocr::{DOCUMENT_TOO_SLOW, Recognised, digest},
    sql,
};

use super::Languages;
use crate::access::User;

/// How long a result is kept.
pub const KEPT_FOR: TimeDelta = TimeDelta::days(1);

/// What a document says, and whether that was known.
pub async fn read(
    app: &App,
    user: &User,
    body: Bytes,
    kind: FileKind,
    languages: Languages,
) -> Result<(Recognised, bool)> {
    let digest = digest(&body);
    let find = sql!(
        "SELECT recognised FROM muster.ocr_results
         WHERE asked_by = $1 AND digest = $2 AND languages = $3 AND created_at > $4"
    );
    let since = app.clock.now() - KEPT_FOR;
    let known: Option<Value> =
        app.db.read().await?.one(find, &[&user.id, &digest, &languages.code(), &since]).await?;
    if let Some(known) = known {
        return Ok((serde_json::from_value(known)?, true));
    }
    let read = app.ocr.read(body, kind.media_type(), languages.list()).await.map_err(with_advice)?;
    if read.more_pages {
        let most = app.config.ocr.most_pages;
        return Err(invalid("too_many_pages", format!("A document may have at most {most} pages")));
    }
    let keep = sql!(
        "INSERT INTO muster.ocr_results (asked_by, digest, languages, recognised, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (asked_by, digest, languages)
         DO UPDATE SET recognised = excluded.recognised, created_at = excluded.created_at"
    );
    let mut change = app.db.change(&user.actor()).await?;
    let recognised = serde_json::to_value(&read)?;
    change.execute(keep, &[&user.id, &digest, &languages.code(), &recognised, &app.clock.now()]).await?;
    change.commit().await?;
    Ok((read, false))
}

/// Letters are read in the background, however long they take.
fn with_advice(error: Error) -> Error {
    if error.code() != DOCUMENT_TOO_SLOW {
        return error;
    }
    let message =
        format!("{}, or hand it in as an excuse letter, which is read in the background", error.message());
    Error::new(error.kind(), DOCUMENT_TOO_SLOW, message)
}
