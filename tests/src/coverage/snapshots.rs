//! What is described of a system is what it is.

use std::process::Command;

use serde_json::Value;
use shared::{db::migrate, system::System};

use super::text;
use crate::cluster::{Database, connect};

/// The description of the API is the one in the repository, which a review has seen.
pub fn the_description_is_kept(system: &System) {
    let name = system.name;
    let snapshot: Value =
        serde_json::from_str(&text(&format!("functions/{name}/openapi.json"))).expect("JSON");

    let present = serde_json::to_value(shared::http::openapi::document(system)).expect("JSON");

    let changed = changed(&snapshot, &present);
    assert!(
        changed.is_empty(),
        "the API has changed; if that is meant, run `cargo muster openapi` and commit functions/{name}/openapi.json: {changed:#?}"
    );
}

/// Paths and schemas that differ.
fn changed(snapshot: &Value, present: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for pointer in ["/paths", "/components/schemas"] {
        let (old, new) = (snapshot.pointer(pointer), present.pointer(pointer));
        let keys = |value: Option<&Value>| -> Vec<String> {
            value.and_then(Value::as_object).map(|all| all.keys().cloned().collect()).unwrap_or_default()
        };
        let mut all = keys(old);
        all.extend(keys(new));
        all.sort();
        all.dedup();
        let get = |value: Option<&Value>, key: &str| value.and_then(|value| value.get(key)).cloned();
        names.extend(all.into_iter().filter(|key| get(old, key) != get(new, key)));
    }
    if names.is_empty() && snapshot != present {
        names.push("the title, the version or the security".to_owned());
    }
    names
}

/// The major version of PostgreSQL the snapshot is made with; others write some things otherwise.
const SNAPSHOT_MAJOR: i32 = 15;

/// An empty database is migrated to the schema in the repository.
pub async fn the_schema_is_kept(system: &System) {
    let name = system.name;
    let database = Database::empty().await;
    let mut client = connect(&database.url).await;
    migrate::migrate(&mut client, &[&migrate::SHARED, system.migrations])
        .await
        .expect("the migrations apply");
    let version = client.query_one("SELECT current_setting('server_version_num')::int / 10000", &[]).await;
    if version.expect("a version").get::<_, i32>(0) != SNAPSHOT_MAJOR {
        eprintln!("skipped: the snapshot is made with PostgreSQL {SNAPSHOT_MAJOR}");
        return;
    }
    let folder = client.query_one("SELECT setting FROM pg_config WHERE name = 'BINDIR'", &[]).await;
    let program = format!("{}/pg_dump", folder.expect("a folder").get::<_, String>(0));

    let mut dump = Command::new(&program);
    dump.args(["--schema-only", "--no-owner", "--no-privileges", &database.url]);
    let output = dump.output().unwrap_or_else(|error| panic!("{program}: {error}"));

    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let present = normalised(&String::from_utf8_lossy(&output.stdout));
    let snapshot = text(&format!("migrations/{name}/schema.sql"));
    let (old, new): (Vec<_>, Vec<_>) = (snapshot.lines().collect(), present.lines().collect());
    let first = old.iter().zip(&new).position(|(old, new)| old != new).unwrap_or(old.len().min(new.len()));
    assert!(
        snapshot == present,
        "the schema has changed, renew migrations/{name}/schema.sql as migrations/README.md says; line {}:\n- {}\n+ {}",
        first + 1,
        old.get(first).unwrap_or(&"(end)"),
        new.get(first).unwrap_or(&"(end)"),
    );
}

/// A dump without what depends on the version that made it; the rules are in `migrations/README.md`.
fn normalised(dump: &str) -> String {
    let dropped = ["--", "\\", "SET ", "SELECT pg_catalog.set_config("];
    let kept = dump.lines().filter(|line| !dropped.iter().any(|start| line.starts_with(start)));
    let mut lines: Vec<&str> = kept.map(str::trim_end).collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    format!("{}\n", lines.join("\n").trim_matches('\n'))
}
