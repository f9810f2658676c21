//! An open event stream.

use std::{collections::VecDeque, time::Duration};

use axum::{body::BodyDataStream, response::Response};
use futures_util::StreamExt;
use http::response::Parts;
use serde_json::Value;

/// How long a frame may take before a test gives up.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A frame of an event stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Its `id`.
    pub id: Option<i64>,
    /// Its `data`, null for a comment.
    pub data: Value,
}

/// What arrives at a listener, frame by frame.
pub struct EventStream {
    /// Status and headers.
    pub parts: Parts,
    body: BodyDataStream,
    text: String,
    frames: VecDeque<Frame>,
}

impl EventStream {
    pub(crate) fn new(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        Self { parts, body: body.into_data_stream(), text: String::new(), frames: VecDeque::new() }
    }

    /// The next frame; none when the stream has ended.
    #[track_caller]
    pub fn frame(&mut self) -> impl Future<Output = Option<Frame>> + use<'_> {
        let caller = std::panic::Location::caller();
        async move {
            while self.frames.is_empty() {
                let chunk = tokio::time::timeout(PATIENCE, self.body.next()).await;
                let chunk = chunk.unwrap_or_else(|_| panic!("nothing came, waited for at {caller}"));
                self.read(&chunk?.expect("the stream does not break"));
            }
            self.frames.pop_front()
        }
    }

    /// The data of the next frame.
    #[track_caller]
    pub fn data(&mut self) -> impl Future<Output = Value> + use<'_> {
        let next = self.frame();
        async move { next.await.expect("the stream has not ended").data }
    }

    /// The frames up to one of this type, which is the last.
    pub async fn until(&mut self, kind: &str) -> Vec<Frame> {
        let mut frames = Vec::new();
        loop {
            let frame = self.frame().await.unwrap_or_else(|| panic!("ended without {kind}: {frames:?}"));
            frames.push(frame);
            if frames.last().is_some_and(|frame| frame.data["type"] == kind) {
                return frames;
            }
        }
    }

    /// Every frame until the stream ends.
    pub async fn rest(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some(frame) = self.frame().await {
            frames.push(frame);
        }
        frames
    }

    fn read(&mut self, chunk: &[u8]) {
        self.text += std::str::from_utf8(chunk).expect("frames are text");
        while let Some((frame, rest)) = self.text.split_once("\n\n") {
            let field = |name: &str| frame.lines().find_map(|line| line.strip_prefix(name));
            let data = field("data: ").map(|data| serde_json::from_str(data).expect("data is JSON"));
            let id = field("id: ").map(|id| id.parse().expect("ids are numbers"));
            self.frames.push_back(Frame { id, data: data.unwrap_or_default() });
            self.text = rest.to_owned();
        }
    }
}
