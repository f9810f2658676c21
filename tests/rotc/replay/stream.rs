//! Recorded event streams.
//!
//! The legacy server told every stranger everything. Here strangers get the greeting only, which each line checks, and
//! the recorded events are expected on an admin's stream. Numbers (`id:`) and the time to come back (`retry:`) are ours.

use futures_util::FutureExt;
use serde_json::{Value, json};
use tests::{Client, EventStream};

use super::{differences::LIST, line::Line, player::Player};

/// An event that is stored after all that a line has caused, so it comes after it.
const END: &str = "end_of_line";

impl Player {
    /// Opens the stream, sends the triggers, and answers how what came differs.
    pub(super) async fn play_stream(&mut self, line: &Line) -> Vec<String> {
        // The trigger's own entry in the list goes when its route appears, and the line counts from then on.
        if line.triggers.iter().any(|trigger| LIST.is_later(trigger)) {
            return Vec::new();
        }
        if let Err(problem) = self.sign_in("admin").await {
            return vec![problem];
        }
        let mut strangers = with_headers(self.app.anonymous(), line).listen(&line.path).await;
        let mut admin = with_headers(self.app.with_token(&self.token), line).listen(&line.path).await;
        for trigger in &line.triggers {
            // Where something else is meant to come, its trigger may be refused.
            if let Some(problem) = self.trigger(trigger).await
                && LIST.of(line).is_none()
            {
                return vec![problem];
            }
        }
        self.app.execute("INSERT INTO sync_events (event_type) VALUES ($1)", &[&END]).await;
        let mut frames = admin.until(END).await;
        frames.pop();
        let actual: Value = frames.into_iter().map(|frame| frame.data).collect();
        let mut problems = strangers_learn_nothing(&mut strangers).await;
        problems.extend(self.compare_stream(line, &admin, &actual));
        problems
    }

    async fn trigger(&mut self, trigger: &Line) -> Option<String> {
        if let Err(problem) = self.sign_in(trigger.person()?).await {
            return Some(problem);
        }
        let answer = self.send(trigger).await;
        (Some(answer.status()) != trigger.status).then(|| format!("{}: {answer}", trigger.id))
    }

    fn compare_stream(&mut self, line: &Line, stream: &EventStream, actual: &Value) -> Vec<String> {
        if line.unchecked {
            return Vec::new();
        }
        let recorded = frames(line.response["sse_text"].as_str().unwrap_or_default());
        let mut problems = self.compare(line, &recorded, actual, "");
        if let Some(difference) = LIST.of(line) {
            if problems.is_empty() {
                return vec!["carries what was recorded: remove the line from differences.toml".to_owned()];
            }
            let body = difference.body.as_ref();
            problems = body.map_or_else(Vec::new, |body| self.compare(line, body, actual, ""));
        }
        let header = |name: &str| stream.parts.headers.get(name).and_then(|value| value.to_str().ok());
        problems.extend(self.compare(
            line,
            &json!(line.status),
            &json!(stream.parts.status.as_u16()),
            "status",
        ));
        problems.extend(self.compare(
            line,
            &json!(line.content_type),
            &json!(header("content-type")),
            "type",
        ));
        let caching = json!(line.response_headers.get("Cache-Control"));
        problems.extend(self.compare(line, &caching, &json!(header("cache-control")), "caching"));
        problems
    }
}

/// What an admin has been told a stranger has been told too by then, or never.
async fn strangers_learn_nothing(stream: &mut EventStream) -> Vec<String> {
    let greeting = stream.data().await;
    let more = stream.frame().now_or_never();
    if greeting == json!({ "type": "connected" }) && more.is_none() {
        return Vec::new();
    }
    vec![format!("strangers are told {greeting} and {more:?}")]
}

fn with_headers<'a>(client: Client<'a>, line: &Line) -> Client<'a> {
    line.headers.iter().fold(client, |client, (name, value)| client.header(name, value))
}

/// The data of every frame of a recorded text. Matchers of numbers stand there without quotes.
fn frames(text: &str) -> Value {
    let data = text.split("\n\n").filter_map(|frame| frame.strip_prefix("data: "));
    data.map(|data| {
        let quoted = data.replace(":<<", ":\"<<").replace(">>}", ">>\"}").replace(">>,", ">>\",");
        serde_json::from_str::<Value>(&quoted).unwrap_or_else(|error| panic!("{error}: {quoted}"))
    })
    .collect()
}
