//! Push messages: who gets which, once, and nobody who does not want them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use shared::jobs::Tally;
use tests::{Browser, Cadet, PushServer, TestApp, a_cadet, a_staff_member};

const SUBSCRIBE: &str = "/api/push/subscribe";
const SUBSCRIPTIONS: &str = "/api/push/subscriptions";

/// One job done, none put off.
const DONE: Tally = Tally { done: 1, postponed: 0, failed: 0 };

/// One job put off.
const PUT_OFF: Tally = Tally { done: 0, postponed: 1, failed: 0 };

/// An app that may push to `server`.
async fn pushing_to(server: &PushServer) -> TestApp {
    let service = server.url().parse().expect("an address");
    TestApp::with(|config| config.push.services = vec![service]).await
}

async fn subscribe(app: &TestApp, user_id: i32, browser: &Browser, server: &PushServer) -> Value {
    app.as_user(user_id).post(SUBSCRIBE, browser.subscription(server)).await.is(201).json()["data"].clone()
}

/// A notice for one person.
async fn tell(app: &TestApp, user_id: i32, text: &str) {
    let notice = json!({ "user": user_id, "message": text, "type": "grade" });
    app.as_admin().post("/api/notifications", notice).await.is(201);
}

async fn devices(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM push_subscriptions", &[]).await
}

async fn switch(app: &TestApp, cadet: &Cadet, setting: &str) {
    app.as_cadet(cadet).put("/api/auth/settings", json!({ setting: false })).await.is(200);
}

#[tokio::test]
async fn a_notice_reaches_every_device_of_the_person_and_no_other() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let (phone, laptop, stranger) =
        (Browser::called("phone"), Browser::called("laptop"), Browser::called("other"));
    subscribe(&app, cadet.user_id, &phone, &server).await;
    subscribe(&app, cadet.user_id, &laptop, &server).await;
    subscribe(&app, other.user_id, &stranger, &server).await;

    tell(&app, cadet.user_id, "Your grades have changed ñ 🫡").await;

    assert_eq!(app.work().await, DONE);
    let shown = json!([{ "title": "ROTC Grading System", "body": "Your grades have changed ñ 🫡",
                         "url": "/cadet/dashboard", "icon": "/pwa-192x192.png" }]);
    assert_eq!(json!(server.shown_on(&phone)), shown);
    assert_eq!(json!(server.shown_on(&laptop)), shown);
    assert_eq!(server.shown_on(&stranger), Vec::<Value>::new());
    let pushed = &server.all()[0];
    assert_eq!(
        (&pushed.headers["ttl"], &pushed.headers["content-encoding"]),
        (&"86400".parse().unwrap(), &"aes128gcm".parse().unwrap())
    );
    let public = app.as_cadet(&cadet).get("/api/push/public-key").await;
    public.is(200).has(json!({ "success": true, "data": { "public_key": pushed.key() } }));
    assert_eq!(app.work().await, Tally::default(), "once");
}

#[tokio::test]
async fn notices_that_nobody_has_a_device_for_start_nothing() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    tell(&app, cadet.user_id, "x").await;
    assert_eq!(app.work().await, Tally::default());
}

#[tokio::test]
async fn a_notice_for_everyone_reaches_all_but_those_about_the_system_nobody() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let (cadet, member) = (app.add(a_cadet()).await, app.add(a_staff_member()).await);
    let (phone, tablet) = (Browser::called("phone"), Browser::called("tablet"));
    subscribe(&app, cadet.user_id, &phone, &server).await;
    subscribe(&app, member.user_id, &tablet, &server).await;

    app.as_admin()
        .post("/api/messages/broadcast", json!({ "subject": "All", "message": "hands" }))
        .await
        .is(200);
    app.as_cadet(&cadet).post("/api/cadet/access", json!({})).await.is(200);

    assert_eq!(app.work().await, DONE);
    for browser in [&phone, &tablet] {
        let shown = server.shown_on(browser);
        assert_eq!((shown.len(), &shown[0]["body"]), (1, &json!("All: hands")));
    }
}

