//! Tokens in cookies, which browsers also send with requests that pages of other sites have started.

use axum::extract::FromRequestParts;
use chrono::TimeDelta;
use http::{HeaderMap, Method, Request, StatusCode};
use shared::{
    App, Error, Result,
    auth::{
        policy::{RefreshForm, TokenPolicy, WithinGrace},
        principal::{CSRF_COOKIE, CSRF_HEADER, Call, Maybe, Principal, Signed, Source},
        session::Device,
        token::Claims,
    },
    db::{Actor, UserKey},
    sql,
};
use tests::TestApp;

use super::a_user;

const POLICY: TokenPolicy = TokenPolicy {
    access: Some(TimeDelta::hours(1)),
    refresh: TimeDelta::days(7),
    session: None,
    grace: TimeDelta::zero(),
    within_grace: WithinGrace::Reject,
    form: RefreshForm::Opaque,
};

/// A user of a system whose clients keep their tokens in cookies.
#[derive(Clone, Debug)]
struct Person {
    key: UserKey,
    call: Call,
}

impl Principal for Person {
    const SOURCES: &'static [Source] = &[Source::Header, Source::Cookie("access_token")];

    const TABLES: &'static [&'static str] = &[];

    async fn load(app: &App, claims: &Claims) -> Result<Option<Self>> {
        let find = sql!(
            "SELECT user_id FROM muster.sessions WHERE id = $1 AND revoked_at IS NULL AND idle_expires_at > $2"
        );
        let found = app.db.read().await?.one(find, &[&claims.sid, &app.clock.now()]).await?;
        Ok(found.map(|key| Self { key, call: Call::default() }))
    }

    async fn admit(&self, _: &App) -> Result<()> {
        Ok(())
    }

    fn calling(self, call: Call) -> Self {
        Self { call, ..self }
    }

    fn actor(&self) -> Actor {
        Actor { address: self.call.address.clone(), ..Actor::user(&self.key) }
    }
}

async fn token(app: &TestApp) -> String {
    let mut change = app.app.db.change_for_system("sign-in").await.expect("it succeeds");
    let device = Device::default();
    let tokens = POLICY
        .issue(&app.app, &mut change, a_user(), &device, serde_json::Map::new())
        .await
        .expect("it succeeds");
    change.commit().await.expect("it succeeds");
    tokens.access
}

/// What becomes of a request with these headers.
async fn call(app: &TestApp, method: Method, headers: &[(&str, &str)]) -> Result<Person, Error> {
    let mut request = Request::new(());
    *request.method_mut() = method;
    let pairs =
        headers.iter().map(|(name, value)| (name.parse().expect("a name"), value.parse().expect("a value")));
    *request.headers_mut() = pairs.collect::<HeaderMap>();
    let (mut parts, ()) = request.into_parts();
    let Maybe(maybe) = Maybe::<Person>::from_request_parts(&mut parts, &app.app).await?;
    let signed = Signed::<Person>::from_request_parts(&mut parts, &app.app).await;
    assert_eq!(maybe.is_some(), signed.is_ok());
    signed.map(|Signed(person)| person)
}

#[tokio::test]
async fn cookie_signs_in_and_changes_something_only_with_the_repeated_csrf_cookie() {
    let app = TestApp::rotc().await;
    let token = token(&app).await;
    let cookies = format!("access_token={token}; {CSRF_COOKIE}=abc");
    let cookie = ("cookie", cookies.as_str());

    let person = call(&app, Method::GET, &[cookie]).await.unwrap();
    assert_eq!(person.actor().user, Some(a_user()));
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let good = [cookie, (CSRF_HEADER, "abc")];
        call(&app, method.clone(), &good).await.unwrap();
        for bad in [vec![cookie], vec![cookie, (CSRF_HEADER, "abd")], vec![cookie, (CSRF_HEADER, "")]] {
            let refused = call(&app, method.clone(), &bad).await.unwrap_err();
            assert_eq!((refused.kind().status(), refused.code()), (StatusCode::FORBIDDEN, "csrf"));
        }
    }
    let without = format!("access_token={token}; {CSRF_COOKIE}=");
    let refused = call(&app, Method::POST, &[("cookie", &without), (CSRF_HEADER, "")]).await.unwrap_err();
    assert_eq!(refused.code(), "csrf");
}

#[tokio::test]
async fn request_that_names_the_origin_of_another_site_is_refused() {
    let app = TestApp::with(|config| config.cors_origins = vec!["https://app.example.test".to_owned()]).await;
    let cookies = format!("access_token={}; {CSRF_COOKIE}=abc", token(&app).await);
    let good = [("cookie", cookies.as_str()), (CSRF_HEADER, "abc")];
    let from = |origin| [good.as_slice(), &[("origin", origin)]].concat();

    for own in ["https://rotc.example.test", "https://app.example.test"] {
        call(&app, Method::POST, &from(own)).await.unwrap();
    }
    for other in ["https://evil.test", "null", "https://rotc.example.test.evil.test"] {
        assert_eq!(call(&app, Method::POST, &from(other)).await.unwrap_err().code(), "csrf", "{other}");
    }
}

#[tokio::test]
async fn header_needs_no_csrf_token_and_counts_before_the_cookie() {
    let app = TestApp::rotc().await;
    let header = format!("Bearer {}", token(&app).await);

    call(&app, Method::POST, &[("authorization", &header)]).await.unwrap();
    call(&app, Method::POST, &[("authorization", &header), ("cookie", "access_token=x")]).await.unwrap();
    let none = call(&app, Method::POST, &[]).await.unwrap_err();
    assert_eq!((none.kind().status(), none.code()), (StatusCode::UNAUTHORIZED, "no_token"));
    let bad = call(&app, Method::GET, &[("cookie", "access_token=x")]).await.unwrap_err();
    assert_eq!((bad.kind().status(), bad.code()), (StatusCode::UNAUTHORIZED, "invalid_token"));
}
