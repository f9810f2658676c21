//! Who is on the staff.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    error::not_found,
    http::{Json, Query},
    row, sql,
};
use utoipa::{IntoParams, ToSchema};

use super::record::{self, ShownStaff, StaffMember, StaffRecord, Wanted};
use crate::access::{Admin, Member, Role, Staff, StaffSelf};

/// Colleagues in a list.
const MOST: i64 = 200;

/// Which members of the staff are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct StaffFilter {
    /// A position (`Instructor`).
    role: Option<String>,
    /// `true`: archived ones too.
    include_archived: Option<String>,
}

/// List the staff
///
/// By last and first name, with their accounts.
#[utoipa::path(get, path = "/api/staff", tag = "staff", params(StaffFilter),
    responses((status = 200, body = Vec<StaffMember>)))]
pub async fn list_staff(
    _: Admin,
    State(app): State<App>,
    Query(filter): Query<StaffFilter>,
) -> Result<Json<Vec<StaffMember>>> {
    let everybody = matches!(filter.include_archived.as_deref(), Some("true" | "1"));
    let role = filter.role.as_deref().filter(|role| !role.is_empty());
    let wanted = Wanted { role, archived: (!everybody).then_some(false), ..Wanted::default() };
    Ok(Json(record::find(&mut app.db.read().await?, wanted).await?))
}

/// List the archived staff
#[utoipa::path(get, path = "/api/staff/archived", tag = "staff",
    responses((status = 200, body = Vec<StaffMember>)))]
pub async fn list_archived_staff(_: Admin, State(app): State<App>) -> Result<Json<Vec<StaffMember>>> {
    Ok(Json(record::find(&mut app.db.read().await?, archived()).await?))
}

/// List the archived staff (client API)
#[utoipa::path(get, path = "/api/admin/staff/archived", tag = "staff",
    responses((status = 200, body = Vec<StaffRecord>)))]
pub async fn list_client_archived_staff(_: Admin, State(app): State<App>) -> Result<Json<Vec<StaffRecord>>> {
    let members = record::find(&mut app.db.read().await?, archived()).await?;
    Ok(Json(members.into_iter().map(StaffMember::into_record).collect()))
}

fn archived() -> Wanted<'static> {
    Wanted { archived: Some(true), ..Wanted::default() }
}

row! {
    /// A colleague in a few words.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct Colleague {
        id: i32,
        rank: Option<String>,
        first_name: String,
        last_name: String,
        /// Position.
        role: Option<String>,
        email: Option<String>,
        contact_number: Option<String>,
    }
}

/// List the colleagues
///
/// The first 200 who are not archived, by last name.
#[utoipa::path(get, path = "/api/staff/list", tag = "staff",
    responses((status = 200, body = Vec<Colleague>)))]
pub async fn list_colleagues(_: Staff, State(app): State<App>) -> Result<Json<Vec<Colleague>>> {
    let list = sql!(
        "SELECT id, rank, first_name, last_name, role, email, contact_number
         FROM training_staff WHERE is_archived IS NOT TRUE
         ORDER BY last_name, first_name, id LIMIT $1"
    );
    Ok(Json(app.db.read().await?.all(list, &[&MOST]).await?))
}

/// Show a member of the staff
///
/// For admins, and for themselves.
#[utoipa::path(get, path = "/api/staff/{id}", tag = "staff", params(("id" = i32, Path)),
    responses((status = 200, body = ShownStaff)))]
pub async fn show_staff(StaffSelf(id): StaffSelf, State(app): State<App>) -> Result<Json<ShownStaff>> {
    let member = one(&app, id).await?.ok_or_else(|| not_found("Staff not found"))?;
    Ok(Json(member.unnamed()))
}

/// Oneself, or nobody: an account of the staff that belongs to no member.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Me {
    /// The member.
    Member(Box<StaffMember>),
    /// Nobody.
    Nobody(Nobody),
}

/// Legacy: what the client's pages can show without a member.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Nobody {
    id: Option<i32>,
    first_name: &'static str,
    last_name: &'static str,
    rank: &'static str,
    role: &'static str,
    profile_pic: Option<String>,
    username: Option<String>,
}

/// Show oneself
#[utoipa::path(get, path = "/api/staff/me", tag = "staff", responses((status = 200, body = Me)))]
pub async fn show_me(Member(user): Member, State(app): State<App>) -> Result<Json<Me>> {
    let member = match user.staff_id {
        Some(id) if user.role != Role::Cadet => one(&app, id).await?,
        _ => None,
    };
    match member {
        Some(member) => Ok(Json(Me::Member(Box::new(member)))),
        None if user.role == Role::Staff => {
            Ok(Json(Me::Nobody(Nobody { role: Role::Staff.as_str(), ..Nobody::default() })))
        }
        None => Err(not_found("Not logged in as staff")),
    }
}

async fn one(app: &App, id: i32) -> Result<Option<StaffMember>> {
    let wanted = Wanted { id: Some(id), ..Wanted::default() };
    Ok(record::find(&mut app.db.read().await?, wanted).await?.pop())
}
