//! The clean-up removes what nobody needs, and only that.

use chrono::{NaiveDateTime, TimeDelta};
use shared::{files::StoredFile, jobs};
use tests::{TestApp, a_cadet};

async fn run(app: &TestApp) {
    jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("jobs are planned");
    let tally = app.work().await;
    assert_eq!((tally.postponed, tally.failed), (0, 0));
}

async fn count(app: &TestApp, table: &str) -> i64 {
    app.value(&format!("SELECT count(*) FROM {table}"), &[]).await
}

#[tokio::test]
async fn read_notices_and_sent_events_go_when_they_are_old() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("DELETE FROM sync_events", &[]).await;
    let days = |days: i64| -> NaiveDateTime { (app.clock.now() - TimeDelta::days(days)).naive_utc() };
    let notice = "INSERT INTO notifications (user_id, message, type, is_read, created_at) VALUES ($1, $2, 'x', $3, $4)";
    for (user, text, read, age) in [
        (Some(cadet.user_id), "read and old", true, 31),
        (Some(cadet.user_id), "read and new", true, 29),
        (Some(cadet.user_id), "unread and old", false, 400),
        (None, "for everyone, unread", false, 400),
    ] {
        app.execute(notice, &[&user, &text, &read, &days(age)]).await;
    }
    let event =
        "INSERT INTO sync_events (event_type, processed, processed_at, created_at) VALUES ($1, $2, $3, $4)";
    for (kind, sent, age) in [("sent and old", true, 8), ("sent and new", true, 6), ("waits", false, 400)] {
        app.execute(event, &[&kind, &sent, &sent.then(|| days(age)), &days(400)]).await;
    }
    let before: i64 = app.value("SELECT count(*) FROM audit_logs WHERE operation = 'DELETE'", &[]).await;

    run(&app).await;

    let kept = app.query("SELECT message FROM notifications ORDER BY message", &[]).await;
    let kept: Vec<String> = kept.iter().map(|row| row.get(0)).collect();
    assert_eq!(kept, ["for everyone, unread", "read and new", "unread and old"]);
    let kept = app.query("SELECT event_type FROM sync_events WHERE event_type <> 'notifications_created' ORDER BY event_type", &[]).await;
    assert_eq!(kept.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["sent and new", "waits"]);
    let told: i64 = app
        .value("SELECT (payload->>'deleted')::bigint FROM audit_logs WHERE operation = 'CLEAN_UP'", &[])
        .await;
    assert_eq!(told, 1);
    assert_eq!(
        app.value::<i64>("SELECT count(*) FROM audit_logs WHERE operation = 'DELETE'", &[]).await,
        before
    );
}

#[tokio::test]
async fn ended_sessions_go_and_running_ones_stay() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get("/api/cadet/profile").await.is(200);
    let insert = "INSERT INTO muster.sessions (id, user_id, idle_expires_at, absolute_expires_at, revoked_at)
                  VALUES (gen_random_uuid(), $1::int, $2, $3, $4)";
    let now = app.clock.now();
    let (past, recent, future) =
        (now - TimeDelta::days(8), now - TimeDelta::hours(2), now + TimeDelta::hours(1));
    for (idle, absolute, revoked) in [
        (past, future, None),
        (past, past, None),
        (future, future, Some(past)),
        (recent, future, None),
        (future, future, Some(recent)),
    ] {
        app.execute(insert, &[&cadet.user_id, &idle, &absolute, &revoked]).await;
    }
    let link = "INSERT INTO muster.signin_links (id, code_hash, user_id, expires_at) VALUES (gen_random_uuid(), $1, 1, $2)";
    app.execute(link, &[&b"a".as_slice(), &past]).await;
    app.execute(link, &[&b"b".as_slice(), &future]).await;
    for at in [past, recent] {
        app.execute(
            "INSERT INTO muster.signin_failures (account, address, at) VALUES ('a', 'b', $1)",
            &[&at],
        )
        .await;
        let key = at.to_string();
        app.execute(
            "INSERT INTO muster.rate_limits (key, window_start, hits) VALUES ($1, $2, 1)",
            &[&key, &at],
        )
        .await;
        app.execute("INSERT INTO muster.lockouts (account, locked_until) VALUES ($1, $2)", &[&key, &at])
            .await;
    }

    run(&app).await;

    assert_eq!(count(&app, "muster.sessions").await, 3, "the running one and those that ended today");
    app.as_cadet(&cadet).get("/api/cadet/profile").await.is(200);
    for table in ["signin_links", "signin_failures", "rate_limits", "lockouts"] {
        assert_eq!(count(&app, &format!("muster.{table}")).await, 1, "{table}");
    }
}

