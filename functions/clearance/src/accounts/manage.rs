//! The accounts of others, for administrators.

use axum::extract::State;
use http::StatusCode;
use shared::{
    App, Error, Result,
    auth::{principal::Principal, session::revoke_all},
    db::{Change, UserKey},
    drf::{Data, Fields, Filters, Need, PageNumber, Paginated},
    error::conflict,
    http::{Created, Json, Path},
    sql,
};
use uuid::Uuid;

use super::{
    Registration, User,
    address::{is_free, is_office},
    credentials::{NEW_PASSWORD_BYTES, new_hash},
    password,
    profile::shown,
};
use crate::{
    access::{AccountAdmin, ROLES, Role},
    mails,
    settings::Settings,
};

/// List accounts
///
/// The same at `/api/users`.
#[utoipa::path(get, path = "/api/auth", tag = "accounts",
    params(("page" = Option<i64>, Query), ("page_size" = Option<i64>, Query), ("role" = Option<String>, Query),
        ("is_active" = Option<bool>, Query), ("department" = Option<Uuid>, Query)),
    responses((status = 200, body = Paginated<User>)))]
pub async fn list_users(
    AccountAdmin(_admin): AccountAdmin,
    State(app): State<App>,
    page: PageNumber<20, 100>,
    mut filters: Filters,
) -> Result<Json<Paginated<User>>> {
    let role = filters.choice("role", &ROLES.map(|(name, ..)| (name, name)));
    let is_active = filters.boolean("is_active");
    let department = filters.uuid("department");
    let mut read = app.db.read().await?;
    if let Some(department) = department {
        let find = sql!("SELECT EXISTS (SELECT FROM departments WHERE id = $1)");
        if !read.only::<bool>(find, &[&department]).await? {
            filters.unknown("department");
        }
    }
    filters.finish()?;
    let count = sql!(
        "SELECT count(*) FROM users WHERE ($1::text IS NULL OR role = $1)
           AND ($2::bool IS NULL OR is_active = $2) AND ($3::uuid IS NULL OR department_id = $3)"
    );
    let list = sql!(
        "SELECT users.id, users.email, users.admission_number, users.full_name, users.role, users.role AS role_display,
                users.department_id AS department, departments.name AS department_name,
                departments.code AS department_code, users.is_active, users.created_at, users.updated_at
         FROM users LEFT JOIN departments ON departments.id = users.department_id
         WHERE ($1::text IS NULL OR role = $1) AND ($2::bool IS NULL OR users.is_active = $2)
           AND ($3::uuid IS NULL OR department_id = $3)
         ORDER BY users.created_at DESC, users.id LIMIT $4 OFFSET $5"
    );
    let window = page.window(read.only(count, &[&role, &is_active, &department]).await?)?;
    let users: Vec<User> =
        read.all(list, &[&role, &is_active, &department, &window.limit, &window.offset]).await?;
    Ok(Json(page.paginated(window, users.into_iter().map(User::titled).collect())))
}

/// Show an account
#[utoipa::path(get, path = "/api/auth/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 200, body = User)))]
pub async fn show_user(
    AccountAdmin(_admin): AccountAdmin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<Json<User>> {
    Ok(Json(shown(&app, id).await?))
}

/// What the body of an account says.
struct Wish {
    email: Option<String>,
    full_name: Option<String>,
    role: Option<Role>,
    /// Said, and perhaps to be none.
    department: Option<Option<Uuid>>,
    admission_number: Option<Option<String>>,
    is_active: Option<bool>,
    password: Option<String>,
}

impl Wish {
    fn read(fields: &mut Fields, need: Need, password: Need) -> Self {
        let email = fields.email("email", need, 254);
        let full_name = fields.name("full_name", need, 255);
        let role = fields.choice("role", Need::Optional, &ROLES.map(|(name, role, _)| (name, role)));
        let says_department = fields.has("department");
        let department = fields.uuid("department", Need::Nullable);
        let says_number = fields.has("admission_number");
        let number = fields.text_or_blank("admission_number", Need::Nullable, 50);
        let is_active = fields.boolean("is_active", Need::Optional);
        let password = fields.text("password", password, NEW_PASSWORD_BYTES);
        if let Some(password) = &password {
            password::check(fields, "password", password);
        }
        Self {
            email,
            full_name,
            role,
            department: says_department.then_some(department),
            admission_number: says_number.then_some(number.filter(|number| !number.is_empty())),
            is_active,
            password,
        }
    }

    async fn check(&self, change: &mut Change, fields: &mut Fields, except: Option<Uuid>) -> Result<()> {
        let number = self.admission_number.as_ref().and_then(Option::as_deref);
        if self.email.is_some() || number.is_some() {
            is_free(change, fields, self.email.as_deref(), number, except).await?;
        }
        is_office(change, fields, self.department.flatten()).await
    }

    async fn hash(&self, app: &App, is_valid: bool) -> Result<Option<String>> {
        match &self.password {
            Some(password) if is_valid => Ok(Some(new_hash(app).hash(password.clone()).await?)),
            _ => Ok(None),
        }
    }
}

/// Add an account
///
/// Its owner is told by mail; the password is passed on by whoever made it.
#[utoipa::path(post, path = "/api/auth", tag = "accounts", request_body = Object,
    responses((status = 201, body = User)))]
