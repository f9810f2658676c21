use rotc::realtime::OUTBOX;
use serde_json::{Value, json};
use shared::realtime::{Pumped, Signal, pump};
use tests::{EventStream, TestApp, a_cadet};

use super::{EVENTS, beside, greeted, live, publish};

/// The next `count` numbers of events that [`number`] has stored.
async fn numbers(stream: &mut EventStream, count: usize) -> Vec<i64> {
    let mut numbers = Vec::new();
    while numbers.len() < count {
        numbers.extend(stream.data().await["n"].as_i64());
    }
    numbers
}

async fn number(app: &TestApp, n: i64) {
    publish(app, "admin_broadcast", json!({ "n": n })).await;
}

#[tokio::test]
async fn an_event_that_is_committed_late_is_not_lost() {
    let app = live().await;
    let mut stream = greeted(app.as_admin().listen(EVENTS).await).await;
    let store = "INSERT INTO sync_events (event_type, payload) VALUES ('admin_broadcast', $1) RETURNING id";
    let mut slow = tests::cluster::connect(app.database_url()).await;
    let slow = slow.transaction().await.unwrap();
    let lower: i32 = slow.query_one(store, &[&json!({ "n": 1 })]).await.unwrap().get(0);
    let higher: i32 = app.value(store, &[&json!({ "n": 2 })]).await;
    assert!(lower < higher);

    assert_eq!(numbers(&mut stream, 1).await, [2]);
    slow.commit().await.unwrap();
    assert_eq!(numbers(&mut stream, 1).await, [1]);
    number(&app, 3).await;
    assert_eq!(numbers(&mut stream, 1).await, [3], "and neither comes twice");
}

#[tokio::test]
async fn two_processes_tell_everything_once_and_in_the_same_order() {
    let app = live().await;
    let second = beside(&app).await;
    let token = app.as_admin().token().await;
    let mut here = greeted(app.as_admin().listen(EVENTS).await).await;
    let mut there = greeted(second.with_token(&token).listen(EVENTS).await).await;

    for n in 0..50 {
        number(&app, n).await;
    }
    number(&app, 999).await;

    let (one, two) = (numbers(&mut here, 51).await, numbers(&mut there, 51).await);
    assert_eq!(one, two);
    assert_eq!(one, (0..50).chain([999]).collect::<Vec<_>>());
    let state =
        "SELECT count(*), count(*) FILTER (WHERE processed AND processed_at IS NOT NULL) FROM sync_events";
    let rows = app.query(state, &[]).await;
    assert_eq!((rows[0].get::<_, i64>(0), rows[0].get::<_, i64>(1)), (51, 51));
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.event_log", &[]).await, 51);
}

#[tokio::test]
async fn what_was_processed_before_is_not_sent() {
    let app = live().await;
    let insert =
        "INSERT INTO sync_events (event_type, payload, processed) VALUES ('admin_broadcast', $1, TRUE)";
    app.execute(insert, &[&json!({ "n": 1 })]).await;
    let mut stream = greeted(app.as_admin().header("Last-Event-ID", "0").listen(EVENTS).await).await;
    number(&app, 2).await;
    assert_eq!(numbers(&mut stream, 1).await, [2]);
}

#[tokio::test]
async fn only_one_pumps_at_a_time() {
    let app = live().await;
    let holder = app.database().await;
    holder.batch_execute("BEGIN; SELECT pg_advisory_xact_lock(7310442958006)").await.unwrap();
    assert_eq!(pump(&app.app, &OUTBOX).await.unwrap(), Pumped::Busy);
    holder.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(pump(&app.app, &OUTBOX).await.unwrap(), Pumped::Moved(0));
}

#[tokio::test]
async fn a_client_that_says_where_it_was_misses_nothing_when_the_server_starts_anew() {
    let app = live().await;
    let token = app.as_admin().token().await;
    let mut stream = greeted(app.as_admin().listen(EVENTS).await).await;
    number(&app, 1).await;
    number(&app, 2).await;
    let first = stream.frame().await.unwrap();
    assert_eq!(first.data["n"], 1);
    app.app.hub.stop();
    drop(stream);
    number(&app, 3).await;

    let anew = beside(&app).await;
    let client = anew.with_token(&token).header("Last-Event-ID", &first.id.unwrap().to_string());
    let mut stream = greeted(client.listen(EVENTS).await).await;
    number(&app, 4).await;

    assert_eq!(numbers(&mut stream, 3).await, [2, 3, 4]);
}

