//! Adding, changing and closing offices.

use axum::extract::State;
use http::StatusCode;
use shared::{
    App, Result,
    auth::principal::Principal,
    db::Change,
    drf::{Data, Fields, Need},
    http::{Created, Json, Path},
    sql,
};
use uuid::Uuid;

use super::{Department, Manager};
use crate::{offices::TYPES, refusals::unknown};

/// What a body says of an office.
struct Wish {
    name: Option<String>,
    kind: Option<&'static str>,
    approval_order: Option<i32>,
    head_email: Option<String>,
    contact_phone: Option<String>,
    description: Option<String>,
    is_active: Option<bool>,
}

impl Wish {
    fn read(fields: &mut Fields, need: Need) -> Self {
        let name = fields.text("name", need, 255);
        let kind = fields.text("department_type", need, 20);
        let known = kind.as_deref().map(str::to_lowercase);
        let known = TYPES.iter().find(|(name, _)| Some(*name) == known.as_deref()).map(|(name, _)| *name);
        if let Some(kind) = kind.filter(|_| known.is_none()) {
            fields.reject("department_type", format!("\"{kind}\" is not a valid choice."));
        }
        let order =
            fields.integer("approval_order", Need::Optional, i64::from(i32::MIN)..=i64::from(i32::MAX));
        if order.is_some_and(|order| order <= 0) {
            fields.reject("approval_order", "Approval order must be a positive integer");
        }
        let mut email = |name: &str| {
            let is_blank = fields.text_or_blank(name, Need::Nullable, 254).is_none_or(|text| text.is_empty());
            let blank = fields.has(name).then(String::new);
            if is_blank {
                blank
            } else {
                fields.email(name, Need::Nullable, 254).map(|text| text.to_lowercase())
            }
        };
        let (contact, head) = (email("contact_email"), email("head_email"));
        Self {
            name,
            kind: known,
            approval_order: order.and_then(|order| i32::try_from(order).ok()),
            head_email: contact.or(head),
            contact_phone: fields.text_or_blank("contact_phone", Need::Nullable, 20),
            description: fields.text_or_blank("description", Need::Nullable, 2000),
            is_active: fields.boolean("is_active", Need::Optional),
        }
    }
}

/// The code of a new office, in upper case.
fn code(fields: &mut Fields) -> Option<String> {
    let code = fields.text("code", Need::Required, 20)?.to_uppercase();
    let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if code.len() < 2 || !code.bytes().all(fits) {
        fields.reject("code", "Enter 2 to 20 letters A-Z, digits and underscores.");
    }
    Some(code)
}

/// Add an office
///
/// New requests need it from now on, those that are open do not.
#[utoipa::path(post, path = "/api/departments", tag = "departments", request_body = Object,
    responses((status = 201, body = Department)))]
pub async fn add_department(
    Manager(admin): Manager,
    State(app): State<App>,
    data: Data,
) -> Result<Created<Department>> {
    let mut fields = data.fields();
    let (wish, code) = (Wish::read(&mut fields, Need::Required), code(&mut fields));
    let mut change = app.db.change(&admin.actor()).await?;
    let taken = sql!("SELECT EXISTS (SELECT FROM departments WHERE code = $1)");
    if change.only(taken, &[&code]).await? {
        fields.reject("code", "Department with this code already exists");
    }
    fields.finish()?;
    let insert = sql!(
        "INSERT INTO departments (name, code, department_type, approval_order, head_email, contact_phone, description,
                                  is_active, created_at)
         VALUES ($1, $2, $3, coalesce($4, 0), coalesce($5, ''), coalesce($6, ''), coalesce($7, ''), coalesce($8, TRUE), $9)
         RETURNING id, name, code, department_type, approval_order, head_email, head_email AS contact_email,
                   contact_phone, description, is_active, created_at, updated_at"
    );
    let Wish { name, kind, approval_order, head_email, contact_phone, description, is_active } = wish;
    let now = app.clock.now();
    let department = change
        .only(
            insert,
            &[
                &name,
                &code,
                &kind,
                &approval_order,
                &head_email,
                &contact_phone,
                &description,
                &is_active,
                &now,
            ],
        )
        .await?;
    change.commit().await?;
    Ok(Created(department))
}

/// Save an office
///
/// The code stays what it is: roles, certificates and reports name offices by it.
#[utoipa::path(put, path = "/api/departments/{id}", tag = "departments", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Department)))]
pub async fn save_department(
    Manager(admin): Manager,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Department>> {
    let mut fields = data.fields();
    let wish = Wish::read(&mut fields, Need::Required);
    code(&mut fields);
    save(app.db.change(&admin.actor()).await?, id, fields, &wish).await
}

/// Change an office
#[utoipa::path(patch, path = "/api/departments/{id}", tag = "departments", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Department)))]
pub async fn change_department(
    Manager(admin): Manager,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Department>> {
    let mut fields = data.fields();
    let wish = Wish::read(&mut fields, Need::Optional);
    save(app.db.change(&admin.actor()).await?, id, fields, &wish).await
}

async fn save(mut change: Change, id: Uuid, fields: Fields, wish: &Wish) -> Result<Json<Department>> {
    let update = sql!(
        "UPDATE departments SET name = coalesce($2, name), department_type = coalesce($3, department_type),
                approval_order = coalesce($4, approval_order), head_email = coalesce($5, head_email),
                contact_phone = coalesce($6, contact_phone), description = coalesce($7, description),
                is_active = coalesce($8, is_active)
         WHERE id = $1
         RETURNING id, name, code, department_type, approval_order, head_email, head_email AS contact_email,
                   contact_phone, description, is_active, created_at, updated_at"
    );
    let Wish { name, kind, approval_order, head_email, contact_phone, description, is_active } = wish;
    let changed = change
        .one(update, &[&id, name, kind, approval_order, head_email, contact_phone, description, is_active])
        .await?;
    let department = changed.ok_or_else(unknown)?;
    fields.finish()?;
    change.commit().await?;
    Ok(Json(department))
}

/// Close an office
///
/// New requests skip it. Open requests keep its approval, which its staff or an administrator decides.
#[utoipa::path(delete, path = "/api/departments/{id}", tag = "departments", params(("id" = Uuid, Path)),
    responses((status = 204)))]
pub async fn deactivate_department(
    Manager(admin): Manager,
    State(app): State<App>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    let mut change = app.db.change(&admin.actor()).await?;
    let close = sql!("UPDATE departments SET is_active = FALSE WHERE id = $1");
    if change.execute(close, &[&id]).await? == 0 {
        return Err(unknown());
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
