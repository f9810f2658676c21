//! Enrolling a cadet: the row, its grades and its account in one transaction.

use axum::extract::State;
use serde::Serialize;
use serde_json::json;
use shared::{
    App, Error, Result,
    error::{invalid, invalid_field, invalid_fields},
    http::{Created, Json, lenient::filled},
    sql, text,
};
use utoipa::ToSchema;
use validator::ValidateEmail;

use super::{
    accounts::{self, Conflicts},
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
    let (id, _) = Enrolment { sent: &sent, strict: false, taken: client_taken }
        .run(&app, &staff, unspecified())
        .await?;
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
    let enrolment = Enrolment { sent: &sent, strict: true, taken };
    let (_, cadet) = enrolment.run(&app, &admin, Details::default()).await?;
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

/// A cadet to enrol.
struct Enrolment<'a> {
    sent: &'a CadetFields,
    /// Whether the address of another account fails it, by the same rule as an edit. Else the account goes without.
    strict: bool,
    /// What to answer when the student id is another cadet's.
    taken: fn() -> Error,
}

impl Enrolment<'_> {
    async fn run(&self, app: &App, user: &User, mut details: Details) -> Result<(i32, Cadet)> {
        details.apply(self.sent)?;
        details.is_profile_completed = Some(false);
        if filled(&details.status).is_none() {
            details.status = Some("Ongoing".to_owned());
        }
        let mut change = app.db.change(&user.actor()).await?;
        // Asked first so that a refusal uses up no id; the insert decides between two at the same moment.
        if student_id_is_taken(&mut change, &details.student_id, 0).await? {
            return Err((self.taken)());
        }
        let conflicts = Conflicts::find(&mut change, 0, None, filled(&details.email)).await?;
        if self.strict {
            conflicts.refuse()?;
        }
        let email = filled(&details.email).filter(|_| conflicts.email.is_none());
        let id = details.insert(&mut change).await?.ok_or_else(self.taken)?;
        let add_grades = sql!("INSERT INTO grades (cadet_id) VALUES ($1) ON CONFLICT (cadet_id) DO NOTHING");
        change.execute(add_grades, &[&id]).await?;
        // A first name in other letters names no account.
        let of_name = || text::account_name("username", &details.first_name).is_ok();
        let unsaid = || if of_name() { &details.first_name } else { &details.student_id };
        let username = filled(&self.sent.username).unwrap_or_else(|| unsaid());
        accounts::open(app, &mut change, id, username, email).await?;
        events::publish(&mut change, "cadet_created", Some(id), json!({ "cadetId": id })).await?;
        let cadet = list::changed(&mut change, id).await?;
        change.commit().await?;
        Ok((id, cadet))
    }
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
