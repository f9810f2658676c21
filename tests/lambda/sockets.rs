//! A WebSocket of the gateway, through a deployed program and a real database.

use serde_json::Value;
use shared::auth::token::Claims;
use tests::{TestApp, a_cadet};

use crate::program::Function;

fn event(name: &str) -> Value {
    let file = format!("{}/lambda/sockets/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).expect("an event of the gateway")
}

#[tokio::test]
async fn a_socket_is_opened_and_closed_through_the_program() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let session = app.sign_in(cadet.user_id).await.session;
    // The program's clock is the machine's.
    let longer = "UPDATE muster.sessions SET idle_expires_at = 'infinity', absolute_expires_at = 'infinity'";
    app.execute(longer, &[]).await;
    let claims =
        Claims::access(cadet.user_id, session, app.clock.now(), chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let token = app.app.signer.sign(&claims).await.expect("a token");
    let variables = [
        ("DATABASE_URL", app.database_url()),
        ("JWT_SECRET", "a key for tests, long enough to sign with"),
        // Nothing listens on the discard port of this machine.
        ("SOCKETS_ENDPOINT", "http://127.0.0.1:9/live"),
        ("SOCKETS_ACCESS_KEY", "key"),
        ("SOCKETS_SECRET_KEY", "secret"),
    ];
    let function = Function::program("rotc-realtime-socket", &variables).await;
    let open = "SELECT count(*) FROM muster.sockets";

    let refused = function.answer(&event("connect")).await;
    assert_eq!(refused["statusCode"], 401, "{refused}");
    let mut connect = event("connect");
    connect["queryStringParameters"]["token"] = token.into();
    assert_eq!(function.answer(&connect).await["statusCode"], 200);
    assert_eq!(app.value::<i64>(open, &[]).await, 1);
    let unreachable = function.answer(&event("message")).await;
    assert_eq!(unreachable["statusCode"], 503, "{unreachable}");
    assert_eq!(function.answer(&event("disconnect")).await["statusCode"], 200);
    assert_eq!(app.value::<i64>(open, &[]).await, 0);
}
