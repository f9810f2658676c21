//! Sending a file on its own, before or together with the record that shows it.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Error, Result,
    auth::rate_limit::Limit,
    error::{conflict, forbidden, invalid, invalid_field, not_found, too_large},
    files::{DeleteFile, Intake, kept_if},
    http::{FormData, Json, Path, UploadedFile},
    sql,
};
use utoipa::ToSchema;

use super::attach;
use crate::{
    access::{Member, Role, User},
    answer::{Success, success},
    audit, uploads,
};

/// Files one person may send in a minute.
const PER_MINUTE: Limit = Limit { name: "upload", hits: 10, seconds: 60 };

/// Bytes of a picture; a document may have [`uploads::LIMIT_BYTES`].
const PICTURE_LIMIT_BYTES: usize = 10 * 1024 * 1024;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UploadKind {
    /// A photo of a person; `entity_id` is a cadet, or for staff their own id.
    ProfilePic,
    /// A letter of excuse: a picture, PDF or Word document; `entity_id` is the letter's record.
    ExcuseLetter,
    /// A picture of an activity; `entity_id` is the activity.
    ActivityImage,
}

impl UploadKind {
    /// The word in requests and rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ProfilePic => "profile_pic",
            Self::ExcuseLetter => "excuse_letter",
            Self::ActivityImage => "activity_image",
        }
    }

    /// The kind a word means.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ProfilePic, Self::ExcuseLetter, Self::ActivityImage]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }

    /// Bytes a file of this kind may have at most.
    pub const fn limit_bytes(self) -> usize {
        match self {
            Self::ExcuseLetter => uploads::LIMIT_BYTES,
            Self::ProfilePic | Self::ActivityImage => PICTURE_LIMIT_BYTES,
        }
    }

    /// Where such files are stored.
    const fn intake(self) -> &'static Intake {
        match self {
            Self::ProfilePic => &uploads::PHOTO,
            Self::ExcuseLetter => &uploads::EXCUSE_LETTER,
            Self::ActivityImage => &uploads::ACTIVITY_PICTURE,
        }
    }

    /// Pictures of activities come from the staff.
    pub fn allow(self, user: &User) -> Result<()> {
        if self == Self::ActivityImage && user.role == Role::Cadet {
            return Err(forbidden("You do not have permission to perform this action."));
        }
        Ok(())
    }
}

/// A file that is stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Uploaded {
    /// Its address, for the record that is to show it.
    pub url: String,
    /// Its name, for deleting it.
    pub public_id: String,
    /// `png`, `jpg`, `webp`, `gif`, `pdf`, `doc` or `docx`.
    pub format: String,
}

impl Uploaded {
    /// The parts of an address.
    pub fn at(url: String) -> Self {
        let name = url.rsplit_once('/').map_or(url.as_str(), |(_, name)| name);
        let (public_id, format) = name.rsplit_once('.').unwrap_or((name, ""));
        Self { public_id: public_id.to_owned(), format: format.to_owned(), url }
    }
}

/// The fields beside the file, for the documentation.
#[derive(Debug, ToSchema)]
#[schema(as = NewUpload)]
pub struct NewUpload {
    /// The file.
    #[schema(format = Binary)]
    pub file: String,
    /// What it is for.
    #[schema(rename = "type")]
    pub kind: UploadKind,
    /// The record that is to show it at once.
    pub entity_id: Option<i32>,
}

/// Upload a file
///
/// Multipart: `file`, `type`, and `entity_id` to attach it to a record at once. Pictures up to 10 MB, letters up to 20 MB.
#[utoipa::path(post, path = "/api/upload", tag = "files",
    request_body(content = NewUpload, content_type = "multipart/form-data"),
    responses((status = 201, body = Success<Uploaded>)))]
pub async fn upload_file(
    Member(user): Member,
    State(app): State<App>,
    mut form: FormData,
) -> Result<(http::StatusCode, Json<Success<Uploaded>>)> {
    let text = |name: &str| {
        form.fields.get(name).and_then(|value| value.as_str()).map(str::trim).unwrap_or_default()
    };
    let kind = UploadKind::parse(text("type"));
    let kind = kind
        .ok_or_else(|| invalid_field("type", "type must be profile_pic, excuse_letter or activity_image"))?;
    let entity = entity_id(text("entity_id"))?;
    kind.allow(&user)?;
    let file = form.only_file("file")?.ok_or_else(|| invalid_field("file", "No file was submitted."))?;
    PER_MINUTE.hit(&app, &user.id.to_string()).await?;
    let uploaded = keep(&app, &user, kind, entity, &file, &app.ids.uuid().simple().to_string()).await?;
    Ok((http::StatusCode::CREATED, Json(success(uploaded))))
}

