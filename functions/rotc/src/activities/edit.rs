//! Entering, changing and removing activities: one set of rules for both surfaces.

use chrono::NaiveDateTime;
use shared::{
    App, Result,
    db::Change,
    error::{internal, invalid_field},
    files::{discard, kept_if},
    row, sql,
};

use super::{
    activity::unknown,
    form::{Sent, Wanted, check_kind},
    pictures,
};
use crate::{access::User, notifications::notify, uploads};

/// An equal activity of the same person within so long is the same request, sent twice. Legacy rows do not say when they
/// were made and by whom; the audit log does.
const SAME_REQUEST_SECONDS: f64 = 5.0;

row! {
    struct Stored {
        title: String,
        description: Option<String>,
        date: Option<String>,
        kind: Option<String>,
        image_path: Option<String>,
        images: Option<String>,
    }
}

/// What an activity says and shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    title: String,
    description: Option<String>,
    date: Option<String>,
    /// What it is; decides how many pictures it may have.
    pub kind: String,
    /// Its pictures.
    pub pictures: Vec<String>,
}

/// Stores the pictures and enters the activity; tells everyone. Gives the id.
///
/// A request that arrives twice is entered once.
pub async fn create(app: &App, user: &User, sent: Sent) -> Result<i32> {
    let content = Content {
        title: sent.title.ok_or_else(|| invalid_field("title", "Title is required"))?,
        description: sent.description,
        date: sent.date.filter(|date| !date.is_empty()),
        kind: sent.kind.unwrap_or_else(|| "activity".to_owned()),
        pictures: Vec::new(),
    };
    check_kind(&content.kind)?;
    let named = match sent.pictures {
        Some(Wanted::Any(addresses)) => addresses,
        // A new activity has no pictures of its own yet.
        Some(Wanted::Own(_)) | None => Vec::new(),
    };
    pictures::check_count(&content.kind, named.len() + sent.files.len())?;
    let stored = uploads::ACTIVITY_PICTURE.store_all(app, &sent.files).await?;
    let outcome = enter(app, user, content, &named, &stored).await;
    let (id, is_new) = kept_if(app, &stored, outcome).await?;
    if !is_new {
        discard(app, &stored).await;
    }
    Ok(id)
}

async fn enter(
    app: &App,
    user: &User,
    mut content: Content,
    named: &[String],
    stored: &[String],
) -> Result<(i32, bool)> {
    let mut change = app.db.change(&user.actor()).await?;
    // One after the other for each person, so that a request sent twice finds its first.
    let alone = sql!("SELECT id FROM users WHERE id = $1 FOR NO KEY UPDATE");
    change.one::<i32>(alone, &[&user.id]).await?;
    if let Some(id) = sent_twice(&mut change, user, &content).await? {
        return Ok((id, false));
    }
    content.pictures = pictures::named(&mut change, &[], named).await?;
    content.pictures.extend_from_slice(stored);
    pictures::check_count(&content.kind, content.pictures.len())?;
    let insert =
        sql!("INSERT INTO activities (title, description, date, type) VALUES ($1, $2, $3, $4) RETURNING id");
    let id: i32 =
        change.only(insert, &[&content.title, &content.description, &content.date, &content.kind]).await?;
    pictures::write(&mut change, id, &content.pictures, app.clock.now().naive_utc()).await?;
    notify::everyone(&mut change, "activity", &content.notice("New", "Posted")).await?;
    change.commit().await?;
    Ok((id, true))
}

async fn sent_twice(change: &mut Change, user: &User, content: &Content) -> Result<Option<i32>> {
    let find = sql!(
        "SELECT activities.id FROM audit_logs JOIN activities ON activities.id = audit_logs.record_id
         WHERE audit_logs.table_name = 'activities' AND audit_logs.operation = 'INSERT'
           AND audit_logs.user_id = $1 AND audit_logs.created_at > localtimestamp - make_interval(secs => $2)
           AND activities.title = $3 AND activities.description IS NOT DISTINCT FROM $4
           AND activities.date IS NOT DISTINCT FROM $5 AND activities.type = $6
         ORDER BY activities.id DESC LIMIT 1"
    );
    change
        .one(
            find,
            &[
                &user.id,
                &SAME_REQUEST_SECONDS,
                &content.title,
                &content.description,
                &content.date,
                &content.kind,
            ],
        )
        .await
}

