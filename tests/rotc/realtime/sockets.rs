use std::time::Duration;

use serde_json::json;
use tests::{Listening, Socket, TestApp, a_cadet};

use super::{beside, live, praise, publish};

async fn open(server: &Listening, token: &str) -> (Socket, i64) {
    let mut socket = server.socket(&format!("/ws/updates/?token={token}")).await;
    let greeting = socket.message().await;
    assert_eq!(greeting["type"], "connection_established", "{greeting}");
    (socket, greeting["event_id"].as_i64().expect("a number"))
}

#[tokio::test]
async fn only_a_token_that_holds_keeps_the_socket_open() {
    let app = live().await;
    let server = app.serve().await;
    assert_eq!(server.socket("/ws/updates/").await.next().await, Err(4001));
    assert_eq!(server.socket("/ws/updates?token=wrong").await.next().await, Err(4001));
    let cadet = app.add(a_cadet()).await;
    let token = app.as_cadet(&cadet).token().await;

    let mut socket = server.socket(&format!("/ws/updates?token={token}")).await;

    let greeting = socket.message().await;
    assert_eq!(greeting["message"], "WebSocket connection established");
    assert_eq!((&greeting["user_id"], &greeting["role"]), (&json!(cadet.user_id), &json!("cadet")));
    app.as_admin().get("/ws/updates").await.is(400);
    app.anonymous().get("/ws/updates").await.is(401);
}

#[tokio::test]
async fn a_socket_answers_pings_and_says_what_it_does_not_understand() {
    let app = live().await;
    let server = app.serve().await;
    let (mut socket, _) = open(&server, &app.as_admin().token().await).await;

    socket.say(json!({ "type": "ping", "timestamp": 17 })).await;
    assert_eq!(socket.message().await, json!({ "type": "pong", "timestamp": 17 }));
    socket.say("{").await;
    assert_eq!(socket.message().await, json!({ "type": "error", "message": "Invalid JSON format" }));
    socket.say(json!({ "type": "dance" })).await;
    assert_eq!(socket.message().await["message"], "Unknown message type: dance");
    socket.say("x".repeat(20_000)).await;
    assert!(socket.next().await.is_err(), "too long");
}

#[tokio::test]
async fn changes_reach_the_sockets_of_those_they_concern() {
    let app = live().await;
    let server = app.serve().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let (mut own, _) = open(&server, &app.as_cadet(&cadet).token().await).await;
    let (mut others, _) = open(&server, &app.as_cadet(&other).token().await).await;

    praise(&app, &cadet, 5).await;
    let scores = json!({
        "prelimScore": 81, "midtermScore": 0, "finalScore": 0, "meritPoints": 5, "demeritPoints": 0, "status": "active",
    });
    app.as_admin().put(&format!("/api/admin/grades/{}", cadet.id), scores).await.is(200);
    publish(&app, "admin_broadcast", json!({ "n": 1 })).await;

    let mut seen = Vec::new();
    loop {
        let message = own.message().await;
        let end = message["type"] == "admin_broadcast";
        seen.push(message);
        if end {
            break;
        }
    }
    let of = |kind: &str| {
        seen.iter().find(|message| message["type"] == kind).unwrap_or_else(|| panic!("{kind} in {seen:?}"))
    };
    let grade = &of("grade_update")["data"];
    assert_eq!(
        (&grade["cadet_id"], &grade["type"], &grade["points"]),
        (&json!(cadet.id), &json!("merit"), &json!(5))
    );
    assert_eq!((&grade["merit_points"], &grade["reason"]), (&json!(5), &json!("Drill")));
    let exam = &of("exam_score_update")["data"];
    assert_eq!((&exam["prelim_score"], &exam["changed_scores"]), (&json!(81), &json!(["prelim_score"])));
    let notice = &of("notification")["data"];
    assert_eq!((&notice["type"], &notice["is_read"]), (&json!("grade"), &json!(false)));
    assert!(notice["id"].is_i64() && notice["created_at"].as_str().unwrap().ends_with('Z'));
    assert!(seen.iter().all(|message| message["event_id"].is_i64()));
    assert_eq!(others.message().await["type"], "admin_broadcast");
}

#[tokio::test]
async fn an_attendance_and_a_setting_have_words_of_their_own() {
    let app = live().await;
    let server = app.serve().await;
    let cadet = app.add(a_cadet()).await;
    let (mut admin, _) = open(&server, &app.as_admin().token().await).await;

    publish(&app, "attendance_updated", json!({ "cadetId": cadet.id, "dayId": 3, "status": "late" })).await;
    let message = admin.message().await;
    assert_eq!(message["type"], "attendance_update");
    let expected = json!({
        "cadet_id": cadet.id, "training_day_id": 3, "status": "late", "attendance_present": 0, "time_in": null,
        "time_out": null,
    });
    assert_eq!(message["data"], expected);
    app.execute("INSERT INTO system_settings (key, value) VALUES ('theme', 'dark')", &[]).await;
    let message = admin.message().await;
    assert_eq!(message["type"], "system_settings_update");
    assert_eq!(message["data"], json!({ "key": "theme", "value": "dark" }));
    let link = "INSERT INTO system_settings (key, value) VALUES ('cadet_list_source_url', 'https://example.test/?key=1')";
    app.execute(link, &[]).await;
    let message = admin.message().await;
    let expected = json!({ "key": "cadet_list_source_url", "value": null });
    assert_eq!(message["data"], expected, "a link may hold a key to what is shared there");
}

#[tokio::test]
async fn a_client_that_comes_back_asks_for_what_it_missed() {
    let app = live().await;
    let server = app.serve().await;
    let token = app.as_admin().token().await;
    let (socket, place) = open(&server, &token).await;
    drop(socket);
    app.app.hub.stop();
    for n in 0..70 {
        publish(&app, "admin_broadcast", json!({ "n": n })).await;
    }

    let anew = beside(&app).await;
    let server = anew.serve().await;
    let (mut socket, _) = open(&server, &token).await;
    let mut seen = Vec::new();
    let mut place = place;
    // What is committed before the new process looks for the first time may come as news.
    for round in 0..3 {
        socket.say(json!({ "type": "replay_request", "last_event_id": place })).await;
        loop {
            let message = socket.message().await;
            if message["type"] == "replay_complete" {
                assert!(message["count"].as_u64() <= Some(50), "{message} in {round}");
                break;
            }
            if message["type"] == "sync_event" {
                assert_eq!(
                    (&message["replayed"], &message["event_type"]),
                    (&json!(true), &json!("admin_broadcast"))
                );
                place = message["event_id"].as_i64().unwrap();
            }
            seen.push(message["data"]["n"].as_i64().unwrap());
        }
    }
    while seen.len() < 70 {
        seen.push(socket.message().await["data"]["n"].as_i64().unwrap());
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..70).collect::<Vec<_>>(), "nothing missed, nothing twice");
}

#[tokio::test]
async fn a_socket_ends_with_its_session_and_with_the_server() {
    let app = TestApp::with(|config| {
        config.realtime.held = true;
        config.realtime.heartbeat = Duration::from_millis(50);
    })
    .await;
    let server = app.serve().await;
    let cadet = app.add(a_cadet()).await;
    let (mut own, _) = open(&server, &app.as_cadet(&cadet).token().await).await;
    let (mut admin, _) = open(&server, &app.as_admin().token().await).await;

    app.as_cadet(&cadet).post("/api/auth/logout", json!({})).await.is(200);
    assert_eq!(own.next().await, Err(4001));
    app.app.hub.stop();
    assert_eq!(admin.next().await, Err(1001));
}