/// The id of a record, if one is given.
fn entity_id(text: &str) -> Result<Option<i32>> {
    match text {
        "" => Ok(None),
        digits => {
            digits.parse().map(Some).map_err(|_| invalid_field("entity_id", "entity_id must be a number"))
        }
    }
}

/// Checks and stores a file, notes whose it is and attaches it to its record. `id` makes its name.
pub async fn keep(
    app: &App,
    user: &User,
    kind: UploadKind,
    entity: Option<i32>,
    file: &UploadedFile,
    id: &str,
) -> Result<Uploaded> {
    if file.body.len() > kind.limit_bytes() {
        return Err(exceeds(kind));
    }
    let url = kind.intake().store_as(app, file, id).await?;
    let outcome = note(app, user, kind, entity, &url).await;
    kept_if(app, std::slice::from_ref(&url), outcome).await?;
    Ok(Uploaded::at(url))
}

/// What a file that is too large is told.
pub fn exceeds(kind: UploadKind) -> Error {
    too_large(format!("File size exceeds {} MB", kind.limit_bytes() / 1024 / 1024))
}

async fn note(app: &App, user: &User, kind: UploadKind, entity: Option<i32>, url: &str) -> Result<()> {
    let mut change = app.db.change(&user.actor()).await?;
    let insert = sql!(
        "INSERT INTO muster.uploads (address, uploaded_by, kind, created_at) VALUES ($1, $2::int::text, $3, $4)
         ON CONFLICT (address) DO NOTHING"
    );
    change.execute(insert, &[&url, &user.id, &kind.as_str(), &app.clock.now()]).await?;
    // The address may lead to a letter, which only some may see.
    let payload = json!({ "kind": kind.as_str() });
    audit::record(&mut change, "UPLOAD", "uploads", entity, Some(user.id), payload).await?;
    if let Some(entity) = entity {
        attach::attach(app, &mut change, user, kind, entity, url).await?;
    }
    change.commit().await
}

/// That a file is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedUpload {
    /// One sentence.
    pub message: &'static str,
    /// Always true.
    pub deleted: bool,
}

/// Delete a file one has sent
///
/// One's own, or as an admin anybody's. A file that a record shows stays (409): delete the record, or give it another.
#[utoipa::path(delete, path = "/api/upload/{public_id}", tag = "files", params(("public_id" = String, Path)),
    responses((status = 200, body = Success<DeletedUpload>)))]
pub async fn delete_upload(
    Member(user): Member,
    State(app): State<App>,
    Path(public_id): Path<String>,
) -> Result<Json<Success<DeletedUpload>>> {
    let missing = || not_found("File not found");
    let mut change = app.db.change(&user.actor()).await?;
    let delete = sql!(
        "DELETE FROM muster.uploads
         WHERE regexp_replace(address, '^.*/([^/]*)\\.[^.]*$', '\\1') = $1 AND ($2::int IS NULL OR uploaded_by = $2::text)
         RETURNING address"
    );
    let only = user.only_own();
    let found: Option<String> = change.one(delete, &[&public_id, &only]).await?;
    let address = found.ok_or_else(missing)?;
    let used = sql!(
        "SELECT EXISTS (SELECT FROM muster.file_references() WHERE muster.file_key(address) = muster.file_key($1))"
    );
    if change.only::<bool>(used, &[&address]).await? {
        return Err(conflict("in_use", "A record shows this file"));
    }
    change.start(&DeleteFile { address }).await?;
    audit::record(&mut change, "DELETE_UPLOAD", "uploads", None, Some(user.id), json!({})).await?;
    change.commit().await?;
    Ok(Json(success(DeletedUpload { message: "File deleted successfully", deleted: true })))
}

/// What an upload without a body is told.
pub fn nothing_sent() -> Error {
    invalid("not_arrived", "The file has not arrived")
}
