//! Writing a backup: table after table, row after row.

use chrono::{DateTime, SecondsFormat, Utc};
use shared::{
    Result,
    db::{Record, Snapshot},
    http::Pieces,
};

use super::tables::TABLES;

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;

/// Writes all tables as they are in `snapshot`, in the layout of `JSON.stringify(backup, null, 2)`.
pub async fn write(mut snapshot: Snapshot, now: DateTime<Utc>, pieces: Pieces) -> Result<()> {
    let timestamp = now.to_rfc3339_opts(SecondsFormat::Millis, true);
    let mut text = format!("{{\n  \"timestamp\": \"{timestamp}\",\n  \"data\": {{");
    for (place, (table, select)) in TABLES.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        text.push_str(&format!("{comma}\n    \"{table}\": ["));
        let mut rows = snapshot.rows::<Record>(*select, &[]).await?;
        let mut none = true;
        while let Some(row) = rows.next().await? {
            text.push_str(if none { "\n      " } else { ",\n      " });
            none = false;
            // No text holds a line feed of its own in JSON: those are the layout's.
            text.push_str(&serde_json::to_string_pretty(&row)?.replace('\n', "\n      "));
            if text.len() >= PIECE {
                pieces.send(std::mem::take(&mut text)).await?;
            }
        }
        text.push_str(if none { "]" } else { "\n    ]" });
    }
    text.push_str("\n  }\n}");
    pieces.send(text).await
}
