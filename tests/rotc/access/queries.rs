use http::Method;
use serde_json::json;
use tests::TestApp;

use super::{
    Row,
    fixture::{self, Caller},
    rows,
};

/// Thirty times as much of everything, of the whole unit and of each caller.
const GROW: &str = "
    CREATE TEMP TABLE new_cadets ON COMMIT PRESERVE ROWS AS SELECT n, 990000 + n AS id FROM generate_series(1, 30) AS n;
    INSERT INTO cadets (id, first_name, last_name, student_id, company, cadet_course, course, religion, status,
                        is_profile_completed, is_archived)
        SELECT id, 'Z', 'Z' || n, 'G-' || n, 'C' || n, 'MS' || n, 'BS' || n, 'R' || n,
               CASE n % 3 WHEN 0 THEN 'Completed' ELSE 'S' || n END, TRUE, n % 5 = 0 FROM new_cadets;
    INSERT INTO users (id, username, password, role, cadet_id, is_approved, last_latitude, last_longitude)
        SELECT id, 'G-' || n, 'x', 'cadet', id, (n % 7 <> 0)::int, 8, 124 FROM new_cadets;
    INSERT INTO grades (cadet_id, lifetime_merit_points) SELECT id, 10 * n FROM new_cadets;
    INSERT INTO training_staff (id, first_name, last_name, rank, is_archived)
        SELECT id, 'Z', 'Z' || n, 'R' || n, n % 5 = 0 FROM new_cadets;
    INSERT INTO training_days (id, date, title) SELECT id, '2026-01-' || n, 'T' FROM new_cadets;
    INSERT INTO attendance_records (training_day_id, cadet_id, status)
        SELECT days.id, cadets.id, 'absent' FROM training_days AS days CROSS JOIN cadets
        ON CONFLICT (training_day_id, cadet_id) DO NOTHING;
    INSERT INTO staff_attendance_records (training_day_id, staff_id, status)
        SELECT days.id, staff.id, 'late' FROM training_days AS days CROSS JOIN training_staff AS staff
        ON CONFLICT (training_day_id, staff_id) DO NOTHING;
    INSERT INTO merit_demerit_logs (cadet_id, type, points) SELECT cadets.id, 'merit', n FROM cadets, new_cadets;
    INSERT INTO excuse_letters (cadet_id, date_absent, reason)
        SELECT cadets.id, '2026-01-05', 'R' FROM cadets, new_cadets;
    INSERT INTO notifications (user_id, message, type) SELECT users.id, 'N', 'grade' FROM users, new_cadets;
    INSERT INTO notifications (user_id, message, type) SELECT NULL, 'N', 'activity' FROM new_cadets;
    INSERT INTO admin_messages (user_id, subject, message) SELECT users.id, 'S', 'M' FROM users, new_cadets;
    INSERT INTO staff_messages (sender_staff_id, content) SELECT staff.id, 'C' FROM training_staff AS staff;
    INSERT INTO activities (id, title) SELECT id, 'A' FROM new_cadets;
    INSERT INTO activity_images (activity_id, image_path)
        SELECT activities.id, '/uploads/x.png' FROM activities, new_cadets";

#[tokio::test]
async fn reading_asks_the_database_no_more_often_when_the_unit_grows() {
    let app = fixture::world().await;
    // An event stream reads what has happened since it was last open: as much as that is.
    let is_list = |row: &Row| row.method == Method::GET && !row.path.ends_with("/events");
    let rows: Vec<Row> = rows().into_iter().filter(is_list).collect();
    for row in &rows {
        asked(&app, row).await;
    }
    let mut before = Vec::new();
    for row in &rows {
        before.push(asked(&app, row).await);
    }

    assert!(before.iter().any(|count| *count > 3), "statements are counted: {before:?}");

    app.database().await.batch_execute(GROW).await.unwrap_or_else(|error| panic!("{error:?}"));

    let mut grown = Vec::new();
    for (row, before) in rows.iter().zip(before) {
        let after = asked(&app, row).await;
        if after > before {
            grown.push(format!("{}: {before} statements for few, {after} for many", row.path));
        }
    }
    assert!(grown.is_empty(), "ask once for all of them:\n{}", grown.join("\n"));
}

/// How many statements the first who may see it costs, with nothing kept.
async fn asked(app: &TestApp, row: &Row) -> i64 {
    let may = |(cell, _): &(&String, Caller)| ["yes", "own"].contains(&cell.as_str());
    let Some((_, caller)) = row.cells.iter().zip(Caller::ALL).find(may) else { return 0 };
    app.app.db.versions().all_changed().await;
    let before = app.times_run("").await;
    caller.client(app).json(Method::GET, &super::url(row), &json!({})).await;
    app.times_run("").await - before
}
