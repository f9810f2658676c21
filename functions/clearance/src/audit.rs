//! Rows of the audit log that no written row leads to: signing in and out, refused decisions, downloads.

use serde_json::Value;
use shared::{Result, db::Change, sql};
use uuid::Uuid;

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// `login`, `logout`, `other`.
    pub action: &'static str,
    /// The name of the model it is about.
    pub entity: &'static str,
    /// Which record of it.
    pub entity_id: String,
    /// A sentence.
    pub description: &'a str,
    /// What else is to be known; no personal data.
    pub changes: Value,
    /// Who did it, where the transaction does not say so.
    pub actor: Option<Uuid>,
}

impl Event<'_> {
    /// What a user did with their own account.
    pub fn of_user(action: &'static str, id: Uuid) -> Self {
        let description = if action == "login" { "Signed in" } else { "Signed out" };
        let (entity_id, changes) = (id.to_string(), Value::Object(serde_json::Map::new()));
        Self { action, entity: "User", entity_id, description, changes, actor: Some(id) }
    }
}

/// Writes an event down, with the actor and the address of the transaction.
pub async fn note(change: &mut Change, event: &Event<'_>) -> Result<()> {
    let insert = sql!(
        "INSERT INTO audit_logs (actor_id, actor_name, actor_email, action, entity, entity_id, description, changes,
                                 ip_address, request_id)
         SELECT users.id, users.full_name, users.email, $1, $2, $3, $4, $5,
                nullif(current_setting('muster.address', true), ''), nullif(current_setting('muster.request', true), '')
         FROM (SELECT coalesce($6::uuid, muster.acting_user()::uuid) AS id) AS acting
              LEFT JOIN users ON users.id = acting.id"
    );
    let Event { action, entity, entity_id, description, changes, actor } = event;
    change.execute(insert, &[action, entity, entity_id, description, changes, actor]).await?;
    Ok(())
}