#[tokio::test]
async fn a_session_remembers_where_its_stream_was() {
    let app = live().await;
    let mut stream = greeted(app.as_admin().listen(EVENTS).await).await;
    number(&app, 1).await;
    assert_eq!(numbers(&mut stream, 1).await, [1]);
    drop(stream);
    number(&app, 2).await;

    let mut stream = greeted(app.as_admin().listen(EVENTS).await).await;
    number(&app, 3).await;
    assert_eq!(numbers(&mut stream, 2).await, [2, 3]);
    drop(stream);

    app.clock.advance(chrono::TimeDelta::minutes(10));
    number(&app, 4).await;
    let mut later = greeted(app.as_admin().listen(EVENTS).await).await;
    number(&app, 5).await;
    let seen = numbers(&mut later, 1).await;
    assert!(seen == [5] || seen == [4], "an old place does not count: {seen:?}");
}

#[tokio::test]
async fn two_sessions_have_their_own_places() {
    let app = live().await;
    let cadet = app.add(a_cadet()).await;
    let mut admin = greeted(app.as_admin().listen(EVENTS).await).await;
    number(&app, 1).await;
    assert_eq!(numbers(&mut admin, 1).await, [1]);
    drop(admin);

    let mut own = greeted(app.as_cadet(&cadet).listen(EVENTS).await).await;
    number(&app, 2).await;
    assert_eq!(numbers(&mut own, 1).await, [2], "what came before the first stream is not for it");
    let mut admin = greeted(app.as_admin().listen(EVENTS).await).await;
    assert_eq!(numbers(&mut admin, 1).await, [2]);
}

#[tokio::test]
async fn whoever_missed_too_much_is_told_to_load_everything() {
    let app = live().await;
    let many = "INSERT INTO sync_events (event_type, payload)
                SELECT 'admin_broadcast', jsonb_build_object('n', n) FROM generate_series(1, 1500) AS n";
    let mut first = greeted(app.as_admin().listen(EVENTS).await).await;
    number(&app, 0).await;
    let begin = first.frame().await.unwrap().id.unwrap();
    app.execute(many, &[]).await;
    numbers(&mut first, 1500).await;

    for place in [begin, 999_999_999] {
        let client = app.as_admin().header("Last-Event-ID", &place.to_string());
        let mut stream = greeted(client.listen(EVENTS).await).await;
        assert_eq!(stream.data().await, json!({ "type": "resync" }));
        number(&app, place).await;
        assert_eq!(numbers(&mut stream, 1).await, [place]);
    }
    let recent = app.as_admin().header("Last-Event-ID", &(begin + 1400).to_string());
    let mut stream = greeted(recent.listen(EVENTS).await).await;
    let first = stream.data().await;
    assert_eq!((&first["type"], &first["n"]), (&json!("admin_broadcast"), &Value::from(1401)));
}

#[tokio::test]
async fn a_client_that_falls_behind_is_dropped_and_nobody_else() {
    let app = live().await;
    let mut healthy = greeted(app.as_admin().listen(EVENTS).await).await;
    let lagging = greeted(app.as_admin().listen(EVENTS).await).await;
    let many = "INSERT INTO sync_events (event_type, payload)
                SELECT 'admin_broadcast', jsonb_build_object('n', n) FROM generate_series(1, 1000) AS n";

    for _ in 0..3 {
        app.execute(many, &[]).await;
        assert_eq!(numbers(&mut healthy, 1000).await, (1..=1000).collect::<Vec<_>>());
    }

    let mut lagging = lagging;
    assert_eq!(lagging.frame().await, None, "the stream has ended");
    let mut subscription = app.app.hub.subscribe(&app.app, &OUTBOX, None, None).await.unwrap();
    number(&app, 7).await;
    assert!(matches!(subscription.next().await, Some(Signal::Event(_))));
}
