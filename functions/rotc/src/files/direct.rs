//! Sending a large file straight to the store: a function takes bodies of a few megabytes only.

use std::time::Duration;

use axum::extract::State;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::{Kind, invalid, invalid_field, not_found},
    http::{Created, Json, Path, UploadedFile},
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::upload::{self, UploadKind, Uploaded};
use crate::{
    access::{Member, User},
    answer::{Success, iso, success},
};

/// How long an invitation holds.
const LIFE: Duration = Duration::from_mins(15);

/// A file to be sent directly.
#[derive(Debug, Deserialize, ToSchema, Validate)]
pub struct NewDirectUpload {
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: UploadKind,
    /// Its media type, to be sent again as `Content-Type`.
    #[validate(length(min = 3, max = 100))]
    pub content_type: String,
    /// Its size; the store refuses any other.
    pub bytes: u64,
}

/// Where to send a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct DirectUpload {
    /// `PUT` the file here.
    pub upload_url: String,
    /// Always `PUT`.
    pub method: &'static str,
    /// The `Content-Type` to send.
    pub content_type: String,
    /// The name to complete the upload with.
    pub name: Uuid,
    /// Until when the address holds.
    #[serde(serialize_with = "iso")]
    #[schema(value_type = String)]
    pub expires_at: Option<chrono::NaiveDateTime>,
}

/// Ask where to send a large file
///
/// 400 where clients cannot reach the store: send the file to `/api/upload` then.
#[utoipa::path(post, path = "/api/upload/direct", tag = "files", request_body = NewDirectUpload,
    responses((status = 201, body = Success<DirectUpload>)))]
pub async fn invite_upload(
    Member(user): Member,
    State(app): State<App>,
    Json(new): Json<NewDirectUpload>,
) -> Result<Created<Success<DirectUpload>>> {
    new.kind.allow(&user)?;
    if new.bytes == 0 {
        return Err(invalid_field("bytes", "The file is empty"));
    }
    if new.bytes > new.kind.limit_bytes() as u64 {
        return Err(upload::exceeds(new.kind));
    }
    if !new.content_type.chars().all(|c| c.is_ascii_graphic()) {
        return Err(invalid_field("content_type", "content_type must be a media type"));
    }
    let name = app.ids.uuid();
    let url = app.files.inbox().invite(&key(&user, name), &new.content_type, new.bytes, LIFE).await?;
    let upload_url = url
        .ok_or_else(|| invalid("no_direct_upload", "Files cannot be sent directly here: use /api/upload"))?;
    let expires_at = Some((app.clock.now() + TimeDelta::from_std(LIFE)?).naive_utc());
    let content_type = new.content_type;
    Ok(Created(success(DirectUpload { upload_url, method: "PUT", content_type, name, expires_at })))
}

/// The rest of what is to be known about a file that was sent directly.
#[derive(Debug, Deserialize, ToSchema, Validate)]
pub struct DirectUploadEnd {
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: UploadKind,
    /// The name it had.
    #[serde(default)]
    #[validate(length(max = 255))]
    pub file_name: String,
    /// The record that is to show it at once.
    #[serde(default)]
    pub entity_id: Option<i32>,
}

/// Finish a direct upload
///
/// Checks the file as `/api/upload` does; a refused file is removed. Asking again gives the same answer.
#[utoipa::path(post, path = "/api/upload/direct/{name}/complete", tag = "files", params(("name" = Uuid, Path)),
    request_body = DirectUploadEnd, responses((status = 201, body = Success<Uploaded>)))]
pub async fn complete_upload(
    Member(user): Member,
    State(app): State<App>,
    Path(name): Path<Uuid>,
    Json(end): Json<DirectUploadEnd>,
) -> Result<Created<Success<Uploaded>>> {
    end.kind.allow(&user)?;
    let (inbox, key) = (app.files.inbox(), key(&user, name));
    let Some(bytes) = inbox.size(&key).await? else {
        return match completed(&app, &user, name).await? {
            Some(uploaded) => Ok(Created(success(uploaded))),
            None => Err(not_found("The file has not arrived")),
        };
    };
    if bytes > end.kind.limit_bytes() as u64 {
        inbox.delete(&key).await?;
        return Err(upload::exceeds(end.kind));
    }
    let file = inbox.get(&key).await?.ok_or_else(upload::nothing_sent)?;
    let file = UploadedFile { name: end.file_name, body: file.body };
    let kept = upload::keep(&app, &user, end.kind, end.entity_id, &file, &name.simple().to_string()).await;
    // When a part of ours is away, the file waits for the next call.
    let away = kept.as_ref().is_err_and(|error| matches!(error.kind(), Kind::Unavailable | Kind::Internal));
    if !away {
        inbox.delete(&key).await?;
    }
    Ok(Created(success(kept?)))
}

/// What an earlier call has stored under this name.
async fn completed(app: &App, user: &User, name: Uuid) -> Result<Option<Uploaded>> {
    let find = sql!(
        "SELECT address FROM muster.uploads
         WHERE uploaded_by = $1::int::text AND address LIKE '%-' || $2 || '.%' ORDER BY created_at LIMIT 1"
    );
    let found: Option<String> =
        app.db.read().await?.one(find, &[&user.id, &name.simple().to_string()]).await?;
    Ok(found.map(Uploaded::at))
}

/// Whoever asked for the address is in the name: nobody completes an upload of somebody else.
fn key(user: &User, name: Uuid) -> String {
    format!("{}-{}", user.id, name.simple())
}