#[tokio::test]
async fn finished_work_goes_after_a_month_and_states_go_with_their_notices() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let now = app.clock.now();
    for (status, age) in [("done", Some(31)), ("failed", Some(31)), ("done", Some(29)), ("queued", None)] {
        let finished = age.map(|days| now - TimeDelta::days(days));
        let job =
            "INSERT INTO muster.jobs (kind, payload, status, finished_at) VALUES ('nothing', '{}', $1, $2)";
        app.execute(job, &[&status, &finished]).await;
    }
    for age in [Some(31), Some(29), None] {
        let sent = age.map(|days| now - TimeDelta::days(days));
        let mail = "INSERT INTO muster.mails (recipient, subject, text_body, html_body, sent_at) VALUES ('a', 'b', 'c', 'd', $1)";
        app.execute(mail, &[&sent]).await;
    }
    let notice: i32 = app
        .value("INSERT INTO notifications (message, type) VALUES ('a', 'activity') RETURNING id", &[])
        .await;
    for (user, about) in [(cadet.user_id, notice), (cadet.user_id, 999_999), (999_999, notice)] {
        app.execute(
            "INSERT INTO muster.notification_states (user_id, notification_id) VALUES ($1, $2)",
            &[&user, &about],
        )
        .await;
    }

    run(&app).await;
    run(&app).await;

    let left: i64 = app.value("SELECT count(*) FROM muster.jobs WHERE kind = 'nothing'", &[]).await;
    assert_eq!((left, count(&app, "muster.mails").await), (2, 2));
    assert_eq!(count(&app, "muster.notification_states").await, 1);
}

#[tokio::test]
async fn more_rows_than_one_batch_go_and_the_inbox_stays_fast() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.execute("ALTER TABLE notifications DISABLE TRIGGER USER", &[]).await;
    let fill = "INSERT INTO notifications (message, type, is_read, created_at)
                SELECT 'Performance alerts: x', 'perf_alert', n <= 12000, TIMESTAMP '2025-01-01' + n * interval '30 seconds'
                FROM generate_series(1, 60000) AS n";
    app.execute(fill, &[]).await;
    let activity = "INSERT INTO notifications (message, type, created_at) VALUES ('New', 'activity', TIMESTAMP '2024-06-01')";
    app.execute(activity, &[]).await;
    app.execute("ANALYZE notifications", &[]).await;

    let seen = app.as_cadet(&cadet).get("/api/cadet/notifications").await.is(200).json();
    assert_eq!(seen.as_array().map(Vec::len), Some(1));
    let admins = app.as_admin().get("/api/admin/notifications").await.is(200).json();
    assert_eq!(admins.as_array().map(Vec::len), Some(50));
    let plan = app.query(
        "EXPLAIN SELECT id FROM notifications WHERE user_id IS NULL ORDER BY created_at DESC, id DESC LIMIT 50", &[]).await;
    let plan: String = plan.iter().map(|row| row.get::<_, String>(0)).collect();
    assert!(plan.contains("idx_muster_notifications_global"), "{plan}");

    run(&app).await;
    assert_eq!(count(&app, "notifications").await, 48_001);
}

#[tokio::test]
async fn files_of_exports_imports_and_reports_go_when_nobody_can_fetch_them_any_more() {
    let app = TestApp::rotc().await;
    let vault = app.app.files.vault();
    let (waits, printed) = (app.app.ids.uuid(), app.app.ids.uuid());
    let places = [
        "downloads/1/cadets.csv".to_owned(),
        "imports/cancelled-0".to_owned(),
        "imports/waits-0".to_owned(),
        format!("reports/{}", app.app.ids.uuid()),
        format!("reports/{waits}"),
        format!("reports/{printed}"),
        "backups/kept.json".to_owned(),
    ];
    for place in &places {
        let file = StoredFile { body: "personal".into(), content_type: "text/plain".to_owned() };
        vault.put_file(place, file).await.expect("it is stored");
    }
    // Jobs that run elsewhere the whole time.
    let job = "INSERT INTO muster.jobs (id, kind, payload, status, lease_until)
               VALUES ($1, $2, jsonb_build_object('files', jsonb_build_array(jsonb_build_object('name', 'x', 'place', $3::text))),
                       $4, CASE $4 WHEN 'running' THEN $5::timestamptz END)";
    // The store's clock is that of the machine.
    let ahead = shared::clock::Clock::default().now() - app.clock.now();
    let long = app.clock.now() + ahead + TimeDelta::days(9);
    let none = "none";
    for (id, kind, place, status) in [
        (app.app.ids.uuid(), "import_file", "imports/cancelled-0", "cancelled"),
        (app.app.ids.uuid(), "import_file", "imports/waits-0", "running"),
        (waits, "batch_profiles", none, "running"),
    ] {
        app.execute(job, &[&id, &kind, &place, &status, &long]).await;
    }
    app.execute(
        "INSERT INTO muster.report_files (task_id, kind, file_name, content_type, started_by, made_at)
         VALUES ($1, 'x', 'x', 'x', $2, $3)",
        &[&printed, &app.admin_id().await, &long],
    )
    .await;

    app.clock.advance(ahead + TimeDelta::hours(23));
    run(&app).await;
    assert_eq!(app.stored_files().len(), places.len(), "none is a day old");
    app.clock.advance(TimeDelta::hours(25));
    run(&app).await;

    let mut left = Vec::new();
    for place in &places {
        if vault.size(place).await.expect("the store answers").is_some() {
            left.push(place.as_str());
        }
    }
    assert_eq!(left, ["imports/waits-0", &places[4], &places[5], "backups/kept.json"]);
}

#[tokio::test]
async fn an_installation_without_a_bucket_is_cleaned_up_too() {
    let app = TestApp::with(|config| config.files.bucket.clear()).await;
    run(&app).await;
    let failed = "SELECT count(*) FROM muster.jobs WHERE status <> 'done' OR last_error IS NOT NULL";
    assert_eq!(app.value::<i64>(failed, &[]).await, 0);
}
