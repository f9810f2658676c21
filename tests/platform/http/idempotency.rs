//! Repeated POSTs.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::{body::Body, response::Response};
use chrono::TimeDelta;
use futures_util::{FutureExt, future::join_all, poll};
use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::json;
use shared::{
    Error, Result,
    db::Actor,
    error::{Kind, conflict},
    http::idempotency::{Repetitions, Reply, RequestKey, idempotent, idempotent_or_refused},
    jobs, sql,
};
use tests::TestApp;
use tokio::sync::oneshot;

const RULES: Repetitions = Repetitions {
    keep: TimeDelta::hours(24),
    longest: 128,
    replayed: "idempotent-replayed",
    mismatch: (Kind::Conflict, "This idempotency key was used for another request."),
    running: (Kind::Conflict, "This request is still running."),
};

fn key(user: i32, key: &str, body: &str) -> RequestKey {
    RequestKey::new(&RULES, &Actor::in_tenant(user, 1), "/api/payments", key, body.as_bytes())
        .expect("a good key")
}

/// Makes a row and answers with it, within the database.
async fn pay(app: &TestApp, key: &RequestKey) -> Result<Response> {
    idempotent(&app.app, &RULES, &Actor::default(), key, async |change| {
        let made: i32 =
            change.only(sql!("INSERT INTO activities (title) VALUES ('Paid') RETURNING id"), &[]).await?;
        Reply::json(StatusCode::CREATED, &json!({ "id": made }))
    })
    .await
}

async fn effects(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM activities", &[]).await
}

/// Status, whether it was replayed, and the body.
async fn shown(response: Result<Response>) -> (u16, bool, String) {
    let (parts, body) = response.expect("a response").into_parts();
    let body = Body::collect(body).await.expect("a body").to_bytes();
    let replayed = parts.headers.contains_key("idempotent-replayed");
    (parts.status.as_u16(), replayed, String::from_utf8_lossy(&body).into_owned())
}

fn refused(response: Result<Response>) -> (u16, &'static str) {
    let error: Error = response.expect_err("refused");
    (error.kind().status().as_u16(), error.code())
}

#[tokio::test]
async fn repeated_request_gets_the_stored_response_and_has_no_second_effect() {
    let app = TestApp::rotc().await;
    let first = shown(pay(&app, &key(1, "a", "{}")).await).await;
    let second = shown(pay(&app, &key(1, "a", "{}")).await).await;

    assert_eq!((first.0, first.1), (201, false));
    assert_eq!(second, (201, true, first.2));
    assert_eq!(effects(&app).await, 1);
}

#[tokio::test]
async fn key_with_another_body_is_refused_and_other_users_and_keys_are_apart() {
    let app = TestApp::rotc().await;
    shown(pay(&app, &key(1, "a", "{}")).await).await;

    assert_eq!(refused(pay(&app, &key(1, "a", "{\"amount\": 2}")).await), (409, "idempotency_mismatch"));
    for other in [key(2, "a", "{}"), key(1, "b", "{}")] {
        assert!(!shown(pay(&app, &other).await).await.1);
    }
    let elsewhere =
        RequestKey::new(&RULES, &Actor::in_tenant(1, 2), "/api/payments", "a", b"{}").expect("a good key");
    assert!(!shown(pay(&app, &elsewhere).await).await.1, "another tenant");
    assert_eq!(effects(&app).await, 4);
}

#[tokio::test]
async fn twenty_parallel_requests_with_one_key_have_one_effect_and_one_response() {
    let app = TestApp::crowded().await;
    let same = key(1, "a", "{}");
    let responses = join_all((0..20).map(|_| async { shown(pay(&app, &same).await).await })).await;

    assert_eq!(effects(&app).await, 1);
    assert_eq!(responses.iter().filter(|(_, replayed, _)| !replayed).count(), 1);
    assert!(
        responses.iter().all(|(status, _, body)| *status == 201 && *body == responses[0].2),
        "{responses:?}"
    );
}

