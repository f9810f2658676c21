//! Live events of a system with users by UUID and several tenants, on the outbox that all systems have.

use std::time::Duration;

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    response::Response,
    routing::get,
};
use chrono::TimeDelta;
use futures_util::{FutureExt, future::BoxFuture};
use http::HeaderMap;
use serde_json::{Value, json};
use shared::{
    App, Result,
    auth::{
        principal::{self, Call, Principal, Signed},
        session::{self, Device},
        token::Claims,
    },
    config::Config,
    db::{Actor, Scope, UserKey, migrate::MigrationSet},
    error::Kind,
    realtime::{
        Caller, Listener, Source, Style, Topic,
        gateway::{deliver, handle},
        serve_socket, serve_stream, sweep,
    },
    sql,
    system::{Group, System},
};
use tests::{EventStream, Gateway, Listening, Socket, TestApp, socket_event};
use utoipa_axum::router::OpenApiRouter;
use uuid::Uuid;

const A: Uuid = Uuid::from_u128(0xa);
const B: Uuid = Uuid::from_u128(0xb);

const TEACHER_A: Uuid = Uuid::from_u128(0xa1);
const STUDENT_A: Uuid = Uuid::from_u128(0xa2);
const TEACHER_B: Uuid = Uuid::from_u128(0xb1);
/// A teacher of no tenant.
const OUTSIDER: Uuid = Uuid::from_u128(0xc1);

const TEACHERS: Topic = Topic::role("teacher");
const STUDENTS: Topic = Topic::role("student");

mod system;

use system::{Events, SYSTEM};

async fn classes(change: impl FnOnce(&mut Config)) -> TestApp {
    let app = TestApp::of(&SYSTEM, change).await;
    let tables = format!(
        "CREATE TABLE public.people (id uuid PRIMARY KEY, tenant_id uuid, role text NOT NULL, active boolean DEFAULT TRUE);
         INSERT INTO public.people VALUES ('{TEACHER_A}', '{A}', 'teacher'), ('{STUDENT_A}', '{A}', 'student'),
             ('{TEACHER_B}', '{B}', 'teacher'), ('{OUTSIDER}', NULL, 'teacher');
         SELECT muster.isolate('public.people', 'tenant_id');
         SELECT muster.restricted_role('muster_test_live')"
    );
    app.database().await.batch_execute(&tables).await.expect("it succeeds");
    app
}

async fn held() -> TestApp {
    classes(|config| (config.realtime.held, config.database.pool_size) = (true, 4)).await
}

/// A token of a new session, and the session.
async fn sign_in(app: &TestApp, person: Uuid) -> (String, Uuid) {
    let mut change = app.app.db.change_for_system("sign-in").await.expect("it succeeds");
    let tokens = session::open(&app.app, &mut change, person, &Device::default()).await;
    change.commit().await.expect("it succeeds");
    let tokens = tokens.expect("a session");
    (tokens.access, tokens.session)
}

async fn publish(app: &TestApp, scope: Scope, kind: &'static str, topics: &[Topic]) {
    let mut change = app.app.db.change_for_system_in(&scope, "a test").await.expect("it succeeds");
    change.publish(kind, topics, &json!({ "n": 1 })).await.expect("it succeeds");
    change.commit().await.expect("it succeeds");
}

/// An announcement of the platform, after which nothing more is expected.
async fn publish_end(app: &TestApp) {
    publish(app, Scope::Platform("announcement".to_owned()), "end", &[TEACHERS, STUDENTS]).await;
}

async fn stream(app: &TestApp, token: &str) -> EventStream {
    let mut stream = app.with_token(token).listen("/live").await;
    assert_eq!(stream.data().await["type"], "connected");
    stream
}

async fn socket(server: &Listening, token: &str) -> (Socket, Value) {
    let mut socket = server.socket(&format!("/live/socket?token={token}")).await;
    let greeting = socket.message().await;
    assert_eq!(greeting["type"], "connection_established");
    (socket, greeting)
}

