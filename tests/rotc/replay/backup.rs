//! Backups: too large to record, so only their tables, how many rows each has, and one row.

use serde_json::{Value, json};

/// The members of a backup that were recorded: keys, counts, and of each table the row with the recorded id.
pub fn summary(expected: &Value, backup: &Value) -> Value {
    let keys: Vec<&str> =
        expected["keys"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let keys: Vec<&str> = keys.into_iter().filter(|key| backup.get(key).is_some()).collect();
    let data = &backup["data"];
    let tables = |name: &str| expected[name].as_object().into_iter().flatten();
    let counts: Value = tables("counts")
        .map(|(table, _)| (table.clone(), json!(data[table].as_array().map(Vec::len))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let first: Value = tables("first")
        .map(|(table, row)| {
            let rows = data[table].as_array().into_iter().flatten();
            (table.clone(), rows.into_iter().find(|one| one["id"] == row["id"]).cloned().unwrap_or_default())
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    json!({ "json_summary": true, "keys": keys, "counts": counts, "first": first })
}
