//! One-time codes.

use chrono::TimeDelta;
use shared::{auth::one_time::OneTime, db::UserKey};
use tests::TestApp;

use super::a_user;

const RESET: OneTime = OneTime { purpose: "password-reset", newest_only: true };
const INVITE: OneTime = OneTime { purpose: "invitation", newest_only: false };

async fn create(app: &TestApp, kind: OneTime) -> String {
    let mut change = app.app.db.change_for_system("a code").await.expect("it succeeds");
    let code = kind.create(&app.app, &mut change, a_user(), TimeDelta::hours(1)).await.expect("it succeeds");
    change.commit().await.expect("it succeeds");
    code
}

async fn redeem(app: &TestApp, kind: OneTime, code: &str) -> Option<UserKey> {
    let mut change = app.app.db.change_for_system("a code").await.expect("it succeeds");
    let user = kind.redeem(&app.app, &mut change, code).await.expect("it succeeds");
    change.commit().await.expect("it succeeds");
    user
}

#[tokio::test]
async fn code_works_once_within_its_life_and_for_its_purpose() {
    let app = TestApp::rotc().await;
    let code = create(&app, RESET).await;

    assert_eq!(redeem(&app, INVITE, &code).await, None);
    assert_eq!(redeem(&app, RESET, &code).await, Some(a_user()));
    assert_eq!(redeem(&app, RESET, &code).await, None);
    let late = create(&app, RESET).await;
    app.clock.advance(TimeDelta::hours(1));
    assert_eq!(redeem(&app, RESET, &late).await, None);
}

#[tokio::test]
async fn newer_code_replaces_the_earlier_ones_where_only_the_newest_counts() {
    let app = TestApp::rotc().await;
    let (old, invitation) = (create(&app, RESET).await, create(&app, INVITE).await);
    let (new, second) = (create(&app, RESET).await, create(&app, INVITE).await);

    assert_eq!(redeem(&app, RESET, &old).await, None);
    assert_eq!(redeem(&app, RESET, &new).await, Some(a_user()));
    for code in [invitation, second] {
        assert_eq!(redeem(&app, INVITE, &code).await, Some(a_user()));
    }
}

#[tokio::test]
async fn code_redeemed_twenty_times_at_once_works_once() {
    let app = TestApp::crowded().await;
    let code = create(&app, RESET).await;

    let all = futures_util::future::join_all((0..20).map(|_| redeem(&app, RESET, &code))).await;

    assert_eq!(all.iter().flatten().count(), 1);
}