async fn kinds(stream: &mut EventStream) -> Vec<String> {
    let frames = stream.until("end").await;
    frames.iter().map(|frame| frame.data["type"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn event_of_a_tenant_reaches_its_streams_only() {
    let app = held().await;
    let mut streams = Vec::new();
    for person in [TEACHER_A, STUDENT_A, TEACHER_B, OUTSIDER] {
        streams.push(stream(&app, &sign_in(&app, person).await.0).await);
    }

    // The same role, user, record and room mean something else in another tenant.
    let everything = [TEACHERS, Topic::user(TEACHER_B), Topic::user(OUTSIDER), Topic::room("lobby")];
    publish(&app, Scope::tenant(A), "lesson.started", &everything).await;
    publish(&app, Scope::tenant(A), "grades.published", &[TEACHERS]).await;
    publish_end(&app).await;

    let mut heard = Vec::new();
    for stream in &mut streams {
        heard.push(kinds(stream).await);
    }
    assert_eq!(heard[0], ["lesson.started", "grades.published", "end"]);
    assert_eq!(heard[1], ["lesson.started", "end"]);
    assert_eq!(heard[2], ["end"]);
    assert_eq!(heard[3], ["end"]);
}

#[tokio::test]
async fn frame_has_number_type_data_and_time() {
    let app = held().await;
    let mut stream = stream(&app, &sign_in(&app, TEACHER_A).await.0).await;
    publish(&app, Scope::tenant(A), "lesson.started", &[TEACHERS]).await;

    let frame = stream.frame().await.unwrap();

    assert!(frame.id.is_some());
    assert_eq!((&frame.data["type"], &frame.data["data"]), (&json!("lesson.started"), &json!({ "n": 1 })));
    assert!(frame.data["timestamp"].as_str().unwrap().ends_with('Z'));
    assert_eq!(frame.data.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn event_of_a_tenant_reaches_its_sockets_only() {
    let app = held().await;
    let server = app.serve().await;
    let (mut own, greeting) = socket(&server, &sign_in(&app, TEACHER_A).await.0).await;
    let (mut foreign, _) = socket(&server, &sign_in(&app, TEACHER_B).await.0).await;
    let (mut outside, _) = socket(&server, &sign_in(&app, OUTSIDER).await.0).await;
    assert_eq!((&greeting["user_id"], &greeting["role"]), (&json!(TEACHER_A), &json!("teacher")));
    assert_eq!(server.socket("/live/socket?token=wrong").await.next().await, Err(4001));

    publish(&app, Scope::tenant(A), "lesson.started", &[TEACHERS, Topic::room("lobby")]).await;
    publish_end(&app).await;

    let message = own.message().await;
    assert_eq!((&message["type"], &message["data"]), (&json!("lesson.started"), &json!({ "n": 1 })));
    assert!(message["event_id"].is_i64());
    for socket in [&mut own, &mut foreign, &mut outside] {
        assert_eq!(socket.message().await["type"], "end");
    }
}

async fn behind_a_gateway() -> (TestApp, Gateway) {
    let (gateway, address) = Gateway::start().await;
    let app = classes(|config| {
        config.realtime.sockets.endpoint = Some(address);
        config.realtime.sockets.keys = Some(("key".to_owned(), "secret".to_owned().into()));
    });
    (app.await, gateway)
}

async fn connect(app: &TestApp, id: &str, token: &str) -> u16 {
    let opened = socket_event("connect", id, |event| event["queryStringParameters"]["token"] = token.into());
    handle(&app.app, &Events, opened).await.expect("the event is handled")
}

#[tokio::test]
async fn event_of_a_tenant_reaches_its_sockets_of_the_gateway_only() {
    let (app, gateway) = behind_a_gateway().await;
    for (id, person) in [("a=", TEACHER_A), ("b=", TEACHER_B), ("none=", OUTSIDER)] {
        assert_eq!(connect(&app, id, &sign_in(&app, person).await.0).await, 200);
    }
    assert_eq!(connect(&app, "x=", "wrong").await, 401);
    publish(&app, Scope::tenant(A), "lesson.started", &[TEACHERS, Topic::room("lobby")]).await;
    publish_end(&app).await;

    assert_eq!(deliver(&app.app, &Events).await.unwrap().current, 3);

    let sent = |id: &str| -> Vec<String> {
        let messages = gateway.sent(id).into_iter();
        messages.map(|message| message["type"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(sent("a="), ["connection_established", "lesson.started", "end"]);
    assert_eq!(sent("b="), ["connection_established", "end"]);
    assert_eq!(sent("none="), ["connection_established", "end"]);
}

#[tokio::test]
async fn listener_whose_session_ends_is_dropped() {
    let app = classes(|config| {
        (config.realtime.held, config.database.pool_size) = (true, 4);
        config.realtime.heartbeat = Duration::from_millis(50);
    })
    .await;
    let server = app.serve().await;
    let (token, session) = sign_in(&app, TEACHER_A).await;
    let (mut revoked, _) = socket(&server, &token).await;
    let mut revoked_stream = stream(&app, &token).await;
    let (mut left, _) = socket(&server, &sign_in(&app, STUDENT_A).await.0).await;
    let (mut stays, _) = socket(&server, &sign_in(&app, TEACHER_B).await.0).await;

    let mut change = app.app.db.change_for_system("sign-out").await.unwrap();
    session::revoke(&app.app, &mut change, session, "sign-out").await.unwrap();
    change.commit().await.unwrap();
    app.execute("UPDATE people SET active = FALSE WHERE id = $1", &[&STUDENT_A]).await;

    assert_eq!(revoked.next().await, Err(4001));
    assert_eq!(left.next().await, Err(4001), "by the system's own idea of a live session");
    revoked_stream.rest().await;
    publish_end(&app).await;
    assert_eq!(stays.message().await["type"], "end");
}

#[tokio::test]
async fn socket_of_the_gateway_is_closed_when_its_session_has_ended() {
    let (app, gateway) = behind_a_gateway().await;
    connect(&app, "a=", &sign_in(&app, TEACHER_A).await.0).await;
    app.execute("UPDATE people SET active = FALSE", &[]).await;
    publish_end(&app).await;

    assert_eq!(deliver(&app.app, &Events).await.unwrap().gone, 1);

    assert_eq!(gateway.sent("a="), [json!("closed")]);
}

/// As after an upgrade whose edition writes listeners otherwise.
#[tokio::test]
async fn unreadable_socket_of_the_gateway_is_forgotten_and_holds_up_no_other() {
    let (app, gateway) = behind_a_gateway().await;
    for (id, person) in [("a=", TEACHER_A), ("b=", TEACHER_B)] {
        connect(&app, id, &sign_in(&app, person).await.0).await;
    }
    app.execute("UPDATE muster.sockets SET listener = '{}' WHERE connection_id = 'a='", &[]).await;
    publish_end(&app).await;

    assert_eq!(deliver(&app.app, &Events).await.unwrap().current, 1);

    assert!(!gateway.sent("b=").is_empty());
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.sockets", &[]).await, 1);
}

#[tokio::test]
async fn client_that_comes_back_gets_what_it_missed_in_its_tenant() {
    let app = held().await;
    let (token, _) = sign_in(&app, TEACHER_A).await;
    let mut first = stream(&app, &token).await;
    publish(&app, Scope::tenant(A), "first", &[TEACHERS]).await;
    let place = first.frame().await.unwrap().id.unwrap();
    drop(first);
    publish(&app, Scope::tenant(A), "missed", &[TEACHERS]).await;
    publish(&app, Scope::tenant(B), "foreign", &[TEACHERS]).await;
    publish_end(&app).await;

    let mut by_session = stream(&app, &token).await;
    assert_eq!(kinds(&mut by_session).await, ["missed", "end"]);
    let mut by_number =
        app.with_token(&token).header("Last-Event-ID", &place.to_string()).listen("/live").await;
    by_number.data().await;
    assert_eq!(kinds(&mut by_number).await, ["missed", "end"]);

    let server = app.serve().await;
    let (mut socket, _) = socket(&server, &token).await;
    socket.say(json!({ "type": "replay_request", "last_event_id": place })).await;
    let missed = socket.message().await;
    assert_eq!((&missed["type"], &missed["replayed"]), (&json!("missed"), &json!(true)));
    assert_eq!(socket.message().await["type"], "end");
    assert_eq!(socket.message().await, json!({ "type": "replay_complete", "count": 2 }));
}

#[tokio::test]
async fn short_stream_of_a_function_answers_what_is_new_and_ends() {
    let app = classes(|_| ()).await;
    // In tests the first number is far from zero, where an empty log begins.
    publish_end(&app).await;
    let (own, foreign) = (sign_in(&app, TEACHER_A).await.0, sign_in(&app, TEACHER_B).await.0);
    for token in [&own, &foreign] {
        assert_eq!(app.with_token(token).listen("/live").await.rest().await.len(), 1, "the greeting");
    }
    publish(&app, Scope::tenant(A), "lesson.started", &[TEACHERS]).await;

    let frames = app.with_token(&own).listen("/live").await.rest().await;
    assert_eq!((frames.len(), &frames[1].data["type"]), (2, &json!("lesson.started")));
    assert_eq!(app.with_token(&own).listen("/live").await.rest().await.len(), 1, "nothing twice");
    assert_eq!(app.with_token(&foreign).listen("/live").await.rest().await.len(), 1);
    app.anonymous().get("/live").await.is(401);
}

#[tokio::test]
async fn event_without_a_tenant_is_refused_unless_the_platform_publishes_it() {
    let app = classes(|_| ()).await;
    let mut change = app.app.db.change_for_system("a job that forgot").await.unwrap();
    let refused = change.publish("lesson.started", &[TEACHERS], &json!({})).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::Forbidden);
    drop(change);

    publish(&app, Scope::tenant(A), "lesson.started", &[TEACHERS]).await;
    publish_end(&app).await;

    let tenants = app.query("SELECT tenant FROM muster.events ORDER BY id", &[]).await;
    let tenants: Vec<Option<String>> = tenants.iter().map(|row| row.get(0)).collect();
    assert_eq!(tenants, [Some(A.to_string()), None]);
}

#[tokio::test]
async fn event_of_a_user_reaches_them_in_every_tenant_and_nobody_else() {
    let app = held().await;
    let mut own = stream(&app, &sign_in(&app, TEACHER_A).await.0).await;
    let mut foreign = stream(&app, &sign_in(&app, TEACHER_B).await.0).await;
    let scope = Scope::Own(UserKey::from(TEACHER_A));

    publish(&app, scope.clone(), "receipt.ready", &[Topic::user(TEACHER_A)]).await;
    let mut change = app.app.db.change_for_system_in(&scope, "a test").await.unwrap();
    let refused = change.publish("receipt.ready", &[Topic::user(TEACHER_A), TEACHERS], &json!({})).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::Forbidden, "a role is another in each tenant");
    drop(change);
    publish_end(&app).await;

    assert_eq!(kinds(&mut own).await, ["receipt.ready", "end"]);
    assert_eq!(kinds(&mut foreign).await, ["end"]);
}

#[tokio::test]
async fn event_that_is_rolled_back_is_never_sent() {
    let app = held().await;
    let mut stream = stream(&app, &sign_in(&app, TEACHER_A).await.0).await;
    let mut change = app.app.db.change(&Actor::in_tenant(TEACHER_A, A)).await.unwrap();
    change.publish("lesson.started", &[TEACHERS], &json!({})).await.unwrap();
    drop(change);
    publish_end(&app).await;

    assert_eq!(kinds(&mut stream).await, ["end"]);
}

#[tokio::test]
async fn clean_up_takes_old_events_cursors_and_sockets_but_not_the_newest_number() {
    let (app, _) = behind_a_gateway().await;
    let (token, _) = sign_in(&app, TEACHER_A).await;
    connect(&app, "old=", &token).await;
    publish(&app, Scope::tenant(A), "first", &[TEACHERS]).await;
    publish_end(&app).await;
    app.with_token(&token).get("/live").await.is(200);
    publish(&app, Scope::tenant(A), "waiting", &[TEACHERS]).await;
    app.execute("UPDATE muster.events SET created_at = $1", &[&app.clock.now()]).await;
    let left = "SELECT (SELECT count(*) FROM muster.events) * 100
                       + (SELECT count(*) FROM muster.event_cursors) * 10 + (SELECT count(*) FROM muster.sockets)";
    sweep(&app.app, &Events).await.unwrap();
    assert_eq!(app.value::<i64>(left, &[]).await, 311, "nothing is old yet");

    app.clock.advance(TimeDelta::days(8));
    sweep(&app.app, &Events).await.unwrap();

    assert_eq!(app.value::<i64>(left, &[]).await, 200, "the newest number, and what has none");
}
