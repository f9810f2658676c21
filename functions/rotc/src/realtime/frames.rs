//! Events as the texts that event streams carry.

use bytes::Bytes;
use chrono::{NaiveDateTime, SecondsFormat};
use serde::Serialize;
use serde_json::{Map, Value};
use shared::{
    realtime::{
        Audience, Event, Part,
        protocol::{self, frame},
    },
    row,
};

use super::{
    audience::{self, number},
    messages,
};

row! {
    /// An event of the log, with what it only points to as that is now.
    #[derive(Clone, Debug, Default)]
    pub struct Stored {
        /// Its number.
        pub seq: i64,
        /// `sync_events.event_type`; empty when the row is gone.
        pub kind: String,
        /// The cadet it is about.
        pub cadet_id: Option<i32>,
        /// What whoever published it says.
        pub payload: Value,
        /// When it was stored (UTC).
        pub at: Option<NaiveDateTime>,
        /// Totals and scores of its cadet.
        pub grades: Option<Value>,
        /// When its cadet came and went on its training day.
        pub times: Option<Value>,
        /// The notices that were created.
        pub notices: Option<Value>,
        /// The value of the setting that was changed.
        pub setting: Option<String>,
    }
}

impl Stored {
    /// The cadet it is about, by its column or its payload.
    pub fn cadet(&self) -> Option<i32> {
        self.cadet_id.or_else(|| number(&self.payload["cadetId"]))
    }
}

/// Events that the triggers of the ledger store.
const LEDGER: [&str; 5] =
    ["merit_added", "merit_deleted", "demerit_added", "demerit_deleted", "ledger_updated"];

/// Rows of the legacy outbox, whose payload stands in a member of its own.
const ROWS: [&str; 3] = ["login_autolink_cadet", "cadet_autolinked", "cadet_grade_fetch_failed"];

/// Whether an event comes from the ledger.
fn is_ledger(kind: &str) -> bool {
    LEDGER.contains(&kind)
}

/// Writes an event for everybody it is for.
pub fn render(event: &Stored) -> Event {
    let parts = match event.kind.as_str() {
        "notifications_created" => {
            let notices = event.notices.iter().filter_map(Value::as_array).flatten();
            notices.filter_map(|one| notice(event, one)).collect()
        }
        _ => vec![Part {
            audience: Audience::everywhere(audience::audience(event)),
            frames: [client_frames(event), resource_frame(event, &event.kind, &shown(event))],
            message: Some(messages::of(event)),
        }],
    };
    Event { seq: event.seq, parts }
}

/// One notice, for whom it is. Clients of the legacy server read their notices when another event tells them to.
fn notice(event: &Stored, notice: &Value) -> Option<Part> {
    let mut data = notice.clone();
    let user_id = data.as_object_mut()?.remove("user_id").as_ref().and_then(number);
    let topics = audience::of_notice(user_id, data["type"].as_str().unwrap_or_default());
    Some(Part {
        audience: Audience::everywhere(topics),
        frames: [Bytes::new(), resource_frame(event, "notification", &data)],
        message: Some(protocol::message(event.seq, "notification", &data)),
    })
}

/// `{type, ...}` as the legacy server broadcast it.
#[derive(Serialize)]
struct Published<'a> {
    r#type: &'a str,
    #[serde(flatten)]
    payload: &'a Map<String, Value>,
}

/// `{type, cadetId, payload, at}`: a row of the outbox.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Row<'a> {
    r#type: &'a str,
    cadet_id: Option<i32>,
    payload: &'a Value,
    at: i64,
}

/// A frame of the resource API.
#[derive(Serialize)]
struct Resource<'a> {
    r#type: &'a str,
    cadet_id: Option<i32>,
    data: &'a Value,
    timestamp: Option<String>,
}

/// What clients see of the payload. Which grades have changed is for sockets only.
fn shown(event: &Stored) -> Value {
    let mut payload = event.payload.clone();
    if let (true, Some(members)) = (event.kind == "grade_updated", payload.as_object_mut()) {
        members.remove("changed");
    }
    payload
}

/// The frames of a client of the legacy server: after an entry of the ledger it is told that the grade has changed.
fn client_frames(event: &Stored) -> Bytes {
    if event.kind == "system_setting_updated" {
        return Bytes::new();
    }
    let payload = shown(event);
    let as_row = Row {
        r#type: &event.kind,
        cadet_id: event.cadet_id,
        payload: &payload,
        at: event.at.map_or(0, |at| at.and_utc().timestamp_millis()),
    };
    let row_like = is_ledger(&event.kind) || ROWS.contains(&event.kind.as_str());
    match payload.as_object().filter(|_| !row_like) {
        Some(members) => frame(Some(event.seq), &Published { r#type: &event.kind, payload: members }),
        None if is_ledger(&event.kind) => {
            // The number comes last: a client that loses the connection in between gets both again.
            let payload = Map::from_iter([("cadetId".to_owned(), event.cadet_id.into())]);
            let echo = Published { r#type: "grade_updated", payload: &payload };
            format!("{}{}", frame(None, &as_row), frame(Some(event.seq), &echo))
        }
        None => frame(Some(event.seq), &as_row),
    }
    .into()
}

fn resource_frame(event: &Stored, kind: &str, data: &Value) -> Bytes {
    let timestamp = event.at.map(|at| at.and_utc().to_rfc3339_opts(SecondsFormat::Millis, true));
    frame(Some(event.seq), &Resource { r#type: kind, cadet_id: event.cadet(), data, timestamp }).into()
}
