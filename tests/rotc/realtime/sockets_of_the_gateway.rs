//! WebSockets that the gateway holds: its events go in, and its address for messages is a server of this test.

use chrono::TimeDelta;
use rotc::realtime::OUTBOX;
use serde_json::{Value, json};
use shared::realtime::gateway::{deliver, handle};
use tests::{Gateway, TestApp, a_cadet, socket_event as event};

use super::{praise, publish};

async fn app() -> (TestApp, Gateway) {
    let (gateway, address) = Gateway::start().await;
    let app = TestApp::with(|config| {
        config.realtime.sockets.endpoint = Some(address);
        config.realtime.sockets.keys = Some(("key".to_owned(), "secret".to_owned().into()));
    });
    (app.await, gateway)
}

async fn connect(app: &TestApp, id: &str, token: &str) -> u16 {
    let opened = event("connect", id, |event| event["queryStringParameters"]["token"] = token.into());
    handle(&app.app, &OUTBOX, opened).await.expect("the event is handled")
}

async fn say(app: &TestApp, id: &str, message: Value) -> u16 {
    let said = event("message", id, |event| event["body"] = message.to_string().into());
    handle(&app.app, &OUTBOX, said).await.expect("the event is handled")
}

#[tokio::test]
async fn a_socket_is_opened_with_a_token_only() {
    let (app, _) = app().await;
    let cadet = app.add(a_cadet()).await;
    let without = event("connect", "a=", |event| event["queryStringParameters"] = Value::Null);
    assert_eq!(handle(&app.app, &OUTBOX, without).await.unwrap(), 401);
    assert_eq!(connect(&app, "b=", "wrong").await, 401);
    let count = "SELECT count(*) FROM muster.sockets";
    assert_eq!(app.value::<i64>(count, &[]).await, 0);

    assert_eq!(connect(&app, "c=", &app.as_cadet(&cadet).token().await).await, 200);
    assert_eq!(app.value::<i64>(count, &[]).await, 1);
    handle(&app.app, &OUTBOX, event("disconnect", "c=", |_| ())).await.unwrap();
    assert_eq!(app.value::<i64>(count, &[]).await, 0);
}

#[tokio::test]
async fn the_worker_greets_and_tells_each_socket_what_it_may_know() {
    let (app, gateway) = app().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    connect(&app, "own=", &app.as_cadet(&cadet).token().await).await;
    connect(&app, "other=", &app.as_cadet(&other).token().await).await;
    praise(&app, &cadet, 4).await;
    publish(&app, "admin_broadcast", json!({ "n": 1 })).await;

    let delivered = deliver(&app.app, &OUTBOX).await.unwrap();

    assert_eq!((delivered.current, delivered.gone, delivered.failed), (2, 0, 0));
    let kinds = |messages: &[Value]| -> Vec<String> {
        messages.iter().map(|message| message["type"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let own = gateway.sent("own=");
    let told = kinds(&own);
    assert_eq!(told.first().map(String::as_str), Some("connection_established"));
    assert!(told.contains(&"grade_update".to_owned()), "{told:?}");
    assert_eq!(kinds(&gateway.sent("other=")), ["connection_established", "admin_broadcast"]);
    assert!(
        own.windows(2).all(|pair| pair[0]["event_id"].as_i64() <= pair[1]["event_id"].as_i64()),
        "{own:?}"
    );

    assert_eq!(deliver(&app.app, &OUTBOX).await.unwrap().current, 0, "nothing twice");
    publish(&app, "admin_broadcast", json!({ "n": 2 })).await;
    deliver(&app.app, &OUTBOX).await.unwrap();
    assert_eq!(gateway.sent("other=")[0]["data"], json!({ "n": 2 }));
}

#[tokio::test]
async fn sockets_that_are_gone_or_whose_session_has_ended_are_forgotten() {
    let (app, gateway) = app().await;
    let cadet = app.add(a_cadet()).await;
    connect(&app, "gone=", &app.as_admin().token().await).await;
    connect(&app, "ended=", &app.as_cadet(&cadet).token().await).await;
    app.as_cadet(&cadet).post("/api/auth/logout", json!({})).await.is(200);
    publish(&app, "admin_broadcast", json!({ "n": 1 })).await;

    assert_eq!(deliver(&app.app, &OUTBOX).await.unwrap().gone, 2);

    assert_eq!(gateway.sent("ended="), [json!("closed")]);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.sockets", &[]).await, 0);
}

#[tokio::test]
async fn clients_ping_and_ask_for_what_they_missed() {
    let (app, gateway) = app().await;
    let token = app.as_admin().token().await;
    for n in 0..3 {
        publish(&app, "admin_broadcast", json!({ "n": n })).await;
    }
    assert_eq!(connect(&app, "admin=", &token).await, 200);
    publish(&app, "admin_broadcast", json!({ "n": 3 })).await;

    assert_eq!(say(&app, "admin=", json!({ "type": "ping", "timestamp": 5 })).await, 200);
    let sent = gateway.sent("admin=");
    assert_eq!(sent[0]["type"], "connection_established");
    assert_eq!(sent[1], json!({ "type": "pong", "timestamp": 5 }));
    say(&app, "admin=", json!({ "type": "replay_request", "last_event_id": 0 })).await;
    let sent = gateway.sent("admin=");
    assert_eq!(sent.len(), 4);
    assert_eq!((&sent[0]["type"], &sent[0]["data"]), (&json!("sync_event"), &json!({ "n": 0 })));
    assert_eq!(sent[3], json!({ "type": "replay_complete", "count": 3 }));
    deliver(&app.app, &OUTBOX).await.unwrap();
    let sent = gateway.sent("admin=");
    assert_eq!(sent.len(), 1, "greeted once, and only what is new: {sent:?}");
    assert_eq!(say(&app, "unknown=", json!({ "type": "ping" })).await, 410);
}

#[tokio::test]
async fn old_numbers_places_and_sockets_are_swept_away() {
    let (app, _) = app().await;
    connect(&app, "old=", &app.as_admin().token().await).await;
    for n in 0..3 {
        publish(&app, "admin_broadcast", json!({ "n": n })).await;
    }
    app.as_admin().get("/api/events").await.is(200);
    app.execute("UPDATE muster.event_log SET created_at = $1", &[&app.clock.now()]).await;
    shared::jobs::plan(&app.app, rotc::SYSTEM.jobs).await.unwrap();
    app.work().await;
    let count = "SELECT (SELECT count(*) FROM muster.event_log) * 100
                        + (SELECT count(*) FROM muster.event_cursors) * 10 + (SELECT count(*) FROM muster.sockets)";
    assert_eq!(app.value::<i64>(count, &[]).await, 311, "nothing is old yet");

    app.clock.advance(TimeDelta::days(8));
    shared::jobs::plan(&app.app, rotc::SYSTEM.jobs).await.unwrap();
    app.work().await;

    assert_eq!(app.value::<i64>(count, &[]).await, 100, "only the newest number is left");
}
