//! Pairs of tokens as the clients of Django systems expect them.

use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use shared::auth::{
    policy::{RefreshForm, Refused, TokenPolicy, WithinGrace},
    session::{Device, Tokens, revoke, revoke_others},
};
use tests::TestApp;

use super::a_user;

/// A spent refresh token is refused; a minute after its use it ends the session.
const STRICT: TokenPolicy = TokenPolicy {
    access: Some(TimeDelta::minutes(60)),
    refresh: TimeDelta::days(7),
    session: None,
    grace: TimeDelta::seconds(60),
    within_grace: WithinGrace::Reject,
    form: RefreshForm::Jwt,
};

/// Pages that refresh at the same time all get the same successor.
const LENIENT: TokenPolicy =
    TokenPolicy { grace: TimeDelta::seconds(30), within_grace: WithinGrace::SameSuccessor, ..STRICT };

fn extra() -> Map<String, Value> {
    Map::from_iter([("tenant_id".to_owned(), json!("one"))])
}

async fn issue(app: &TestApp, policy: &TokenPolicy) -> Tokens {
    let mut change = app.app.db.change_for_system("sign-in").await.expect("it succeeds");
    let tokens = policy
        .issue(&app.app, &mut change, a_user(), &Device::default(), extra())
        .await
        .expect("it succeeds");
    change.commit().await.expect("it succeeds");
    tokens
}

async fn refresh(app: &TestApp, policy: &TokenPolicy, token: &str) -> Result<Tokens, Refused> {
    let mut change = app.app.db.change_for_system("refresh").await.expect("it succeeds");
    let tokens = match policy.redeem(&app.app, &mut change, token).await.expect("it succeeds") {
        Ok(redeemed) => {
            assert_eq!(redeemed.user, a_user());
            Ok(policy.renew(&app.app, &mut change, redeemed, extra()).await.expect("it succeeds"))
        }
        Err(refused) => Err(refused),
    };
    change.commit().await.expect("it succeeds");
    tokens
}

#[tokio::test]
async fn access_and_refresh_tokens_name_user_system_type_and_further_claims() {
    let app = TestApp::rotc().await;
    let tokens = issue(&app, &STRICT).await;
    let now = app.clock.now();

    let claims = app.app.signer.check(&tokens.access, now).await.unwrap().expect("an access token");
    assert_eq!(
        (&claims.sub, claims.sid, claims.extra["tenant_id"].as_str()),
        (&a_user(), tokens.session, Some("one"))
    );
    assert_eq!(claims.aud.as_deref(), app.app.config.system);
    assert_eq!(claims.exp - claims.iat, 3600);
    assert_eq!(
        app.app.signer.check(&tokens.refresh, now).await.unwrap(),
        None,
        "a refresh token opens nothing"
    );
    assert_eq!(refresh(&app, &STRICT, &tokens.access).await.unwrap_err(), Refused::WrongType);
    app.clock.advance(TimeDelta::minutes(60));
    assert_eq!(app.app.signer.check(&tokens.access, app.clock.now()).await.unwrap(), None);
}

#[tokio::test]
async fn refresh_rotates_and_every_refresh_starts_the_life_of_the_session_again() {
    let app = TestApp::rotc().await;
    let mut tokens = issue(&app, &STRICT).await;

    for _ in 0..5 {
        app.clock.advance(TimeDelta::days(6));
        let next = refresh(&app, &STRICT, &tokens.refresh).await.unwrap();
        assert_ne!(next.refresh, tokens.refresh);
        assert_eq!(next.session, tokens.session);
        tokens = next;
    }
    app.clock.advance(TimeDelta::days(7));
    assert_eq!(refresh(&app, &STRICT, &tokens.refresh).await.unwrap_err(), Refused::Expired);
}

#[tokio::test]
async fn spent_token_is_refused_within_the_grace_and_ends_the_session_after_it() {
    let app = TestApp::rotc().await;
    let first = issue(&app, &STRICT).await;
    let second = refresh(&app, &STRICT, &first.refresh).await.unwrap();

    app.clock.advance(TimeDelta::seconds(59));
    assert_eq!(refresh(&app, &STRICT, &first.refresh).await.unwrap_err(), Refused::Spent);
    let third = refresh(&app, &STRICT, &second.refresh).await.expect("the session lives on");
    app.clock.advance(TimeDelta::seconds(61));
    assert_eq!(refresh(&app, &STRICT, &second.refresh).await.unwrap_err(), Refused::Spent);
    assert_eq!(refresh(&app, &STRICT, &third.refresh).await.unwrap_err(), Refused::Ended);
}

#[tokio::test]
async fn parallel_refreshes_get_one_success_or_the_same_successor() {
    let app = TestApp::crowded().await;
    for (policy, most) in [(STRICT, 1), (LENIENT, 5)] {
        let first = issue(&app, &policy).await;
        let all = (0..5).map(|_| refresh(&app, &policy, &first.refresh));
        let results = futures_util::future::join_all(all).await;

        let successors: Vec<_> = results.iter().flatten().map(|tokens| &tokens.refresh).collect();
        assert_eq!(successors.len(), most);
        assert!(successors.windows(2).all(|pair| pair[0] == pair[1]), "one successor");
        assert!(results.iter().flatten().all(|tokens| tokens.session == first.session));
        refresh(&app, &policy, successors[0]).await.expect("the successor works");
    }
}

#[tokio::test]
async fn repetition_after_the_successor_was_used_is_no_repetition() {
    let app = TestApp::rotc().await;
    let first = issue(&app, &LENIENT).await;
    let second = refresh(&app, &LENIENT, &first.refresh).await.unwrap();
    let third = refresh(&app, &LENIENT, &second.refresh).await.unwrap();

    assert_eq!(refresh(&app, &LENIENT, &first.refresh).await.unwrap_err(), Refused::Spent);

    assert_eq!(refresh(&app, &LENIENT, &third.refresh).await.unwrap_err(), Refused::Ended, "it was stolen");
}

#[tokio::test]
async fn end_of_the_session_ends_every_refresh_token_of_it() {
    let app = TestApp::rotc().await;
    let (ended, present, other) =
        (issue(&app, &STRICT).await, issue(&app, &STRICT).await, issue(&app, &STRICT).await);
    let mut change = app.app.db.change_for_system("sign-out").await.unwrap();
    revoke(&app.app, &mut change, ended.session, "signed out").await.unwrap();
    revoke_others(&app.app, &mut change, a_user(), present.session, "new password").await.unwrap();
    change.commit().await.unwrap();

    assert_eq!(refresh(&app, &STRICT, &ended.refresh).await.unwrap_err(), Refused::Ended);
    assert_eq!(refresh(&app, &STRICT, &other.refresh).await.unwrap_err(), Refused::Ended);
    refresh(&app, &STRICT, &present.refresh).await.expect("the present session lives on");
}

#[tokio::test]
async fn altered_and_foreign_tokens_are_invalid() {
    let app = TestApp::rotc().await;
    let tokens = issue(&app, &STRICT).await;
    let (head, _) = tokens.refresh.rsplit_once('.').unwrap();

    for token in ["", "x", "a.b.c", head, &format!("{head}.AAAA"), &"x".repeat(5000)] {
        assert_eq!(refresh(&app, &STRICT, token).await.unwrap_err(), Refused::Invalid, "{token}");
    }
    refresh(&app, &STRICT, &tokens.refresh).await.expect("no attempt has ended the session");
}
