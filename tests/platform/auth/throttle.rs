//! Locks that double, as some systems want them.

use chrono::TimeDelta;
use http::StatusCode;
use shared::{
    Error,
    auth::{lockout::LoginThrottle, session::Device},
    error::Kind,
};
use tests::TestApp;

use super::a_user;

const DOUBLING: LoginThrottle = LoginThrottle {
    failures: 3,
    window: TimeDelta::minutes(60),
    lock: TimeDelta::minutes(15),
    doubling: true,
    address_failures: 100,
    optional: false,
    locked: |_| Error::new(Kind::Forbidden, "locked", "Account is temporarily locked"),
};

/// Another wrong guess; tells whether it was compared with anything, and whether it has locked the account.
async fn guess(app: &TestApp) -> Result<bool, Error> {
    let attempt = DOUBLING.reserve(&app.app, Some(a_user()), "", &Device::default()).await?;
    let mut change = app.app.db.change_for_system("a guess").await?;
    let locked = attempt.failed(&app.app, &mut change).await?;
    change.commit().await?;
    Ok(locked)
}

async fn lock(app: &TestApp) {
    for locks in [false, false, true] {
        assert_eq!(guess(app).await.expect("it succeeds"), locks);
    }
    assert_eq!(guess(app).await.expect_err("it fails").kind().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn each_further_lock_lasts_twice_as_long_until_a_success_or_a_day_without_one() {
    let app = TestApp::with(|config| config.rate_limits = false).await;

    for minutes in [15, 30, 60] {
        lock(&app).await;
        app.clock.advance(TimeDelta::minutes(minutes - 1));
        assert!(guess(&app).await.is_err(), "locked for {minutes} minutes");
        app.clock.advance(TimeDelta::minutes(1));
    }
    let mut change = app.app.db.change_for_system("sign-in").await.unwrap();
    DOUBLING.clear(&app.app, &mut change, a_user()).await.unwrap();
    change.commit().await.unwrap();

    lock(&app).await;
    app.clock.advance(TimeDelta::minutes(15) + TimeDelta::days(1));
    lock(&app).await;
    app.clock.advance(TimeDelta::minutes(15));
    assert!(!guess(&app).await.unwrap());
}

#[tokio::test]
async fn unlocked_account_may_be_tried_at_once() {
    let app = TestApp::rotc().await;
    lock(&app).await;

    let mut change = app.app.db.change_for_system("unlock").await.unwrap();
    DOUBLING.unlock(&app.app, &mut change, a_user()).await.unwrap();
    change.commit().await.unwrap();

    assert!(!guess(&app).await.unwrap());
}
