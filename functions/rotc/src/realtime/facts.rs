//! What events only point to: present grades, times of an attendance, words of a notice. Read once for a whole batch.

use std::collections::HashMap;

use serde_json::Value;
use shared::{App, Result, row, sql};

use super::{audience::number, frames::Stored};

/// Values by kind and key.
#[derive(Debug, Default)]
pub struct Facts(HashMap<(String, String), Value>);

row! {
    struct Fact {
        kind: String,
        key: String,
        value: Value,
    }
}

/// What the events of a batch point to.
#[derive(Default)]
struct Wanted {
    cadets: Vec<i32>,
    days: Vec<i32>,
    attendees: Vec<i32>,
    notices: Vec<i32>,
    settings: Vec<String>,
}

impl Facts {
    /// Reads what these events point to.
    pub async fn of(app: &App, events: &[Stored]) -> Result<Self> {
        let wanted = Wanted::by(events);
        if wanted.cadets.is_empty() && wanted.notices.is_empty() && wanted.settings.is_empty() {
            return Ok(Self::default());
        }
        let read = sql!(
            "SELECT 'grades' AS kind, cadet_id::text AS key, jsonb_build_object(
                 'attendance_present', coalesce(attendance_present, 0), 'merit_points', coalesce(merit_points, 0),
                 'demerit_points', coalesce(demerit_points, 0), 'prelim_score', prelim_score,
                 'midterm_score', midterm_score, 'final_score', final_score) AS value
             FROM grades WHERE cadet_id = ANY($1)
             UNION ALL
             SELECT 'attendance', format('%s:%s', records.training_day_id, records.cadet_id),
                    jsonb_build_object('time_in', time_in, 'time_out', time_out)
             FROM attendance_records AS records JOIN unnest($2::int[], $3::int[]) AS wanted (day_id, cadet_id)
                  ON records.training_day_id = wanted.day_id AND records.cadet_id = wanted.cadet_id
             UNION ALL
             SELECT 'notice', id::text, jsonb_build_object(
                 'id', id, 'user_id', user_id, 'message', message, 'type', type, 'is_read', coalesce(is_read, FALSE),
                 'created_at', to_char(created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'))
             FROM notifications WHERE id = ANY($4)
             UNION ALL
             SELECT 'setting', key, to_jsonb(value) FROM system_settings WHERE key = ANY($5) AND value IS NOT NULL"
        );
        let params: [shared::db::Param<'_>; 5] =
            [&wanted.cadets, &wanted.days, &wanted.attendees, &wanted.notices, &wanted.settings];
        let facts: Vec<Fact> = app.db.read().await?.all(read, &params).await?;
        Ok(Self(facts.into_iter().map(|fact| ((fact.kind, fact.key), fact.value)).collect()))
    }

    /// A cadet's totals and scores.
    pub fn grades(&self, cadet_id: i32) -> &Value {
        self.get("grades", &cadet_id.to_string())
    }

    /// When a cadet came and went on a day.
    pub fn attendance(&self, day_id: i32, cadet_id: i32) -> &Value {
        self.get("attendance", &format!("{day_id}:{cadet_id}"))
    }

    /// A notice.
    pub fn notice(&self, id: i32) -> &Value {
        self.get("notice", &id.to_string())
    }

    /// The value of a setting of the system.
    pub fn setting(&self, key: &str) -> &Value {
        self.get("setting", key)
    }

    fn get(&self, kind: &str, key: &str) -> &Value {
        self.0.get(&(kind.to_owned(), key.to_owned())).unwrap_or(&Value::Null)
    }
}

impl Wanted {
    fn by(events: &[Stored]) -> Self {
        let mut wanted = Self::default();
        for event in events {
            match (event.kind.as_str(), event.cadet()) {
                ("notifications_created", _) => wanted.notices.extend(event.notices()),
                ("system_setting_updated", _) => {
                    wanted.settings.extend(event.payload["key"].as_str().map(str::to_owned));
                }
                ("attendance_updated", Some(cadet_id)) => {
                    wanted.cadets.push(cadet_id);
                    if let Some(day_id) = number(&event.payload["dayId"]) {
                        wanted.days.push(day_id);
                        wanted.attendees.push(cadet_id);
                    }
                }
                (kind, Some(cadet_id)) if kind == "grade_updated" || super::frames::is_ledger(kind) => {
                    wanted.cadets.push(cadet_id);
                }
                _ => {}
            }
        }
        wanted
    }
}
