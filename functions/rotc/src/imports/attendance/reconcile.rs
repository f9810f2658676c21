//! Comparing a list with the register, without writing anything.

use std::collections::{HashMap, HashSet};

use axum::extract::State;
use documents::read::ImportKind;
use serde::Serialize;
use serde_json::{Value, json};
use shared::{
    App, Result,
    error::invalid,
    http::{FormData, Json},
    imports::form,
};
use utoipa::ToSchema;

use super::{
    AttendanceForm, check_day, day_of,
    listed::{Listed, Says},
    listed_in, matched, times, who,
};
use crate::{access::Admin, imports::roster::Roster};

/// What a list says of whom (rules.md 9.3).
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reconciled {
    success_count: usize,
    fail_count: usize,
    skipped_count: usize,
    errors: Vec<String>,
    #[schema(value_type = Vec<Object>)]
    matched: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    unmatched: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    duplicates: Vec<Value>,
    #[schema(value_type = Vec<Object>)]
    anomalies: Vec<Value>,
    #[schema(value_type = Object)]
    stats: Value,
}

/// Compare a list of attendance with the register
///
/// PDF or Excel. Tells whom the list means, who is on it twice, and whose times make no sense. Nothing is written.
#[utoipa::path(post, path = "/api/attendance/reconcile", tag = "attendance",
    request_body(content = AttendanceForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Reconciled)))]
pub async fn reconcile_attendance(
    Admin(admin): Admin,
    State(app): State<App>,
    mut form: FormData,
) -> Result<Json<Reconciled>> {
    let file = form::file(&mut form)?;
    let day_id = day_of(&form)?;
    if !matches!(ImportKind::of(&file.name, &file.body), ImportKind::Pdf | ImportKind::Xlsx) {
        return Err(invalid("unsupported_file", "Only PDF or Excel accepted for reconciliation"));
    }
    check_day(&app, Some(day_id)).await?;
    // Never committed: it only reads.
    let mut change = app.db.change(&admin.actor()).await?;
    let listed = listed_in(&app, &mut change, file, day_id).await?;
    let roster = Roster::load(&mut change).await?;
    drop(change);
    Ok(Json(reconcile(&roster, &listed)))
}

fn reconcile(roster: &Roster, listed: &[Listed]) -> Reconciled {
    let mut found = Reconciled::default();
    let mut seen: HashMap<i32, Value> = HashMap::new();
    let mut cadets = HashSet::new();
    for one in listed {
        let Some(cadet_id) = roster.find(&one.named).cadet() else {
            found.skipped_count += 1;
            found.unmatched.push(json!({
                "pdf_name": one.named.name, "pdf_username": one.named.username, "pdf_email": one.named.email,
                "status": one.says.status(),
            }));
            continue;
        };
        if let Says::Nothing(why) = &one.says {
            found.skipped_count += 1;
            found.errors.push(format!("Row {}: {why}", one.row));
            continue;
        }
        if let Says::Wrong(why) = &one.says {
            found.fail_count += 1;
            found.errors.push(format!("Error processing row {}: {why}", one.row));
            continue;
        }
        let entry = matched(cadet_id, one);
        if let Some(previous) = seen.insert(cadet_id, entry.clone()) {
            found.duplicates.push(json!({ "previous": previous, "current": entry }));
        }
        if let Some(reason) = anomaly(one) {
            found.anomalies.push(json!({ "cadet_id": cadet_id, "reason": reason, "row": who(one) }));
        }
        cadets.insert(cadet_id);
        found.success_count += 1;
        found.matched.push(entry);
    }
    found.stats = json!({
        "totalParsed": listed.len(),
        "matched": found.matched.len(),
        "unmatched": found.unmatched.len(),
        "duplicates": found.duplicates.len(),
        "successRate": if listed.is_empty() { 0 } else { found.matched.len() * 100 / listed.len() },
    });
    found
}

/// What is strange about the times of an entry.
fn anomaly(one: &Listed) -> Option<&'static str> {
    match (&one.time_in, &one.time_out) {
        (Some(_), None) => Some("missing_time_out"),
        (None, Some(_)) => Some("missing_time_in"),
        (Some(from), Some(to)) => {
            let (from, to) = (times::minutes(from)?, times::minutes(to)?);
            (to < from).then_some("invalid_time_order")
        }
        (None, None) => None,
    }
}