pub async fn add_user(
    AccountAdmin(admin): AccountAdmin,
    State(app): State<App>,
    data: Data,
) -> Result<Created<User>> {
    let mut fields = data.fields();
    let wish = Wish::read(&mut fields, Need::Required, Need::Required);
    let hash = wish.hash(&app, fields.is_valid()).await?;
    let mut change = app.db.change(&admin.actor()).await?;
    wish.check(&mut change, &mut fields, None).await?;
    fields.finish()?;
    let registration = Registration {
        email: wish.email.unwrap_or_default(),
        full_name: wish.full_name.unwrap_or_default(),
        admission_number: wish.admission_number.flatten(),
        role: wish.role.unwrap_or(Role::Student),
        department: wish.department.flatten(),
        is_active: wish.is_active.unwrap_or(true),
        password: hash.unwrap_or_default(),
    };
    let id = registration.store(&app, &mut change).await?;
    welcome(&app, &mut change, &registration, &admin.full_name).await?;
    let user = User::find(&mut change, id).await?;
    change.commit().await?;
    Ok(Created(user))
}

/// Tells somebody that an account was made for them.
pub async fn welcome(app: &App, change: &mut Change, made: &Registration, by: &str) -> Result<()> {
    let home = Settings::of(app)?.frontend_url.as_str().trim_end_matches('/');
    let message = format!("An account was made for you at {home}; {by} has the password.");
    mails::send(app, change, (&made.email, &made.full_name), "Your account", &message).await
}

/// Save an account
#[utoipa::path(put, path = "/api/auth/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = User)))]
pub async fn save_user(
    AccountAdmin(admin): AccountAdmin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<User>> {
    save(&app, &admin, id, data.fields(), Need::Required).await
}

/// Change an account
#[utoipa::path(patch, path = "/api/auth/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = User)))]
pub async fn change_user(
    AccountAdmin(admin): AccountAdmin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<User>> {
    save(&app, &admin, id, data.fields(), Need::Optional).await
}

async fn save(
    app: &App,
    admin: &impl Principal,
    id: Uuid,
    mut fields: Fields,
    need: Need,
) -> Result<Json<User>> {
    let wish = Wish::read(&mut fields, need, Need::Optional);
    let hash = wish.hash(app, fields.is_valid()).await?;
    let mut change = app.db.change(&admin.actor()).await?;
    let before = User::find(&mut change, id).await?;
    wish.check(&mut change, &mut fields, Some(id)).await?;
    fields.finish()?;
    let role = wish.role.map(Role::as_str);
    let update = sql!(
        "UPDATE users SET email = coalesce($2, email), username = coalesce($2, username),
                full_name = coalesce($3, full_name), role = coalesce($4, role),
                department_id = CASE WHEN $5 THEN $6 ELSE department_id END,
                admission_number = CASE WHEN $7 THEN $8 ELSE admission_number END,
                is_active = coalesce($9, is_active), password = coalesce($10, password)
         WHERE id = $1"
    );
    let (says_department, says_number) = (wish.department.is_some(), wish.admission_number.is_some());
    change
        .execute(
            update,
            &[
                &id,
                &wish.email,
                &wish.full_name,
                &role,
                &says_department,
                &wish.department.flatten(),
                &says_number,
                &wish.admission_number.clone().flatten(),
                &wish.is_active,
                &hash,
            ],
        )
        .await?;
    let after = User::find(&mut change, id).await?;
    if before.is_active && !after.is_active || hash.is_some() {
        revoke_all(app, &mut change, &[id], "account changed").await?;
    }
    keep_an_administrator(&mut change, &before).await?;
    change.commit().await?;
    Ok(Json(after))
}

/// Deactivate an account
///
/// Nobody is erased: what they have decided names them. Their sessions end.
#[utoipa::path(delete, path = "/api/auth/{id}", tag = "accounts", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn deactivate_user(
    AccountAdmin(admin): AccountAdmin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&admin.actor()).await?;
    let before = User::find(&mut change, id).await?;
    if id == admin.id {
        return Err(last_administrator());
    }
    deactivate(&app, &mut change, id).await?;
    keep_an_administrator(&mut change, &before).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends an account and its sessions.
pub async fn deactivate(app: &App, change: &mut Change, id: Uuid) -> Result<()> {
    change.execute(sql!("UPDATE users SET is_active = FALSE WHERE id = $1"), &[&id]).await?;
    revoke_all(app, change, &[UserKey::from(id)], "account deactivated").await
}

/// Refuses a change after which nobody could administer the system. Changes of administrators wait for each other.
async fn keep_an_administrator(change: &mut Change, before: &User) -> Result<()> {
    if before.role != Role::Admin.as_str() || !before.is_active {
        return Ok(());
    }
    change.execute(sql!("SELECT pg_advisory_xact_lock(hashtext('clearance.administrators'))"), &[]).await?;
    let count = sql!("SELECT EXISTS (SELECT FROM users WHERE role = 'admin' AND is_active)");
    if change.only::<bool>(count, &[]).await? { Ok(()) } else { Err(last_administrator()) }
}

fn last_administrator() -> Error {
    conflict("conflict", "At least one administrator must remain.")
}
