use std::time::Duration;

use serde_json::{Value, json};
use tests::{Frame, TestApp, a_cadet};

use super::{EVENTS, greeted, live, praise, publish};

fn kinds(frames: &[Frame]) -> Vec<&str> {
    frames.iter().map(|frame| frame.data["type"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_change_of_grades_reaches_its_cadet_and_the_admins_and_nobody_else() {
    let app = live().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let mut own = greeted(app.as_cadet(&cadet).listen(EVENTS).await).await;
    let mut others = greeted(app.as_cadet(&other).listen(EVENTS).await).await;
    let mut admin = greeted(app.as_admin().listen(EVENTS).await).await;
    let mut strangers = greeted(app.anonymous().listen(EVENTS).await).await;

    praise(&app, &cadet, 5).await;
    publish(&app, "admin_broadcast", json!({ "subject": "the end" })).await;

    for stream in [&mut own, &mut admin] {
        let frames = stream.until("admin_broadcast").await;
        let told = kinds(&frames);
        assert!(told.contains(&"merit_added") && told.contains(&"grade_updated"), "{told:?}");
        let merit = frames.iter().find(|frame| frame.data["type"] == "merit_added").unwrap();
        assert_eq!(merit.data["cadetId"], cadet.id);
        assert_eq!(
            (&merit.data["payload"]["points"], &merit.data["payload"]["reason"]),
            (&json!(5), &json!("Drill"))
        );
        assert!(merit.data["at"].as_i64() > Some(0), "{merit:?}");
        let grade = frames.iter().find(|frame| frame.data["type"] == "grade_updated").unwrap();
        assert_eq!(grade.data, json!({ "type": "grade_updated", "cadetId": cadet.id }));
    }
    assert_eq!(kinds(&others.until("admin_broadcast").await), ["admin_broadcast"]);
    app.app.hub.stop();
    assert_eq!(strangers.rest().await, []);
}

#[tokio::test]
async fn frames_are_sent_at_once_and_unpacked() {
    let app = live().await;
    let admin = app.as_admin().header("Accept-Encoding", "gzip").header("Cache-Control", "no-cache");
    let mut stream = greeted(admin.listen(EVENTS).await).await;

    assert_eq!(stream.parts.headers["content-type"], "text/event-stream");
    assert_eq!(stream.parts.headers["cache-control"], "no-cache");
    assert!(!stream.parts.headers.contains_key("content-encoding"));
    publish(&app, "portal_access", json!({ "role": "cadet", "userId": 3 })).await;
    let frame = stream.frame().await.unwrap();
    assert_eq!(frame.data, json!({ "type": "portal_access", "role": "cadet", "userId": 3 }));
    assert!(frame.id.is_some());
}

#[tokio::test]
async fn the_resource_stream_has_its_own_words_and_takes_the_token_from_the_query() {
    let app = live().await;
    let cadet = app.add(a_cadet()).await;
    let token = app.as_cadet(&cadet).token().await;
    let url = format!("/api/events?token={token}");
    let mut stream = app.anonymous().listen(&url).await;
    let greeting = json!({ "type": "connected", "message": "SSE connection established" });
    assert_eq!(stream.data().await, greeting);

    publish(&app, "attendance_updated", json!({ "cadetId": cadet.id, "dayId": 3, "status": "late" })).await;

    let frame = stream.frame().await.unwrap();
    assert_eq!(
        (&frame.data["type"], &frame.data["cadet_id"]),
        (&json!("attendance_updated"), &json!(cadet.id))
    );
    assert_eq!(frame.data["data"], json!({ "cadetId": cadet.id, "dayId": 3, "status": "late" }));
    assert!(frame.data["timestamp"].as_str().unwrap().ends_with('Z'));
    app.anonymous().get("/api/events").await.is(401).has(json!({ "error": true }));
    app.anonymous().get("/api/events?token=wrong").await.is(401);
}

#[tokio::test]
async fn a_browser_is_known_by_its_cookie() {
    let app = live().await;
    let cadet = app.add(a_cadet()).await;
    let cookie = format!("rotc_session={}", app.as_cadet(&cadet).token().await);
    let mut stream = greeted(app.anonymous().header("Cookie", &cookie).listen(EVENTS).await).await;

    publish(&app, "cadet_profile_updated", json!({ "cadetId": cadet.id })).await;

    assert_eq!(stream.data().await["cadetId"], cadet.id);
}

#[tokio::test]
async fn heartbeats_come_and_end_with_the_session() {
    let app = TestApp::with(|config| {
        config.realtime.held = true;
        config.realtime.heartbeat = Duration::from_millis(50);
    })
    .await;
    let cadet = app.add(a_cadet()).await;
    let mut strangers = greeted(app.anonymous().listen(EVENTS).await).await;
    let mut own = greeted(app.as_cadet(&cadet).listen(EVENTS).await).await;
    let mut resource = app.as_cadet(&cadet).listen("/api/events").await;
    resource.frame().await;

    let beat = own.data().await;
    assert_eq!(beat["type"], "heartbeat");
    assert!(beat["t"].is_i64());
    assert_eq!(resource.frame().await, Some(Frame { id: None, data: Value::Null }), "a comment");
    app.as_cadet(&cadet).post("/api/auth/logout", json!({})).await.is(200);
    for stream in [&mut own, &mut resource] {
        let rest = stream.rest().await;
        assert!(rest.len() < 20, "the stream ends: {rest:?}");
    }
    assert_eq!(strangers.data().await["type"], "heartbeat");
}

#[tokio::test]
async fn the_end_of_the_server_ends_the_streams() {
    let app = live().await;
    let mut stream = greeted(app.as_admin().listen(EVENTS).await).await;

    app.app.hub.stop();

    assert_eq!(stream.frame().await, None);
    app.as_admin().get(EVENTS).await.is(503);
}
