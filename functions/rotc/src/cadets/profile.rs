//! A cadet's own profile: filled in over time, handed in once, locked until an admin unlocks it.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Result,
    db::Change,
    error::{forbidden, invalid, not_found},
    files::kept_if,
    http::{
        FormData, Json,
        lenient::{filled, is_true},
    },
    sql,
};
use utoipa::ToSchema;

use super::{
    accounts::Conflicts,
    details::Details,
    fields::{self, CadetFields, ClientCadetFields, ClientCadetForm},
    record::CadetRecord,
};
use crate::{access::Own, accounts, events, notifications::notify, uploads};

/// Show one's own profile
#[utoipa::path(get, path = "/api/cadet/profile", tag = "cadets", responses((status = 200, body = CadetRecord)))]
pub async fn show_cadet_profile(own: Own, State(app): State<App>) -> Result<Response> {
    let select = sql!(
        "SELECT id, rank, first_name, middle_name, last_name, suffix_name, email, contact_number, address, course,
                year_level, school_year, battalion, company, platoon, cadet_course, semester, corp_position, gender,
                status, student_id, profile_pic, is_profile_completed, is_archived, has_seen_guide, created_at,
                religion, birthdate, $2::text AS username
         FROM cadets WHERE id = $1"
    );
    let found = app.db.read().await?.one(select, &[&own.cadet_id, &own.user.username]).await?;
    let profile: CadetRecord = found.ok_or_else(|| not_found("Cadet not found"))?;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(profile)).into_response())
}

/// What became of a saved profile.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedProfile {
    /// One sentence.
    pub message: &'static str,
    /// Path of the picture that was sent along; null without one.
    pub profile_pic: Option<String>,
    /// Always true.
    pub success: bool,
}

/// Save one's own profile
///
/// JSON, or a form with the picture in `profilePic`. What is not sent stays. With `is_profile_completed`
/// true, every field but names in the middle, religion, birthdate and picture is required, and the profile
/// is locked. Rank, status and student id are for admins to change.
#[utoipa::path(put, path = "/api/cadet/profile", tag = "cadets",
    request_body(content((ClientCadetFields = "application/json"), (ClientCadetForm = "multipart/form-data"))),
    responses((status = 200, body = SavedProfile)))]
pub async fn save_cadet_profile(
    own: Own,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<SavedProfile>> {
    let completing = form.fields.remove("is_profile_completed").is_some_and(|value| is_true(&value));
    let (sent, picture) = fields::read::<ClientCadetFields>(form, "profilePic")?;
    let sent = CadetFields { rank: None, status: None, student_id: None, ..sent };
    let picture = match picture {
        Some(file) => Some(uploads::PHOTO.store(&app, &file).await?),
        None => None,
    };
    let outcome = save(&app, &own, &sent, completing, picture.as_deref()).await;
    kept_if(&app, picture.as_slice(), outcome).await?;
    Ok(Json(SavedProfile { message: "Profile updated successfully", profile_pic: picture, success: true }))
}

async fn save(
    app: &App,
    own: &Own,
    sent: &CadetFields,
    completing: bool,
    picture: Option<&str>,
) -> Result<()> {
    let mut change = app.db.change(&own.user.actor()).await?;
    let details = Details::lock(&mut change, own.cadet_id).await?;
    let mut details = details.ok_or_else(|| not_found("Cadet not found"))?;
    if details.is_profile_completed == Some(true) {
        return Err(forbidden("Profile is locked and cannot be edited. Contact your administrator."));
    }
    if completing {
        check_complete(sent)?;
        details.is_profile_completed = Some(true);
    }
    let (username, email) = (filled(&sent.username), filled(&sent.email));
    Conflicts::find(&mut change, own.cadet_id, username, email).await?.refuse()?;
    details.apply(sent)?;
    if completing {
        details.status = Some("Verified".to_owned());
    }
    if let Some(picture) = picture {
        details.profile_pic = Some(picture.to_owned());
    }
    details.save(&mut change, own.cadet_id).await?;
    accounts::update(&mut change, own.user.id, username, email, picture).await?;
    tell(&mut change, own.cadet_id, &details).await?;
    change.commit().await
}

/// Refuses to complete a profile with gaps.
fn check_complete(sent: &CadetFields) -> Result<()> {
    let required = [
        ("username", &sent.username),
        ("firstName", &sent.first_name),
        ("lastName", &sent.last_name),
        ("email", &sent.email),
        ("contactNumber", &sent.contact_number),
        ("address", &sent.address),
        ("gender", &sent.gender),
        ("course", &sent.course),
        ("yearLevel", &sent.year_level),
        ("schoolYear", &sent.school_year),
        ("battalion", &sent.battalion),
        ("company", &sent.company),
        ("platoon", &sent.platoon),
        ("cadetCourse", &sent.cadet_course),
        ("semester", &sent.semester),
    ];
    let missing: Vec<&str> =
        required.into_iter().filter(|(_, text)| filled(text).is_none()).map(|(name, _)| name).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(invalid("required", format!("Missing required fields: {}", missing.join(", "))))
}

/// Tells the admins and the live views.
async fn tell(change: &mut Change, cadet_id: i32, details: &Details) -> Result<()> {
    let text = format!("{} {} has updated their profile.", details.first_name, details.last_name);
    notify::step(change, "profile_update", &text).await?;
    let payload = json!({ "cadetId": cadet_id, "isComplete": details.is_profile_completed == Some(true) });
    events::publish(change, "cadet_profile_updated", Some(cadet_id), payload).await
}
