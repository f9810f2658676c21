//! Streams behind a gateway that lets nothing through before the end.

use serde_json::json;
use tests::{TestApp, a_cadet};

use super::{EVENTS, praise, publish};

#[tokio::test]
async fn a_short_stream_answers_what_is_new_and_ends() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    publish(&app, "admin_broadcast", json!({ "n": 1 })).await;
    let mut first = app.as_cadet(&cadet).listen(EVENTS).await;
    assert_eq!(first.rest().await.len(), 1, "only the greeting");

    praise(&app, &cadet, 3).await;
    let text = app.as_cadet(&cadet).get(EVENTS).await.is(200).text();
    assert!(text.starts_with("retry: 3000\n"), "{text}");
    let merit = text.find("\"type\":\"merit_added\"").expect(&text);
    assert!(text[merit..].contains("\"type\":\"grade_updated\""), "{text}");

    let mut again = app.as_cadet(&cadet).listen(EVENTS).await;
    assert_eq!(again.rest().await.len(), 1, "nothing twice");
    let text = app.anonymous().get(EVENTS).await.is(200).text();
    assert_eq!(text, "retry: 3000\ndata: {\"type\":\"connected\"}\n\n");
}

#[tokio::test]
async fn a_short_stream_goes_on_from_the_last_event() {
    let app = TestApp::rotc().await;
    publish(&app, "admin_broadcast", json!({ "n": 1 })).await;
    let url = "/api/events";
    app.as_admin().get(url).await.is(200);
    publish(&app, "admin_broadcast", json!({ "n": 2 })).await;
    let frames = app.as_admin().listen(url).await.rest().await;
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert_eq!(frames[1].data["data"], json!({ "n": 2 }));

    let place = frames[1].id.unwrap() - 1;
    let frames = app.as_admin().header("Last-Event-ID", &place.to_string()).listen(url).await.rest().await;
    assert_eq!(frames[1].data["data"], json!({ "n": 2 }));
    let frames = app.as_admin().header("Last-Event-ID", "999999999").listen(url).await.rest().await;
    assert_eq!(frames[1].data, json!({ "type": "resync" }));
}
