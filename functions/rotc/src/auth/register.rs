//! Asking for an account.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    App, Error, Result,
    auth::{password::NewHash, rate_limit::Limit, session::Device},
    db::Change,
    error::{FieldError, invalid, invalid_field},
    http::{Created, Json},
    sql, text,
};
use utoipa::ToSchema;
use validator::Validate;

use super::person::{self, Person};
use crate::{access::Open, audit};

/// Registrations from one address.
const REGISTRATIONS: Limit = Limit { name: "register", hits: 10, seconds: 3600 };

/// Somebody who wants an account. Admins approve it; only cadets can ask.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct Registration {
    /// The wanted user name.
    #[validate(length(min = 3, max = 150, message = "The user name must have 3 to 150 characters."))]
    pub username: String,
    /// Where links are mailed to.
    #[validate(
        email(message = "Enter a valid email address."),
        length(max = 254, message = "The address is too long.")
    )]
    pub email: String,
    /// At least 6 characters; bcrypt reads 72 bytes.
    #[validate(length(min = 6, message = "Ensure this field has at least 6 characters."))]
    pub password: String,
    /// `cadet`, or absent.
    #[serde(default)]
    pub role: Option<String>,
}

/// A registration that waits for approval.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Registered {
    /// The new user.
    pub user: Person,
    /// Always false.
    pub is_approved: bool,
    /// What happens next.
    pub message: &'static str,
}

/// Ask for an account
#[utoipa::path(post, path = "/api/auth/register", tag = "auth", security(()), request_body = Registration,
    responses((status = 201, body = Registered)))]
pub async fn register(
    _: Open,
    State(app): State<App>,
    device: Device,
    Json(wanted): Json<Registration>,
) -> Result<Created<Registered>> {
    if wanted.role.as_deref().is_some_and(|role| role != "cadet") {
        return Err(invalid_field("role", "Only cadets can register. Ask an admin for any other account."));
    }
    if wanted.password.len() > 72 {
        return Err(invalid_field("password", "The password is too long."));
    }
    text::account_name("username", &wanted.username)?;
    text::password("password", &wanted.password, &[&wanted.username, &wanted.email])?;
    REGISTRATIONS.hit(&app, device.place()).await?;
    let hash = NewHash::Bcrypt(app.config.bcrypt_cost).hash(wanted.password.clone()).await?;
    let mut change = app.db.change_for_system("registration").await?;
    let id = create(&mut change, &wanted, &hash).await?;
    audit::record(&mut change, "REGISTER", "users", Some(id), Some(id), json!({})).await?;
    change.commit().await?;
    let user = person::load(&mut app.db.read().await?, id).await?;
    Ok(Created(Registered {
        user,
        is_approved: false,
        message: "Registration successful. Awaiting approval.",
    }))
}

/// Inserts the user, unapproved, with default settings. Two registrations of one address at the same
/// moment wait for each other.
async fn create(change: &mut Change, wanted: &Registration, hash: &str) -> Result<i32> {
    let (username, email) = (wanted.username.trim(), wanted.email.trim());
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext(lower($1)))"), &[&email]).await?;
    // Also a student id whose cadet has an account: both are typed into the same field at sign-in, and the
    // stranger's account would be the one that is found.
    let taken = sql!(
        "SELECT EXISTS (SELECT FROM users LEFT JOIN cadets ON cadets.id = users.cadet_id
                        WHERE lower(users.username) = lower($1) OR lower(users.email) = lower($1)
                           OR (lower(cadets.student_id) = lower($1) AND users.is_archived IS NOT TRUE)),
                EXISTS (SELECT FROM users WHERE lower(email) = lower($2) OR lower(username) = lower($2))"
    );
    let (name_taken, email_taken) =
        change.one::<(bool, bool)>(taken, &[&username, &email]).await?.unwrap_or_default();
    let insert = sql!(
        "WITH account AS (
             INSERT INTO users (username, password, role, is_approved, email) VALUES ($1, $2, 'cadet', 0, $3)
             ON CONFLICT (username) DO NOTHING RETURNING id),
         preferences AS (
             INSERT INTO user_settings (user_id, primary_color) SELECT id, 'default' FROM account)
         SELECT id FROM account"
    );
    let id = match name_taken || email_taken {
        true => None,
        false => change.one::<i32>(insert, &[&username, &hash, &email]).await?,
    };
    id.ok_or_else(|| taken_already(name_taken || !email_taken, email_taken))
}

fn taken_already(username: bool, email: bool) -> Error {
    let fields = [("username", username), ("email", email)].into_iter().filter(|(_, taken)| *taken);
    let fields: Vec<_> = fields
        .map(|(field, _)| FieldError {
            field: field.to_owned(),
            message: format!("user with this {field} already exists."),
        })
        .collect();
    let message = fields.first().map_or_else(String::new, |first| first.message.clone());
    invalid("taken", message).with_fields(fields)
}
