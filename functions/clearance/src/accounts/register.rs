//! A student makes an account.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::session::Device,
    db::Change,
    drf::{Data, Fields, Need, within},
    http::Created,
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    User,
    address::{is_free, is_office},
    credentials::{NEW_PASSWORD_BYTES, REGISTRATIONS, new_hash},
    password,
    sign_in::{Pair, open_session},
};
use crate::{
    access::{ROLES, Role},
    enrollment::{enroll, number_of, reject_taken},
};

/// A new account with its tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Registered {
    /// The account.
    user: User,
    /// A session of it.
    tokens: Pair,
    /// "User registered successfully"
    message: &'static str,
}

/// What an account is made of. The e-mail address is its user name.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The address.
    pub email: String,
    /// The name.
    pub full_name: String,
    /// The number, if there is one.
    pub admission_number: Option<String>,
    /// The role.
    pub role: Role,
    /// The office.
    pub department: Option<Uuid>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// A hash; empty where only a reset link lets them in.
    pub password: String,
}

impl Registration {
    /// Makes the account and tells its id.
    pub async fn store(&self, app: &App, change: &mut Change) -> Result<Uuid> {
        let insert = sql!(
            "INSERT INTO users (id, email, username, full_name, admission_number, role, department_id, is_active, password,
                                created_at, date_joined)
             VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $9)"
        );
        let (id, role, now) = (app.ids.uuid(), self.role.as_str(), app.clock.now());
        let Self { email, full_name, admission_number, department, is_active, password, .. } = self;
        change
            .execute(
                insert,
                &[&id, email, full_name, admission_number, &role, department, is_active, password, &now],
            )
            .await?;
        Ok(id)
    }
}

/// Register a student
///
/// If the admission number is a registration number, the student record is made as well.
#[utoipa::path(post, path = "/api/auth/register", tag = "accounts", security(()), request_body = Object,
    responses((status = 201, body = Registered)))]
pub async fn register(State(app): State<App>, device: Device, data: Data) -> Result<Created<Registered>> {
    within(&app, REGISTRATIONS, device.place()).await?;
    let mut fields = data.fields();
    let mut wish = read(&mut fields);
    let given = fields.text("password", Need::Required, NEW_PASSWORD_BYTES);
    let again = fields.text("password_confirm", Need::Required, NEW_PASSWORD_BYTES);
    if let Some(given) = &given {
        password::check(&mut fields, "password", given);
    }
    let department = fields.uuid("department", Need::Nullable);
    let number = number_of(&app, wish.admission_number.as_deref());
    // The hash comes before the transaction: nobody holds a connection meanwhile.
    let is_complete = fields.is_valid();
    if is_complete {
        wish.password = new_hash(&app).hash(given.clone().unwrap_or_default()).await?;
    }
    let mut change = app.db.change_for_system("registration").await?;
    let email = Some(wish.email.as_str());
    let is_new = is_free(&mut change, &mut fields, email, wish.admission_number.as_deref(), None).await?;
    if let Some(number) = number.as_ref().filter(|_| is_new) {
        reject_taken(&mut change, &mut fields, "admission_number", &number.text, None).await?;
    }
    is_office(&mut change, &mut fields, department).await?;
    if fields.is_valid() && given != again {
        fields.reject("password", "Password fields didn't match.");
    }
    fields.finish()?;
    let id = wish.store(&app, &mut change).await?;
    if let Some(number) = &number {
        enroll(&app, &mut change, id, number).await?;
    }
    let (user, tokens) = open_session(&app, &mut change, &device, id).await?;
    change.commit().await?;
    Ok(Created(Registered { user, tokens: tokens.into(), message: "User registered successfully" }))
}

fn read(fields: &mut Fields) -> Registration {
    let email = fields.email("email", Need::Required, 254).unwrap_or_default();
    // The legacy server checks it twice, and says it twice.
    if fields.is_rejected("email", "Enter a valid email address.") {
        fields.reject("email", "Enter a valid email address.");
    }
    let full_name = fields.name("full_name", Need::Required, 255).unwrap_or_default();
    let admission_number =
        fields.text_or_blank("admission_number", Need::Nullable, 50).filter(|text| !text.is_empty());
    let roles = ROLES.map(|(name, role, _)| (name, role));
    if fields.choice("role", Need::Optional, &roles).is_some_and(|role| role != Role::Student) {
        fields.reject("role", "Only student accounts can be registered here.");
    }
    Registration {
        email,
        full_name,
        admission_number,
        role: Role::Student,
        department: None,
        is_active: true,
        password: String::new(),
    }
}
