//! Events as the messages that sockets carry.

use axum::extract::ws::Utf8Bytes;
use serde_json::{Value, json};
use shared::realtime::protocol;

use super::{audience::number, frames::Stored};
use crate::settings::keys::is_told;

/// Examinations, by the columns of their scores.
const SCORES: [&str; 3] = ["prelim_score", "midterm_score", "final_score"];

/// The message of an event.
pub fn of(event: &Stored) -> Utf8Bytes {
    let (kind, data) = translated(event);
    protocol::message(event.seq, &kind, &data)
}

/// Type and data as sockets know them. What has no words of its own goes as it is stored.
fn translated(event: &Stored) -> (String, Value) {
    let as_stored = || (event.kind.clone(), event.payload.clone());
    match (event.kind.as_str(), event.cadet()) {
        ("merit_added", Some(cadet_id)) => grade_update(event, cadet_id, "merit"),
        ("demerit_added", Some(cadet_id)) => grade_update(event, cadet_id, "demerit"),
        ("merit_deleted" | "demerit_deleted", Some(cadet_id)) => grade_update(event, cadet_id, &event.kind),
        ("grade_updated", Some(cadet_id)) => exam_scores(event, cadet_id).unwrap_or_else(as_stored),
        ("attendance_updated", Some(cadet_id)) => attendance(event, cadet_id),
        ("system_setting_updated", _) => {
            let key = event.payload["key"].as_str().unwrap_or_default();
            let value = event.setting.as_ref().filter(|_| is_told(key));
            ("system_settings_update".to_owned(), json!({ "key": key, "value": value }))
        }
        _ => as_stored(),
    }
}

fn grade_update(event: &Stored, cadet_id: i32, kind: &str) -> (String, Value) {
    let mut data = event.grades.clone().unwrap_or_else(|| json!({}));
    data["cadet_id"] = cadet_id.into();
    data["type"] = kind.into();
    data["points"] = event.payload["points"].clone();
    if !event.payload["reason"].is_null() {
        data["reason"] = event.payload["reason"].clone();
    }
    ("grade_update".to_owned(), data)
}

/// None when no score has changed.
fn exam_scores(event: &Stored, cadet_id: i32) -> Option<(String, Value)> {
    let changed = event.payload["changed"].as_array()?;
    let changed: Vec<&str> =
        changed.iter().filter_map(Value::as_str).filter(|name| SCORES.contains(name)).collect();
    if changed.is_empty() {
        return None;
    }
    let grades = event.grades.clone().unwrap_or_default();
    let data = json!({
        "cadet_id": cadet_id, "prelim_score": grades["prelim_score"], "midterm_score": grades["midterm_score"],
        "final_score": grades["final_score"], "changed_scores": changed,
    });
    Some(("exam_score_update".to_owned(), data))
}

fn attendance(event: &Stored, cadet_id: i32) -> (String, Value) {
    let (grades, times) = (event.grades.clone().unwrap_or_default(), event.times.clone().unwrap_or_default());
    let data = json!({
        "cadet_id": cadet_id, "training_day_id": number(&event.payload["dayId"]), "status": event.payload["status"],
        "attendance_present": grades["attendance_present"],
        "time_in": times["time_in"], "time_out": times["time_out"],
    });
    ("attendance_update".to_owned(), data)
}
