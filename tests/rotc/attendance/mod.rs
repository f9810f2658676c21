//! Training days and attendance.

mod bulk;
mod days;
mod history;
mod marking;
mod qr_code;
mod races;
mod resource;
mod scanning;
mod sheet;
mod staff;

use serde_json::Value;
use tests::{Cadet, TestApp, TrainingDay};

/// Status, remarks, time in and time out of a cadet's only record for the day.
async fn record(app: &TestApp, day: &TrainingDay, cadet: &Cadet) -> [Option<String>; 4] {
    let find = "SELECT status, remarks, time_in, time_out FROM attendance_records
                WHERE training_day_id = $1 AND cadet_id = $2";
    let rows = app.query(find, &[&day.id, &cadet.id]).await;
    assert_eq!(rows.len(), 1, "one record for each day and cadet");
    [0, 1, 2, 3].map(|column| rows[0].get(column))
}

/// The record as texts, empty for what is not there.
async fn texts(app: &TestApp, day: &TrainingDay, cadet: &Cadet) -> [String; 4] {
    record(app, day, cadet).await.map(Option::unwrap_or_default)
}

/// The attended days in the cadet's grades, which are those of the records.
async fn attended(app: &TestApp, cadet: &Cadet) -> i32 {
    let counted = "SELECT count(*)::int FROM attendance_records
                   WHERE cadet_id = $1 AND status IN ('present', 'late', 'excused')";
    let total = app.value("SELECT attendance_present FROM grades WHERE cadet_id = $1", &[&cadet.id]).await;
    assert_eq!(app.value::<i32>(counted, &[&cadet.id]).await, total, "the grades hold what is recorded");
    total
}

/// What the cadet was told, oldest first.
async fn notices(app: &TestApp, user_id: i32) -> Vec<String> {
    let list = "SELECT message FROM notifications WHERE user_id = $1 AND type = 'attendance' ORDER BY id";
    app.query(list, &[&user_id]).await.iter().map(|row| row.get(0)).collect()
}

/// The payloads of the events of a kind, oldest first.
async fn events(app: &TestApp, kind: &str) -> Vec<Value> {
    let list = "SELECT payload FROM sync_events WHERE event_type = $1 ORDER BY id";
    app.query(list, &[&kind]).await.iter().map(|row| row.get(0)).collect()
}

/// How many rows there are.
async fn count(app: &TestApp, table: &str) -> i64 {
    app.value(&format!("SELECT count(*) FROM {table}"), &[]).await
}