#[tokio::test]
async fn the_chat_of_the_staff_reaches_the_others_on_the_staff_only() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let (sender, colleague) = (app.add(a_staff_member()).await, app.add(a_staff_member()).await);
    let cadet = app.add(a_cadet()).await;
    let (own, tablet, phone) = (Browser::called("own"), Browser::called("tablet"), Browser::called("phone"));
    subscribe(&app, sender.user_id, &own, &server).await;
    subscribe(&app, colleague.user_id, &tablet, &server).await;
    subscribe(&app, cadet.user_id, &phone, &server).await;
    let me = app.as_user(sender.user_id);

    me.post("/api/staff/chat/messages", json!({ "content": "Formation at 0600H" })).await.is(200);

    assert_eq!(app.work().await, DONE);
    let shown = server.shown_on(&tablet);
    assert_eq!(shown.len(), 1);
    assert!(shown[0]["title"].as_str().is_some_and(|title| title.starts_with("Sgt Staff")));
    assert_eq!(shown[0]["body"], "Formation at 0600H");
    assert_eq!(shown[0]["url"], "/staff/communication");
    assert_eq!(server.all().len(), 1, "neither the sender nor a cadet");

    app.clock.advance(TimeDelta::minutes(1));
    let second =
        me.post("/api/staff/chat/messages", json!({ "content": "A slip" })).await.json()["id"].clone();
    me.delete(&format!("/api/staff/chat/messages/{second}")).await.is(200);
    assert_eq!(app.work().await, DONE);
    assert_eq!(server.all().len(), 1, "a deleted message is not shown any more");
}

#[tokio::test]
async fn who_has_switched_them_off_gets_none() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let (quiet, busy) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let (phone, laptop) = (Browser::called("phone"), Browser::called("laptop"));
    subscribe(&app, quiet.user_id, &phone, &server).await;
    subscribe(&app, busy.user_id, &laptop, &server).await;
    switch(&app, &quiet, "push_notifications").await;
    switch(&app, &busy, "activity_updates").await;

    tell(&app, quiet.user_id, "x").await;
    tell(&app, busy.user_id, "y").await;
    let activity = json!({ "user": null, "message": "New Activity Posted: ROTC Day", "type": "activity" });
    app.as_admin().post("/api/notifications", activity).await.is(201);

    assert_eq!(app.work().await, Tally { done: 3, ..Tally::default() });
    assert_eq!(server.shown_on(&phone), Vec::<Value>::new());
    assert_eq!(server.shown_on(&laptop).len(), 1, "no news about activities");
}

#[tokio::test]
async fn a_subscription_that_has_ended_is_forgotten() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let cadet = app.add(a_cadet()).await;
    let (gone, unknown, phone) =
        (Browser::called("gone"), Browser::called("unknown"), Browser::called("phone"));
    for browser in [&gone, &unknown, &phone] {
        subscribe(&app, cadet.user_id, browser, &server).await;
    }
    server.answers(&gone, &[410]);
    server.answers(&unknown, &[404]);
    tell(&app, cadet.user_id, "x").await;
    assert_eq!(app.work().await, DONE);
    assert_eq!((server.shown_on(&phone).len(), devices(&app).await), (1, 1));
}

#[tokio::test]
async fn a_service_that_is_away_is_asked_again_and_nobody_is_told_twice() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let cadet = app.add(a_cadet()).await;
    let (phone, laptop, tablet) =
        (Browser::called("phone"), Browser::called("laptop"), Browser::called("tablet"));
    for browser in [&phone, &laptop, &tablet] {
        subscribe(&app, cadet.user_id, browser, &server).await;
    }
    server.answers(&laptop, &[503, 429]);
    server.answers(&tablet, &[400]);
    tell(&app, cadet.user_id, "x").await;

    assert_eq!(app.work().await, PUT_OFF);
    let counts = || [&phone, &laptop, &tablet].map(|browser| server.shown_on(browser).len());
    assert_eq!(counts(), [1, 0, 0]);
    let kept: String = app.value("SELECT string_agg(last_error, ' ') FROM muster.jobs", &[]).await;
    assert!(!kept.contains("wpush") && !kept.contains("127.0.0.1"), "{kept}");
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(app.work().await, PUT_OFF, "too many requests");
    app.clock.advance(TimeDelta::minutes(3));
    assert_eq!(app.work().await, DONE);
    assert_eq!(counts(), [1, 1, 0], "what is refused is not sent again");
}