/// Stores new pictures and changes the activity; tells everyone, unless nothing has changed.
pub async fn update(app: &App, user: &User, id: i32, sent: Sent) -> Result<()> {
    let stored = uploads::ACTIVITY_PICTURE.store_all(app, &sent.files).await?;
    let outcome = apply(app, user, id, &sent, &stored).await;
    kept_if(app, &stored, outcome).await
}

async fn apply(app: &App, user: &User, id: i32, sent: &Sent, stored: &[String]) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let before = lock(&mut change, id).await?;
    let mut after = before.with(sent)?;
    match &sent.pictures {
        Some(Wanted::Own(addresses)) => after.pictures = pictures::kept(&before.pictures, addresses)?,
        Some(Wanted::Any(addresses)) => {
            after.pictures = pictures::named(&mut change, &before.pictures, addresses).await?;
        }
        None => {}
    }
    after.pictures.extend_from_slice(stored);
    pictures::check_count(&after.kind, after.pictures.len())?;
    save(&mut change, id, &after, app.clock.now().naive_utc()).await?;
    if after != before {
        notify::everyone(&mut change, "activity", &after.notice("", "Updated")).await?;
    }
    change.commit().await
}

/// Puts a picture behind those of the activity that is locked, unless it is one of them.
pub async fn append(
    app: &App,
    change: &mut Change,
    id: i32,
    mut content: Content,
    address: &str,
) -> Result<()> {
    if !content.pictures.iter().any(|picture| picture == address) {
        content.pictures.push(address.to_owned());
    }
    pictures::check_count(&content.kind, content.pictures.len())?;
    pictures::write(change, id, &content.pictures, app.clock.now().naive_utc()).await
}

/// The activity as it is, kept for this change. 404 if there is none.
pub async fn lock(change: &mut Change, id: i32) -> Result<Content> {
    let find = sql!(
        "SELECT title, description, date, type AS kind, image_path, images FROM activities WHERE id = $1 FOR UPDATE"
    );
    let stored: Stored = change.one(find, &[&id]).await?.ok_or_else(unknown)?;
    Ok(Content {
        pictures: pictures::listed(stored.images.as_deref(), stored.image_path.as_deref()),
        title: stored.title,
        description: stored.description,
        date: stored.date,
        kind: stored.kind.filter(|kind| !kind.is_empty()).unwrap_or_else(|| "activity".to_owned()),
    })
}

async fn save(change: &mut Change, id: i32, content: &Content, now: NaiveDateTime) -> Result<()> {
    let update =
        sql!("UPDATE activities SET title = $2, description = $3, date = $4, type = $5 WHERE id = $1");
    let touched = change
        .execute(update, &[&id, &content.title, &content.description, &content.date, &content.kind])
        .await?;
    if touched != 1 {
        return Err(internal("the activity is gone"));
    }
    pictures::write(change, id, &content.pictures, now).await
}

/// Deletes an activity with its pictures. False if there is none.
pub async fn delete(app: &App, user: &User, id: i32) -> Result<bool> {
    let mut change = app.db.change(&user.actor()).await?;
    let deleted = change.execute(sql!("DELETE FROM activities WHERE id = $1"), &[&id]).await?;
    change.commit().await?;
    Ok(deleted > 0)
}

impl Content {
    /// With the texts that were sent; the pictures are still the same.
    fn with(&self, sent: &Sent) -> Result<Self> {
        let kind = sent.kind.as_ref().unwrap_or(&self.kind);
        if !kind.eq_ignore_ascii_case(&self.kind) {
            check_kind(kind)?;
        }
        let date = match &sent.date {
            Some(date) => Some(date.clone()).filter(|date| !date.is_empty()),
            None => self.date.clone(),
        };
        Ok(Self {
            title: sent.title.as_ref().unwrap_or(&self.title).clone(),
            description: sent.description.as_ref().or(self.description.as_ref()).cloned(),
            date,
            kind: if kind.eq_ignore_ascii_case(&self.kind) { self.kind.clone() } else { kind.clone() },
            pictures: self.pictures.clone(),
        })
    }

    /// `New Activity Posted: <title>`. Only announcements are called by their name.
    fn notice(&self, before: &str, after: &str) -> String {
        let what = if self.kind == "announcement" { "Announcement" } else { "Activity" };
        format!("{before} {what} {after}: {}", self.title).trim_start().to_owned()
    }
}