#[tokio::test]
async fn failed_request_leaves_no_key_and_whoever_waited_does_the_work() {
    let app = TestApp::crowded().await;
    let same = key(1, "a", "{}");
    let (fail, failing) = oneshot::channel::<()>();
    let nobody = Actor::default();
    let first = idempotent(&app.app, &RULES, &nobody, &same, async |change| {
        change.execute(sql!("INSERT INTO activities (title) VALUES ('Undone')"), &[]).await?;
        failing.await?;
        Err(conflict("closed", "The course is closed."))
    });
    let mut first = Box::pin(first);
    while app.value::<i64>("SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
               WHERE datname = current_database() AND relation = 'activities'::regclass AND mode = 'RowExclusiveLock'", &[]).await == 0 {
        assert!(poll!(&mut first).is_pending());
    }
    let mut second = Box::pin(pay(&app, &same));
    while app.value::<i64>("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", &[]).await == 0 {
        assert!(poll!(&mut second).is_pending());
    }

    fail.send(()).expect("it waits");
    assert_eq!(refused(first.await), (409, "closed"));
    let second = shown(second.await).await;

    assert_eq!((second.0, second.1), (201, false));
    assert_eq!(effects(&app).await, 1);
}

#[tokio::test]
async fn expired_key_is_taken_again_and_then_deleted_by_the_clean_up() {
    let app = TestApp::rotc().await;
    let stored = "SELECT count(*) FROM muster.idempotency_keys";
    shown(pay(&app, &key(1, "a", "{}")).await).await;
    app.clock.advance(TimeDelta::hours(24));

    assert!(!shown(pay(&app, &key(1, "a", "{\"amount\": 2}")).await).await.1);
    assert_eq!((effects(&app).await, app.value::<i64>(stored, &[]).await), (2, 1));
    jobs::put_in_order(&app.app, &rotc::SYSTEM).await.expect("a sweep");
    assert_eq!(app.value::<i64>(stored, &[]).await, 1, "it is valid");
    app.clock.advance(TimeDelta::hours(24));
    jobs::put_in_order(&app.app, &rotc::SYSTEM).await.expect("a sweep");
    assert_eq!(app.value::<i64>(stored, &[]).await, 0);
}

#[tokio::test]
async fn parallel_requests_are_refused_while_a_provider_is_asked() {
    let app = TestApp::crowded().await;
    let same = key(1, "a", "{}");
    let asked = AtomicU32::new(0);
    let (answer, provider) = oneshot::channel::<()>();
    let provider = provider.shared();
    let nobody = Actor::default();
    let charge = || {
        let provider = provider.clone();
        let asked = &asked;
        let (app, nobody) = (&app, &nobody);
        idempotent_or_refused(&app.app, &RULES, nobody, &same, async move || {
            asked.fetch_add(1, Ordering::Relaxed);
            provider.await?;
            let change = app.app.db.change(&Actor::default()).await?;
            Ok((change, Reply::json(StatusCode::OK, &json!({ "paid": true }))?))
        })
    };
    let mut first = Box::pin(charge());
    while asked.load(Ordering::Relaxed) == 0 {
        assert!(poll!(&mut first).is_pending());
        tokio::task::yield_now().await;
    }

    let others = join_all((0..19).map(|_| charge())).await;
    assert!(others.into_iter().map(refused).all(|refusal| refusal == (409, "idempotency_running")));
    answer.send(()).expect("it waits");
    let first = shown(first.await).await;

    assert_eq!((first.0, first.1), (200, false));
    assert_eq!(shown(charge().await).await, (200, true, first.2));
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn refused_charge_gives_the_key_back_and_a_dead_process_does_after_its_lease() {
    let app = TestApp::rotc().await;
    let same = key(1, "a", "{}");
    let charge = async |works: bool| {
        idempotent_or_refused(&app.app, &RULES, &Actor::default(), &same, async || {
            if !works {
                return Err(conflict("declined", "The card was declined."));
            }
            let change = app.app.db.change(&Actor::default()).await?;
            Ok((change, Reply::json(StatusCode::OK, &json!({}))?))
        })
        .await
    };
    assert_eq!(refused(charge(false).await), (409, "declined"));

    // A process that dies in the middle leaves its key.
    let nobody = Actor::default();
    let dying =
        idempotent_or_refused(&app.app, &RULES, &nobody, &same, async || std::future::pending().await);
    let mut dying = Box::pin(dying);
    while app.value::<i64>("SELECT count(*) FROM muster.idempotency_keys", &[]).await == 0 {
        assert!(poll!(&mut dying).is_pending());
    }
    drop(dying);
    assert_eq!(refused(charge(true).await), (409, "idempotency_running"));
    app.clock.advance(TimeDelta::minutes(5));
    assert_eq!(shown(charge(true).await).await.0, 200);
}

#[test]
fn keys_have_visible_characters_and_a_limit() {
    for bad in ["", "a b", "ñ", &"k".repeat(129)] {
        let refused = RequestKey::new(&RULES, &Actor::user(1), "/", bad, b"").expect_err(bad);
        assert_eq!(refused.kind(), Kind::Invalid);
    }
}
