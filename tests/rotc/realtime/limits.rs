//! How much one client may take of live events.

use serde_json::json;
use tests::a_cadet;

use super::{EVENTS, greeted, live};

#[tokio::test]
async fn thirty_first_stream_of_one_person_is_refused_and_others_go_on() {
    let app = live().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let client = app.as_cadet(&cadet);
    let mut streams = Vec::new();
    for _ in 0..30 {
        streams.push(greeted(client.listen(EVENTS).await).await);
    }

    assert!(client.get(EVENTS).await.is(429).header("retry-after").parse::<u64>().is_ok());
    greeted(app.as_cadet(&other).listen(EVENTS).await).await;

    let server = app.serve().await;
    let path = format!("/ws/updates?token={}", client.token().await);
    assert_eq!(server.socket(&path).await.next().await, Err(1008));
    streams.pop();
    assert_eq!(server.socket(&path).await.message().await["type"], "connection_established");
}

#[tokio::test]
async fn further_streams_of_strangers_end_after_their_greeting() {
    let app = live().await;
    let mut streams = Vec::new();
    for _ in 0..500 {
        streams.push(app.anonymous().listen(EVENTS).await);
    }

    let last = app.anonymous().get(EVENTS).await;

    last.is(200);
    assert!(last.text().contains("retry: 3000"), "{}", last.text());
    greeted(app.as_admin().listen(EVENTS).await).await;
}

#[tokio::test]
async fn socket_that_sends_hundreds_of_messages_at_once_is_closed() {
    let app = live().await;
    let server = app.serve().await;
    let path = format!("/ws/updates?token={}", app.as_admin().token().await);
    let mut socket = server.socket(&path).await;
    assert_eq!(socket.message().await["type"], "connection_established");

    for number in 0..300 {
        if !socket.try_say(json!({ "type": "ping", "timestamp": number })).await {
            break;
        }
    }

    let mut pongs = 0;
    let closed = loop {
        match socket.next().await {
            Ok(_) => pongs += 1,
            Err(code) => break code,
        }
    };
    assert!(pongs < 150, "{pongs}");
    // The close is lost where the client still sends.
    assert!([0, 1008].contains(&closed), "{closed}");
}
