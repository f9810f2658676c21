//! What stops guessing.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet};

const LOGIN: &str = "/api/auth/login";

fn login(name: &str, password: &str) -> Value {
    json!({ "username": name, "password": password })
}

#[tokio::test]
async fn five_failures_lock_an_account_for_half_an_hour_even_for_the_right_password() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;

    for _ in 0..5 {
        app.anonymous().post(LOGIN, login(&cadet.student_id, "wrong")).await.is(401);
    }
    let locked = app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await;
    locked.is(429);
    assert_eq!(locked.header("retry-after"), "1800");
    app.anonymous().from([198, 51, 100, 1]).post(LOGIN, login(&cadet.student_id, "secret")).await.is(429);
    app.audited("users", "LOGIN_LOCKED", cadet.user_id).await;
    app.audited("users", "LOGIN_REFUSED", cadet.user_id).await;

    app.clock.advance(TimeDelta::minutes(31));
    app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await.is(200);
}

#[tokio::test]
async fn a_name_that_belongs_to_nobody_locks_just_the_same() {
    let app = TestApp::rotc().await;

    for _ in 0..5 {
        app.anonymous().post(LOGIN, login("nobody", "wrong")).await.is(401);
    }

    app.anonymous().post(LOGIN, login("Nobody ", "wrong")).await.is(429);
}

#[tokio::test]
async fn other_names_of_a_locked_account_are_locked_too() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    for _ in 0..5 {
        app.anonymous().post(LOGIN, login(&cadet.student_id, "wrong")).await.is(401);
    }

    let by_mail = json!({ "identifier": cadet.email, "password": "secret" });

    app.anonymous().post("/api/auth/cadet-login", by_mail).await.is(429);
}

#[tokio::test]
async fn failures_are_forgotten_after_a_success_and_after_a_quarter_of_an_hour() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    let client = app.anonymous();
    let wrong = || client.post(LOGIN, login(&cadet.student_id, "wrong"));

    for _ in 0..4 {
        wrong().await.is(401);
    }
    app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await.is(200);
    for _ in 0..4 {
        wrong().await.is(401);
    }
    app.clock.advance(TimeDelta::minutes(16));
    for _ in 0..4 {
        wrong().await.is(401);
    }
    app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await.is(200);
}

#[tokio::test]
async fn an_address_that_fails_often_waits_while_others_go_on() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    for n in 0..10 {
        app.anonymous().post(LOGIN, login(&format!("guess{n}"), "wrong")).await.is(401);
    }

    app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await.is(429);
    app.anonymous().from([198, 51, 100, 1]).post(LOGIN, login(&cadet.student_id, "secret")).await.is(200);
    app.clock.advance(TimeDelta::seconds(61));
    app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await.is(200);
}

#[tokio::test]
async fn rate_limits_can_be_switched_off_for_replays() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let cadet = app.add(a_cadet().with_password("secret")).await;

    for _ in 0..12 {
        app.anonymous().post(LOGIN, login(&cadet.student_id, "wrong")).await.is(401);
    }

    app.anonymous().post(LOGIN, login(&cadet.student_id, "secret")).await.is(200);
}

#[test]
fn rate_limits_cannot_be_switched_off_in_production() {
    let lookup = |name: &str| match name {
        "RATE_LIMITS" => Some("off".to_owned()),
        "MUSTER_ENV" => Some("production".to_owned()),
        _ => None,
    };

    let refused = shared::config::Config::read(&lookup).unwrap_err();

    assert!(refused.to_string().contains("RATE_LIMITS=off is refused"), "{refused}");
}

#[tokio::test]
async fn of_sixty_parallel_wrong_guesses_exactly_five_are_verified() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    let guesses = (0..60).map(|n| {
        let client = app.anonymous().from([198, 51, 100, n]);
        let body = login(&cadet.student_id, "wrong");
        async move { client.post(LOGIN, body).await.status() }
    });

    let statuses = futures_util::future::join_all(guesses).await;

    // A guess is answered 401 only after its password was compared with the hash.
    let verified = statuses.iter().filter(|status| **status == 401).count();
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert_eq!((verified, refused), (5, 55));
    let failed = "SELECT count(*) FROM audit_logs WHERE operation IN ('LOGIN_FAILED', 'LOGIN_LOCKED')";
    assert_eq!(app.value::<i64>(failed, &[]).await, 5);
    app.audited("users", "LOGIN_LOCKED", cadet.user_id).await;
    let right = login(&cadet.student_id, "secret");
    app.anonymous().from([203, 0, 113, 9]).post(LOGIN, right).await.is(429);
}

#[tokio::test]
async fn device_that_signed_in_before_is_not_locked_out_by_strangers_and_has_five_failures_of_its_own() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    let own = app.anonymous().header("User-Agent", "Firefox of Juan");
    let right = || login(&cadet.student_id, "secret");
    own.post(LOGIN, right()).await.is(200);

    for _ in 0..5 {
        app.anonymous()
            .header("User-Agent", "curl")
            .post(LOGIN, login(&cadet.student_id, "wrong"))
            .await
            .is(401);
    }
    app.anonymous().header("User-Agent", "curl").post(LOGIN, right()).await.is(429);
    app.anonymous()
        .from([198, 51, 100, 1])
        .header("User-Agent", "Firefox of Juan")
        .post(LOGIN, right())
        .await
        .is(429);
    for number in 0..5 {
        app.anonymous().post(LOGIN, login(&format!("guess{number}"), "wrong")).await.is(401);
    }
    app.anonymous().post(LOGIN, login("somebody", "wrong")).await.is(429);
    own.post(LOGIN, right()).await.is(200);

    for _ in 0..5 {
        own.post(LOGIN, login(&cadet.student_id, "wrong")).await.is(401);
    }
    own.post(LOGIN, right()).await.is(429);
}

#[tokio::test]
async fn attempt_whose_process_died_stops_counting_after_a_minute() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet().with_password("secret")).await;
    let left = "INSERT INTO muster.signin_failures (account, address, at, attempt, pending)
                SELECT 'user:' || $1::int, 'elsewhere', $2, gen_random_uuid(), TRUE FROM generate_series(1, 5)";
    app.execute(left, &[&cadet.user_id, &app.clock.now()]).await;
    let right = || login(&cadet.student_id, "secret");

    let busy = app.anonymous().post(LOGIN, right()).await;
    assert_eq!(busy.is(429).header("retry-after"), "1");
    app.clock.advance(TimeDelta::seconds(61));

    app.anonymous().post(LOGIN, right()).await.is(200);
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.signin_failures", &[]).await, 0);
}
