//! Notices that administrators write by hand. They go to the inbox only, never by mail.

use axum::extract::State;
use serde::Serialize;
use shared::{
    App, Result,
    auth::principal::Principal,
    db::{Change, Sql},
    drf::{Data, Fields, Need},
    http::{Created, Json, Path},
    realtime::Topic,
    row, sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Notification, categorized};
use crate::{
    access::Admin,
    notices::{ShownNotice, TYPES},
    refusals::unknown,
};

row! {
    /// A notice as it was written.
    #[derive(Clone, Debug, Serialize, ToSchema)]
    pub struct WrittenNotice {
        id: Uuid,
        recipient_id: Uuid,
        notification_type: String,
        title: String,
        message: String,
        clearance: Option<Uuid>,
        approval: Option<Uuid>,
        payment: Option<Uuid>,
        gown: Option<Uuid>,
    }
}

/// What a body says of a notice.
struct Wish {
    kind: Option<&'static str>,
    title: Option<String>,
    message: Option<String>,
    /// Request, approval, payment, gown: said, and perhaps to be none.
    about: [Option<Option<Uuid>>; 4],
}

/// What a notice can be about, and whether such a row is there.
const ABOUT: [(&str, Sql); 4] = [
    ("clearance", sql!("SELECT EXISTS (SELECT FROM clearance_requests WHERE id = $1)")),
    ("approval", sql!("SELECT EXISTS (SELECT FROM clearance_approvals WHERE id = $1)")),
    ("payment", sql!("SELECT EXISTS (SELECT FROM payments WHERE id = $1)")),
    ("gown", sql!("SELECT EXISTS (SELECT FROM gown_issuances WHERE id = $1)")),
];

impl Wish {
    async fn read(change: &mut Change, fields: &mut Fields, need: Need) -> Result<Self> {
        let kinds = TYPES.map(|(name, ..)| (name, name));
        let kind = fields.choice("notification_type", Need::Optional, &kinds);
        let (title, message) = (fields.text("title", need, 255), fields.text("message", need, 2000));
        let mut about = [None; 4];
        for (slot, (name, exists)) in about.iter_mut().zip(ABOUT) {
            let said = fields.has(name);
            let id = fields.uuid(name, Need::Nullable);
            if let Some(id) = id
                && !change.only::<bool>(exists, &[&id]).await?
            {
                fields.reject(name, format!("Invalid pk \"{id}\" - object does not exist."));
            }
            *slot = said.then_some(id);
        }
        Ok(Self { kind, title, message, about })
    }
}

/// Write a notice to somebody
#[utoipa::path(post, path = "/api/notifications", tag = "notifications", request_body = Object,
    responses((status = 201, body = WrittenNotice)))]
pub async fn add_notification(
    Admin(admin): Admin,
    State(app): State<App>,
    data: Data,
) -> Result<Created<WrittenNotice>> {
    let mut fields = data.fields();
    let mut change = app.db.change(&admin.actor()).await?;
    let recipient = fields.uuid("recipient_id", Need::Required);
    let exists = sql!("SELECT EXISTS (SELECT FROM users WHERE id = $1)");
    if recipient.is_some() && !change.only::<bool>(exists, &[&recipient]).await? {
        fields.reject("recipient_id", "Recipient not found");
    }
    let Wish { kind, title, message, about } = Wish::read(&mut change, &mut fields, Need::Required).await?;
    fields.finish()?;
    let [clearance, approval, payment, gown] = about.map(Option::flatten);
    let insert = sql!(
        "INSERT INTO notifications (id, recipient_id, notification_type, title, message, clearance_id, approval_id,
                                    payment_id, gown_id, created_at)
         VALUES ($1, $2, coalesce($3, 'general'), $4, $5, $6, $7, $8, $9, $10)
         RETURNING id, recipient_id, notification_type, title, message, clearance_id AS clearance,
                   approval_id AS approval, payment_id AS payment, gown_id AS gown"
    );
    let (id, now) = (app.ids.uuid(), app.clock.now());
    let written: WrittenNotice = change
        .only(
            insert,
            &[&id, &recipient, &kind, &title, &message, &clearance, &approval, &payment, &gown, &now],
        )
        .await?;
    publish(&mut change, &written).await?;
    change.commit().await?;
    Ok(Created(written))
}

/// Tells a listening recipient at once.
async fn publish(change: &mut Change, written: &WrittenNotice) -> Result<()> {
    let find = sql!(
        "SELECT id, notification_type, title, message, is_read, created_at, '' AS category, related_object_type,
                related_object_id
         FROM shown_notifications WHERE id = $1"
    );
    let rows: Vec<ShownNotice> = change.all(find, &[&written.id]).await?;
    for shown in categorized(rows) {
        change.publish("notification", &[Topic::user(written.recipient_id)], &shown).await?;
    }
    Ok(())
}

/// Save a notice
#[utoipa::path(put, path = "/api/notifications/{id}", tag = "notifications", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Notification)))]
pub async fn save_notification(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Notification>> {
    save(app.db.change(&admin.actor()).await?, id, data.fields(), Need::Required).await
}

/// Change a notice
#[utoipa::path(patch, path = "/api/notifications/{id}", tag = "notifications", params(("id" = Uuid, Path)),
    request_body = Object, responses((status = 200, body = Notification)))]
pub async fn change_notification(
    Admin(admin): Admin,
    State(app): State<App>,
    Path(id): Path<Uuid>,
    data: Data,
) -> Result<Json<Notification>> {
    save(app.db.change(&admin.actor()).await?, id, data.fields(), Need::Optional).await
}

async fn save(mut change: Change, id: Uuid, mut fields: Fields, need: Need) -> Result<Json<Notification>> {
    let exists = sql!("SELECT EXISTS (SELECT FROM notifications WHERE id = $1)");
    if !change.only::<bool>(exists, &[&id]).await? {
        return Err(unknown());
    }
    let Wish { kind, title, message, about } = Wish::read(&mut change, &mut fields, need).await?;
    fields.finish()?;
    let said = about.map(|about| about.is_some());
    let [clearance, approval, payment, gown] = about.map(Option::flatten);
    let update = sql!(
        "UPDATE notifications SET notification_type = coalesce($2, notification_type), title = coalesce($3, title),
                message = coalesce($4, message), clearance_id = CASE WHEN $5 THEN $6 ELSE clearance_id END,
                approval_id = CASE WHEN $7 THEN $8 ELSE approval_id END,
                payment_id = CASE WHEN $9 THEN $10 ELSE payment_id END,
                gown_id = CASE WHEN $11 THEN $12 ELSE gown_id END
         WHERE id = $1"
    );
    change
        .execute(
            update,
            &[
                &id, &kind, &title, &message, &said[0], &clearance, &said[1], &approval, &said[2], &payment,
                &said[3], &gown,
            ],
        )
        .await?;
    let find = sql!(
        "SELECT id, recipient_id AS recipient, recipient_id AS user, recipient_name, recipient_email, notification_type,
                '' AS category, title, message, clearance_id AS clearance, approval_id AS approval,
                payment_id AS payment, gown_id AS gown, related_object_type, related_object_id, is_read, read_at,
                sent_via_email, email_sent_at, created_at, updated_at
         FROM shown_notifications WHERE id = $1"
    );
    let changed: Notification = change.only(find, &[&id]).await?;
    change.commit().await?;
    Ok(Json(changed.categorized()))
}
