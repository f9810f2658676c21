//! What all systems share knows none of them: no table, column, role or name of one stands in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use muster::systems::SYSTEMS;
use regex::Regex;
use shared::{db::migrate, system::System};
use tests::cluster::{Database, connect};

/// What must not know a system.
const SHARED: [&str; 3] = ["shared", "local-dev", "migrations/shared"];

/// What may: the table in which systems are registered, and what measures and tests the only one there is. The latter move
/// to their system with the second.
const EXCEPTIONS: [&str; 3] =
    ["local-dev/src/systems.rs", "local-dev/src/bench/", "local-dev/src/legacy/tests.rs"];

/// Words of systems that are everybody's: of HTTP, SQL, files, mail and pictures, and what each system calls the people
/// who sign in. A word that no system uses any more, or that nothing shared uses, must go.
const COMMON: &[&str] = &[
    // rows and their columns
    "action",
    "content",
    "created_at",
    "date",
    "description",
    "id",
    "key",
    "keys",
    "operation",
    "payload",
    "reason",
    "status",
    "subject",
    "table_name",
    "title",
    "type",
    "user_id",
    "value",
    // people who sign in, and who may do everything
    "admin",
    "email",
    "password",
    "role",
    "user",
    "username",
    "users",
    // requests, notifications of PostgreSQL, jobs
    "address",
    "age",
    "endpoint",
    "message",
    "notification",
    "notifications",
    // pictures and pages
    "height",
    "image",
    "images",
    "point",
    "points",
    "weight",
    // what rows of any system are called
    "amount",
    "body",
    "change",
    "changes",
    "code",
    "counter",
    "counters",
    "detail",
    "digest",
    "finished_at",
    "is_open",
    "issued_at",
    "key_id",
    "kind",
    "line",
    "lines",
    "name",
    "note",
    "notes",
    "owner",
    "payment",
    "payments",
    "problem",
    "processed",
    "program",
    "receipt",
    "receipts",
    "received_at",
    "request_id",
    "revoked_at",
    "revoked_reason",
    "school",
    "signature",
    "size",
    "snapshot",
    "source",
    "state",
    "student",
    "time",
    "times",
    "total",
    "tries",
    "try",
];

/// The names of a system: its own, its tables and columns, and the roles of its users.
async fn words(system: &System) -> BTreeSet<String> {
    let database = Database::empty().await;
    let mut client = connect(&database.url).await;
    let migrated = migrate::migrate(&mut client, &[&migrate::SHARED, system.migrations]).await;
    migrated.expect("the migrations apply to an empty database");
    let names = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'
                 UNION SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public'
                 UNION SELECT role[1] FROM pg_constraint
                     CROSS JOIN LATERAL regexp_matches(pg_get_constraintdef(oid), '''(\\w+)''', 'g') AS role
                     WHERE contype = 'c' AND pg_get_constraintdef(oid) LIKE 'CHECK ((role %'";
    let rows = client.query(names, &[]).await.expect("names can be listed");
    let names = rows.iter().map(|row| row.get::<_, String>(0)).chain([system.name.to_owned()]);
    names.flat_map(|name| [singular(&name), name]).filter(|word| word.len() > 1).collect()
}

fn singular(name: &str) -> String {
    match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None if name.ends_with("ss") => name.to_owned(),
        None => name.strip_suffix('s').unwrap_or(name).to_owned(),
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else if path
            .extension()
            .is_some_and(|end| ["rs", "sql", "yaml", "html", "txt"].iter().any(|one| end == *one))
        {
            found.push(path);
        }
    }
}

#[tokio::test]
async fn shared_code_names_no_system() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut known = BTreeSet::new();
    for (system, _) in SYSTEMS {
        known.extend(words(system).await);
    }
    let mut sources = Vec::new();
    for folder in SHARED {
        files(&root.join(folder), &mut sources);
    }
    let word = Regex::new("[a-z][a-z0-9]*(?:_[a-z0-9]+)*").expect("a pattern");
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in sources {
        let place = file.strip_prefix(&root).expect("a file of the repository").display().to_string();
        if EXCEPTIONS.iter().any(|exception| place.starts_with(exception)) || place.contains("/fonts/") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a text").to_lowercase();
        for found in word.find_iter(&text).map(|found| found.as_str()).filter(|found| known.contains(*found))
        {
            used.entry(found.to_owned()).or_default().insert(place.clone());
        }
    }

    let named: Vec<_> = used.iter().filter(|(word, _)| !COMMON.contains(&word.as_str())).collect();
    assert!(named.is_empty(), "these words belong to a system: {named:#?}");
    let unused: Vec<_> = COMMON.iter().filter(|word| !used.contains_key(**word)).collect();
    assert!(unused.is_empty(), "take these words off the list, they need no exception: {unused:#?}");
}