#[tokio::test]
async fn a_device_that_changes_hands_gets_nothing_of_the_former_owner() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let (cadet, sister) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let shared_phone = Browser::called("phone");
    let first = subscribe(&app, cadet.user_id, &shared_phone, &server).await;
    server.answers(&shared_phone, &[503]);
    tell(&app, cadet.user_id, "private").await;
    assert_eq!(app.work().await, PUT_OFF);

    let second = subscribe(&app, sister.user_id, &shared_phone, &server).await;

    assert_eq!((&first["id"], devices(&app).await), (&second["id"], 1));
    app.clock.advance(TimeDelta::minutes(2));
    assert_eq!(app.work().await, DONE);
    assert_eq!(server.all().len(), 0);
    app.as_cadet(&cadet).delete(&format!("{SUBSCRIPTIONS}/{}", second["id"])).await.is(404);
}

#[tokio::test]
async fn subscriptions_are_checked() {
    let server = PushServer::start().await;
    let app = pushing_to(&server).await;
    let cadet = app.add(a_cadet()).await;
    let me = app.as_cadet(&cadet);
    let good = Browser::called("phone").subscription(&server);
    let with = |endpoint: &str| json!({ "endpoint": endpoint, "keys": good["keys"] });
    for endpoint in [
        "http://fcm.googleapis.com/fcm/send/a",
        "https://127.0.0.1/p",
        "https://[::1]/p",
        "https://localhost/p",
        "https://metadata.google.internal/p",
        "https://fcm.googleapis.com:8443/p",
        "https://a:b@fcm.googleapis.com/p",
        "https://intranet/p",
        "no address",
        "file:///etc/passwd",
        "https://169.254.169.254/latest",
    ] {
        me.post(SUBSCRIBE, with(endpoint))
            .await
            .is(400)
            .message("endpoint must be the https address of a push service");
    }
    me.post(SUBSCRIBE, json!({})).await.is(400).message("endpoint is required");
    let url = good["endpoint"].clone();
    for keys in [
        json!({}),
        json!({ "p256dh": "a" }),
        json!({ "p256dh": "a", "auth": "b" }),
        json!({ "p256dh": good["keys"]["p256dh"], "auth": "c2hvcnQ" }),
    ] {
        me.post(SUBSCRIPTIONS, json!({ "endpoint": url, "keys": keys }))
            .await
            .is(400)
            .has(json!({ "error": true }));
    }
    assert_eq!(devices(&app).await, 0);
    app.anonymous().post(SUBSCRIBE, good.clone()).await.is(401);
    app.anonymous().get("/api/push/public-key").await.is(401);
}

#[tokio::test]
async fn subscriptions_are_listed_bounded_and_taken_back() {
    let server = PushServer::start().await;
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let me = app.as_cadet(&cadet);
    let good = Browser::called("phone").subscription(&server);
    let with = |endpoint: &str| json!({ "endpoint": endpoint, "keys": good["keys"] });

    let fine = me.post(SUBSCRIPTIONS, with("https://fcm.googleapis.com/fcm/send/abc")).await;
    fine.is(201).has(json!({ "success": true, "data": { "user": cadet.user_id, "keys": good["keys"] } }));
    for number in 0..11 {
        me.post(SUBSCRIBE, with(&format!("https://fcm.googleapis.com/fcm/send/{number}"))).await.is(201);
    }
    let list = me.get(SUBSCRIPTIONS).await;
    list.is(200).has(json!({ "success": true, "total": 10 }));
    assert!(!list.text().contains("p256dh"));
    let first = list.json()["data"][0]["id"].clone();
    let other = app.add(a_cadet()).await;
    app.as_cadet(&other).delete(&format!("{SUBSCRIPTIONS}/{first}")).await.is(404);
    me.delete(&format!("{SUBSCRIPTIONS}/{first}")).await.is(200);
    assert_eq!(devices(&app).await, 9);
}

/// Rows of the legacy server were never checked: addresses are checked again when a message is sent.
#[tokio::test]
async fn a_stored_address_inside_is_not_reached() {
    let server = PushServer::start().await;
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let sly = Browser::called("phone").subscription(&server);
    // Written past the check.
    let insert = "INSERT INTO push_subscriptions (user_id, endpoint, keys) VALUES ($1, $2, $3)";
    let endpoint = sly["endpoint"].as_str().expect("an address").to_owned();
    app.execute(insert, &[&cadet.user_id, &endpoint, &sly["keys"].to_string()]).await;
    tell(&app, cadet.user_id, "x").await;
    assert_eq!(app.work().await, DONE);
    assert_eq!(server.all().len(), 0);
}
