//! Editing a cadet, on both surfaces by the same rule: what is not sent stays.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Error, Result,
    db::Change,
    error::{invalid, invalid_fields, not_found},
    files::kept_if,
    http::{FormData, Json, Path, UploadedFile, lenient::filled},
};
use utoipa::ToSchema;

use super::{
    accounts::{self, Conflicts},
    cadet::Cadet,
    create::{check_email, client_taken, taken},
    details::{Details, student_id_is_taken},
    fields::{self, CadetFields, CadetForm, ClientCadetFields, ClientCadetForm},
    list,
};
use crate::{
    access::{Admin, User},
    answer::{Success, success},
    events, uploads,
};

/// What the client is told about an edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct UpdatedCadet {
    /// `Cadet updated`, and what could not be.
    pub message: String,
    /// True when the user name or the mail address belongs to another account and so stayed as it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<bool>,
    /// Who has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflicts: Option<Conflicts>,
}

/// Edit a cadet (client API)
///
/// JSON, or a form with the picture in `profilePic`. What is not sent stays, an empty text clears.
#[utoipa::path(put, path = "/api/admin/cadets/{id}", tag = "cadets", params(("id" = i32, Path)),
    request_body(content((ClientCadetFields = "application/json"), (ClientCadetForm = "multipart/form-data"))),
    responses((status = 200, body = UpdatedCadet)))]
pub async fn update_client_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
    form: FormData,
) -> Result<Json<UpdatedCadet>> {
    let (sent, picture) = fields::read::<ClientCadetFields>(form, "profilePic")?;
    if !sent.emptied().is_empty() {
        return Err(invalid("required", "Student ID, Last Name, and First Name are required"));
    }
    let edit = Edit { id, sent: &sent, strict: false, taken: client_taken };
    let (conflicts, _) = edit.run(&app, &admin, picture).await?;
    let kept = conflicts.fields();
    Ok(Json(match kept.is_empty() {
        true => UpdatedCadet { message: "Cadet updated".to_owned(), partial: None, conflicts: None },
        false => UpdatedCadet {
            message: format!("Cadet updated. {} unchanged due to conflict.", kept.join(", ")),
            partial: Some(true),
            conflicts: Some(conflicts),
        },
    }))
}

/// Edit a cadet
///
/// JSON, or a form with the picture in `profile_pic`. What is not sent stays, an empty text clears. A user
/// name or mail address of another account is refused with 409.
#[utoipa::path(put, path = "/api/cadets/{id}", tag = "cadets", params(("id" = i32, Path)),
    request_body(content((CadetFields = "application/json"), (CadetForm = "multipart/form-data"))),
    responses((status = 200, body = Success<Cadet>)))]
pub async fn update_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<i32>,
    form: FormData,
) -> Result<Json<Success<Cadet>>> {
    let (sent, picture) = fields::read::<CadetFields>(form, "profile_pic")?;
    check_email(&sent)?;
    let emptied = sent.emptied();
    if !emptied.is_empty() {
        return Err(invalid_fields("invalid", emptied, "This field may not be blank."));
    }
    let (_, cadet) = Edit { id, sent: &sent, strict: true, taken }.run(&app, &admin, picture).await?;
    Ok(Json(success(cadet)))
}

/// One edit of one cadet.
struct Edit<'a> {
    id: i32,
    sent: &'a CadetFields,
    /// Whether a user name or mail address of another account fails the edit, instead of staying as it was.
    strict: bool,
    /// What to answer when the student id is another cadet's.
    taken: fn() -> Error,
}

impl Edit<'_> {
    /// Stores the picture, then writes; a picture whose row is not written is removed again.
    async fn run(&self, app: &App, user: &User, picture: Option<UploadedFile>) -> Result<(Conflicts, Cadet)> {
        let picture = match picture {
            Some(file) => Some(uploads::PHOTO.store(app, &file).await?),
            None => None,
        };
        let outcome = self.write(app, user, picture.as_deref()).await;
        kept_if(app, picture.as_slice(), outcome).await
    }

    async fn write(&self, app: &App, user: &User, picture: Option<&str>) -> Result<(Conflicts, Cadet)> {
        let mut change = app.db.change(&user.actor()).await?;
        let details = Details::lock(&mut change, self.id).await?;
        let details = details.ok_or_else(|| not_found("Cadet not found"))?;
        let conflicts = self.apply(&mut change, details, picture).await?;
        events::publish(&mut change, "cadet_updated", Some(self.id), json!({ "cadetId": self.id })).await?;
        let cadet = list::changed(&mut change, self.id).await?;
        change.commit().await?;
        Ok((conflicts, cadet))
    }

    async fn apply(
        &self,
        change: &mut Change,
        mut details: Details,
        picture: Option<&str>,
    ) -> Result<Conflicts> {
        let (username, email) = (filled(&self.sent.username), filled(&self.sent.email));
        let conflicts = Conflicts::find(change, self.id, username, email).await?;
        if self.strict {
            conflicts.refuse()?;
        }
        let email_before = details.email.clone();
        details.apply(self.sent)?;
        if conflicts.email.is_some() {
            details.email = email_before;
        }
        if let Some(picture) = picture {
            details.profile_pic = Some(picture.to_owned());
        }
        if student_id_is_taken(change, &details.student_id, self.id).await? {
            return Err((self.taken)());
        }
        details.save(change, self.id).await?;
        let username = username.filter(|_| conflicts.username.is_none());
        let email = self.sent.email.as_deref().map(str::trim).filter(|_| conflicts.email.is_none());
        accounts::update(change, self.id, username, email).await?;
        Ok(conflicts)
    }
}
