//! Pictures of the staff: uploaded as a form, or inside a JSON body as the client's first page sends them.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Error, Result,
    db::Change,
    error::{invalid, invalid_field},
    files::is_plain_name,
    files::kept_if,
    http::{FormData, Json, UploadedFile},
    sql,
};
use utoipa::ToSchema;

use crate::{access::OnStaff, files::data_url, uploads};

/// Where a picture may be kept outside of the store.
const LONGEST_ADDRESS: usize = 2000;

/// What a body says about a picture, stored if it is a new one.
pub(super) struct Picture {
    /// None keeps the present picture, none inside clears it.
    sets: Option<Option<String>>,
    stored: bool,
}

impl Picture {
    const KEPT: Self = Self { sets: None, stored: false };

    /// Reads `profile_pic` of a body about this member, 0 for a new one. A data URL must hold a real picture,
    /// which is stored as a file; an address must be one of ours or of the web.
    pub async fn take(app: &App, staff_id: i32, sent: Option<&str>) -> Result<Self> {
        let Some(sent) = sent.map(str::trim) else { return Ok(Self::KEPT) };
        if sent.is_empty() {
            return Ok(Self { sets: Some(None), stored: false });
        }
        if is_data(sent) {
            return Self::from_data(app, staff_id, sent).await;
        }
        if sent.starts_with("/api/images/") {
            return Ok(Self::KEPT);
        }
        if !is_address(sent) && !is_on_file(app, staff_id, sent).await? {
            let message = "profile_pic must be a picture, or where one is stored";
            return Err(invalid_field("profile_pic", message));
        }
        Ok(Self { sets: Some(Some(sent.to_owned())), stored: false })
    }

    /// The same for one's own profile, whose form sends back what it was filled with: only a new picture counts.
    pub async fn take_new(app: &App, staff_id: i32, sent: Option<&str>) -> Result<Self> {
        match sent.map(str::trim) {
            Some(sent) if is_data(sent) => Self::from_data(app, staff_id, sent).await,
            _ => Ok(Self::KEPT),
        }
    }

    async fn from_data(app: &App, staff_id: i32, sent: &str) -> Result<Self> {
        // Legacy: old rows hold data URLs, of any kind; a page that sends one back changes nothing.
        if is_on_file(app, staff_id, sent).await? {
            return Ok(Self::KEPT);
        }
        // What it says about its type is not read: the bytes decide.
        let (_, body) = data_url::decoded(sent).ok_or_else(|| failed("The image cannot be read"))?;
        let file = UploadedFile { name: String::new(), body };
        Ok(Self { sets: Some(Some(uploads::PICTURE.store(app, &file).await?)), stored: true })
    }

    /// The address of the file that was stored for this change.
    pub fn stored(&self) -> &[String] {
        match &self.sets {
            Some(address) if self.stored => address.as_slice(),
            _ => &[],
        }
    }

    /// Takes the picture over into a row.
    pub fn apply(&self, profile_pic: &mut Option<String>) {
        if let Some(sets) = &self.sets {
            profile_pic.clone_from(sets);
        }
    }

    /// Takes the picture over into the accounts of the member.
    pub async fn save_in_accounts(&self, change: &mut Change, staff_id: i32) -> Result<()> {
        let Some(profile_pic) = &self.sets else { return Ok(()) };
        let update =
            sql!("UPDATE users SET profile_pic = $2 WHERE staff_id = $1 AND profile_pic IS DISTINCT FROM $2");
        change.execute(update, &[&staff_id, profile_pic]).await?;
        Ok(())
    }
}

fn is_data(sent: &str) -> bool {
    sent.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("data:"))
}

/// A file of the store, or a page of the web that is not plain text to whoever listens.
fn is_address(sent: &str) -> bool {
    match sent.strip_prefix("/uploads/") {
        Some(name) => is_plain_name(name),
        None => sent.len() <= LONGEST_ADDRESS && sent.starts_with("https://"),
    }
}

async fn is_on_file(app: &App, staff_id: i32, sent: &str) -> Result<bool> {
    let same = sql!("SELECT EXISTS (SELECT FROM training_staff WHERE id = $1 AND profile_pic = $2)");
    app.db.read().await?.only(same, &[&staff_id, &sent]).await
}

fn failed(why: impl std::fmt::Display) -> Error {
    invalid("bad_image", format!("Image upload failed: {why}"))
}

/// A new picture.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct StoredPicture {
    /// One sentence.
    pub message: &'static str,
    /// Where it is.
    pub file_path: String,
}

/// The form, for the documentation.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes the form")]
pub struct StaffPictureForm {
    /// The picture.
    #[schema(format = Binary)]
    pub image: String,
}

/// Upload one's own picture
///
/// Multipart, field `image`. Also after the profile is locked.
#[utoipa::path(post, path = "/api/staff/profile/photo", tag = "staff",
    request_body(content = StaffPictureForm, content_type = "multipart/form-data"),
    responses((status = 200, body = StoredPicture)))]
pub async fn upload_picture(
    own: OnStaff,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<StoredPicture>> {
    let file = form.only_file("image").map_err(failed)?;
    let file = file.ok_or_else(|| invalid("required", "No file uploaded"))?;
    let file_path = uploads::PICTURE.store(&app, &file).await?;
    let outcome = save(&app, &own, &file_path).await;
    kept_if(&app, std::slice::from_ref(&file_path), outcome).await?;
    Ok(Json(StoredPicture { message: "Profile picture updated", file_path }))
}

async fn save(app: &App, own: &OnStaff, path: &str) -> Result<()> {
    let mut change = app.db.change(&own.user.actor()).await?;
    let update = sql!("UPDATE training_staff SET profile_pic = $2 WHERE id = $1");
    change.execute(update, &[&own.staff_id, &path]).await?;
    let picture = Picture { sets: Some(Some(path.to_owned())), stored: true };
    picture.save_in_accounts(&mut change, own.staff_id).await?;
    change.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_of_the_store_or_of_the_web() {
        for fine in ["/uploads/image-1.png", "https://res.example.test/a.jpg"] {
            assert!(is_address(fine), "{fine}");
        }
        for bad in ["javascript:x", "http://x/a.png", "/uploads/../etc/passwd", "/uploads/.x", "C:\\a.png"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
