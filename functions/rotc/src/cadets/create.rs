//! Enrolling a cadet: the row, its grades and its account in one transaction.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Error, Result,
    error::{invalid, invalid_field, invalid_fields},
    http::{Created, Json, lenient::filled},
    sql,
};
use utoipa::ToSchema;
use validator::ValidateEmail;

use super::{
    accounts,
    cadet::Cadet,
    details::{Details, student_id_is_taken},
    fields::{CadetFields, ClientCadetFields},
    list,
};
use crate::{
    access::{Admin, Staff, User},
    answer::{Success, success},
    events,
};

/// What the client is told about a new cadet.
#[derive(Debug, Serialize, ToSchema)]
pub struct CreatedCadet {
    /// One sentence.
    pub message: &'static str,
    /// The cadet's id.
    pub id: i32,
}

/// Enrol a cadet (client API)
///
/// Makes the grades row and an account named like the cadet, without a password.
#[utoipa::path(post, path = "/api/admin/cadets", tag = "cadets", request_body = ClientCadetFields,
    responses((status = 201, body = CreatedCadet)))]
pub async fn create_client_cadet(
    Staff(staff): Staff,
    State(app): State<App>,
    Json(sent): Json<ClientCadetFields>,
) -> Result<Created<CreatedCadet>> {
    let sent = CadetFields::from(sent);
    if !sent.missing().is_empty() {
        return Err(invalid("required", "Student ID, Last Name, and First Name are required"));
    }
    let (id, _) = enrol(&app, &staff, &sent, unspecified(), client_taken).await?;
    Ok(Created(CreatedCadet { message: "Cadet created successfully", id }))
}

/// Enrol a cadet
///
/// Makes the grades row and an account named like the cadet, without a password.
#[utoipa::path(post, path = "/api/cadets", tag = "cadets", request_body = CadetFields,
    responses((status = 201, body = Success<Cadet>)))]
pub async fn create_cadet(
    Admin(admin): Admin,
    State(app): State<App>,
    Json(sent): Json<CadetFields>,
) -> Result<Created<Success<Cadet>>> {
    let missing = sent.missing();
    if !missing.is_empty() {
        return Err(invalid_fields("invalid", missing, "This field is required."));
    }
    check_email(&sent)?;
    let (_, cadet) = enrol(&app, &admin, &sent, Details::default(), taken).await?;
    Ok(Created(success(cadet)))
}

/// 400: another cadet, archived or not, has the student id.
#[track_caller]
pub(super) fn taken() -> Error {
    invalid_field("student_id", "Student ID already exists.")
}

/// The same in the words of the client API.
#[track_caller]
pub(super) fn client_taken() -> Error {
    invalid("taken", "Cadet with this Student ID already exists")
}

/// Refuses what cannot be a mail address. The client API takes any text, as old data holds any text.
pub(super) fn check_email(sent: &CadetFields) -> Result<()> {
    match filled(&sent.email) {
        Some(email) if !email.validate_email() => Err(invalid_field("email", "Enter a valid email address.")),
        _ => Ok(()),
    }
}

async fn enrol(
    app: &App,
    user: &User,
    sent: &CadetFields,
    mut details: Details,
    taken: fn() -> Error,
) -> Result<(i32, Cadet)> {
    details.apply(sent)?;
    details.is_profile_completed = Some(false);
    if filled(&details.status).is_none() {
        details.status = Some("Ongoing".to_owned());
    }
    let mut change = app.db.change(&user.actor()).await?;
    // Asked first so that a refusal uses up no id; the insert decides between two at the same moment.
    if student_id_is_taken(&mut change, &details.student_id, 0).await? {
        return Err(taken());
    }
    let id = details.insert(&mut change).await?.ok_or_else(taken)?;
    let add_grades = sql!("INSERT INTO grades (cadet_id) VALUES ($1) ON CONFLICT (cadet_id) DO NOTHING");
    change.execute(add_grades, &[&id]).await?;
    let username = filled(&sent.username).unwrap_or(&details.first_name);
    accounts::open(app, &mut change, id, username, filled(&details.email)).await?;
    events::publish(&mut change, "cadet_created", Some(id), json!({ "cadetId": id })).await?;
    let cadet = list::changed(&mut change, id).await?;
    change.commit().await?;
    Ok((id, cadet))
}

/// Legacy: what the client does not say about a new cadet is an empty text.
fn unspecified() -> Details {
    let empty = || Some(String::new());
    Details {
        rank: empty(),
        middle_name: empty(),
        suffix_name: empty(),
        email: empty(),
        contact_number: empty(),
        address: empty(),
        course: empty(),
        year_level: empty(),
        school_year: empty(),
        battalion: empty(),
        company: empty(),
        platoon: empty(),
        cadet_course: empty(),
        semester: empty(),
        corp_position: empty(),
        ..Details::default()
    }
}
