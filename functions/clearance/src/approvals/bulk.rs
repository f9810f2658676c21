//! Many decisions at once.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use shared::{
    App, Result,
    drf::{Data, Fields, Need},
    error::{Kind, invalid_field},
    http::Json,
    sql,
};
use utoipa::ToSchema;
use uuid::Uuid;

use super::act::read_decision;
use crate::{
    access::Decider,
    workflow::{Decision, Mode, decide},
};

/// Approvals of one request.
const MOST: usize = 100;

/// What became of each.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkDecided {
    message: &'static str,
    success_count: usize,
    failed_count: usize,
    errors: Vec<RefusedDecision>,
    /// Whether nothing was changed.
    dry_run: bool,
}

/// Why one was not decided.
#[derive(Debug, Serialize, ToSchema)]
struct RefusedDecision {
    approval_id: Uuid,
    error: String,
}

/// Approve or reject many
///
/// Each by the same rules as alone, in a transaction of its own. With `dry_run` nothing is changed.
#[utoipa::path(post, path = "/api/approvals/bulk_approve", tag = "approvals", request_body = Object,
    responses((status = 200, body = BulkDecided)))]
pub async fn decide_on_many(
    Decider(person): Decider,
    State(app): State<App>,
    data: Data,
) -> Result<Json<BulkDecided>> {
    let given = data.form.fields.get("approval_ids").cloned();
    let mut fields = data.fields();
    let given = list(&mut fields, given);
    let dry_run = fields.boolean("dry_run", Need::Optional).unwrap_or(false);
    let decision = read_decision(&mut fields, None);
    fields.finish()?;
    let usual = decision.approves.then(|| "Bulk approved".to_owned());
    let notes = decision.notes.clone().filter(|notes| !notes.is_empty()).or(usual);
    let decision = Decision { notes, ..decision };
    let invalid = || invalid_field("approval_ids", "Some approval IDs are invalid");
    let parsed = given.iter().map(|id| id.as_str()?.trim().parse().ok());
    let ids: BTreeSet<Uuid> = parsed.collect::<Option<_>>().ok_or_else(invalid)?;
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let count = sql!(
        "SELECT count(*) FROM approval_rows WHERE id = ANY($1) AND ($2::uuid IS NULL OR office_id = $2)"
    );
    let seen: i64 = app.db.read().await?.only(count, &[&ids, &person.reach().office]).await?;
    if usize::try_from(seen).ok() != Some(ids.len()) {
        return Err(invalid());
    }
    let mode = if dry_run { Mode::DryRun } else { Mode::Commit };
    let mut errors = Vec::new();
    for id in &ids {
        if let Err(cause) = decide(&app, &person, *id, &decision, mode).await {
            if cause.kind() == Kind::Internal {
                return Err(cause);
            }
            errors.push(RefusedDecision { approval_id: *id, error: cause.message().to_owned() });
        }
    }
    let message = if decision.approves { "Bulk approve completed" } else { "Bulk reject completed" };
    let (success_count, failed_count) = (ids.len() - errors.len(), errors.len());
    Ok(Json(BulkDecided { message, success_count, failed_count, errors, dry_run }))
}

/// The ids as they were sent: a list, or in a form the text of one.
fn list(fields: &mut Fields, given: Option<Value>) -> Vec<Value> {
    let given = match given {
        Some(Value::String(text)) => serde_json::from_str(&text).ok().or_else(|| {
            let parts = text.split(',').map(|part| Value::from(part.trim()));
            Some(Value::Array(parts.collect()))
        }),
        given => given,
    };
    let (found, refusal) = match given {
        None => (Vec::new(), Some("This field is required.".to_owned())),
        Some(Value::Null) => (Vec::new(), Some("This field may not be null.".to_owned())),
        Some(Value::Array(ids)) if ids.is_empty() => {
            (ids, Some("Ensure this field has at least 1 elements.".to_owned()))
        }
        Some(Value::Array(ids)) if ids.len() > MOST => {
            (ids, Some(format!("Ensure this field has no more than {MOST} elements.")))
        }
        Some(Value::Array(ids)) => (ids, None),
        Some(_) => (Vec::new(), Some("Expected a list of items.".to_owned())),
    };
    if let Some(refusal) = refusal {
        fields.reject("approval_ids", refusal);
    }
    found
}
