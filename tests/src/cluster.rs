//! A database for each test: cloned from a template that is migrated once for each content of the migrations.

use std::{
    future::Future,
    sync::Once,
    time::{SystemTime, UNIX_EPOCH},
};

use muster::postgres::test_cluster;
use sha2::{Digest, Sha256};
use shared::{
    db::migrate::{self, MigrationSet},
    system::System,
};
use tokio_postgres::{Client, NoTls};

/// The migrations of ROTC, in the order `muster migrate` applies them.
pub const SETS: [&MigrationSet; 2] = [&migrate::SHARED, rotc::SYSTEM.migrations];

/// All who make or sweep templates wait for this lock; its digits mean nothing.
const LOCK: i64 = 5_102_558_300_417;

/// A database of one test. It is dropped with this value.
#[derive(Debug)]
pub struct Database {
    /// Its name in the cluster.
    pub name: String,
    /// How to connect to it.
    pub url: String,
    /// Whether it is dropped by somebody else.
    borrowed: bool,
}

impl Database {
    /// An empty database with the present schema. Its sequences start 10,000 apart, so that an id of one table never fits
    /// another.
    pub async fn migrated(system: &'static System) -> Self {
        let sets = [&migrate::SHARED, system.migrations];
        let template = template_of(system.name, &sets, "", |url| async move {
            let mut client = connect(&url).await;
            migrate::migrate(&mut client, &sets).await.expect("the migrations apply to an empty database");
            client.batch_execute(SPREAD_SEQUENCES).await.expect("sequences can be moved");
        });
        Self::clone_of(&template.await).await
    }

    /// A database with the present schema and what `fill` puts into it, made of `content`.
    pub async fn filled<F, Fut>(system: &'static System, kind: &str, content: &str, fill: F) -> Self
    where
        F: FnOnce(Client) -> Fut,
        Fut: Future<Output = ()>,
    {
        let sets = [&migrate::SHARED, system.migrations];
        let template = template_of(kind, &sets, content, |url| async move {
            let mut client = connect(&url).await;
            migrate::migrate(&mut client, &sets).await.expect("the migrations apply to an empty database");
            fill(client).await;
        });
        Self::clone_of(&template.await).await
    }

    /// An empty database without any table.
    pub async fn empty() -> Self {
        Self::clone_of("template0").await
    }

    /// A copy of the database `template`.
    pub async fn clone_of(template: &str) -> Self {
        static SWEPT: Once = Once::new();
        let cluster = test_cluster().await.expect("the test cluster starts");
        let admin = connect(&cluster.url("postgres")).await;
        let mut first = false;
        SWEPT.call_once(|| first = true);
        if first {
            sweep(&admin).await;
        }
        let name = format!("t_{}_{}", std::process::id(), uuid::Uuid::from_u128(unique()).simple());
        let create = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"");
        admin.batch_execute(&create).await.expect("a database can be cloned");
        Self { url: cluster.url(&name), name, borrowed: false }
    }
}

impl Database {
    /// A database of another server, which somebody else drops.
    pub fn elsewhere(url: String) -> Self {
        let name = format!("t_{}_{:x}", std::process::id(), unique());
        Self { name, url, borrowed: true }
    }

    /// The same database, for a second user of it.
    pub(crate) fn borrowed(&self) -> Self {
        Self { name: self.name.clone(), url: self.url.clone(), borrowed: true }
    }

    /// A name for the files beside it.
    pub(crate) fn files_name(&self) -> String {
        if self.borrowed { format!("{}-{:x}", self.name, unique()) } else { self.name.clone() }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.borrowed {
            return;
        }
        let statement = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name);
        // A thread of its own, because a test's runtime cannot wait inside a drop. A database that stays is swept later.
        let dropper = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async {
                    let cluster = test_cluster().await.ok()?;
                    let admin = connect(&cluster.url("postgres")).await;
                    admin.batch_execute(&statement).await.ok()
                })
            })
        });
        let _ended = dropper.join();
    }
}

/// The name of the template `kind` of ROTC, made by `fill` unless it is there. `content` is whatever else it is made of; the
/// migrations always count.
pub async fn template<F, Fut>(kind: &str, content: &str, fill: F) -> String
where
    F: FnOnce(String) -> Fut,
    Fut: Future<Output = ()>,
{
    template_of(kind, &SETS, content, fill).await
}

async fn template_of<F, Fut>(kind: &str, sets: &[&MigrationSet], content: &str, fill: F) -> String
where
    F: FnOnce(String) -> Fut,
    Fut: Future<Output = ()>,
{
    let cluster = test_cluster().await.expect("the test cluster starts");
    let name = format!("template_{kind}_{}", fingerprint(sets, content));
    let admin = connect(&cluster.url("postgres")).await;
    admin.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.expect("the lock can be taken");
    let known = admin.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await;
    if known.expect("databases can be listed").is_none() {
        let unfinished = format!("unfinished_{kind}");
        for statement in [
            format!("DROP DATABASE IF EXISTS \"{unfinished}\" WITH (FORCE)"),
            format!("CREATE DATABASE \"{unfinished}\" TEMPLATE template0"),
        ] {
            admin.batch_execute(&statement).await.expect("a template can be begun");
        }
        fill(cluster.url(&unfinished)).await;
        publish(&admin, &unfinished, kind, &name).await;
    }
    // The lock ends with the connection.
    name
}

/// Gives a finished template its name and removes those of earlier migrations.
async fn publish(admin: &Client, unfinished: &str, kind: &str, name: &str) {
    let outdated = admin
        .query(
            "SELECT datname FROM pg_database WHERE datname ~ ('^template_' || $1 || '_[0-9a-f]{16}$')",
            &[&kind],
        )
        .await
        .expect("databases can be listed");
    for row in outdated {
        let drop = format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", row.get::<_, String>(0));
        // Another process may be cloning it at this moment; it goes with the next change then.
        let _busy = admin.batch_execute(&drop).await;
    }
    // The connections of `fill` may need a moment to end.
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1";
    admin.query(end, &[&unfinished]).await.expect("connections can be ended");
    let rename = format!("ALTER DATABASE \"{unfinished}\" RENAME TO \"{name}\"");
    admin.batch_execute(&rename).await.expect("a template can be named");
}

/// Connects to a database of the cluster; the connection is driven by the test's runtime.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("the test cluster answers");
    tokio::spawn(connection);
    client
}

/// Moves every sequence to a range of its own.
const SPREAD_SEQUENCES: &str = "
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, 10000 * place)
    FROM (SELECT *, row_number() OVER (ORDER BY schemaname, sequencename) AS place FROM pg_sequences) AS sequence";

/// Drops the databases of processes that live no more.
async fn sweep(admin: &Client) {
    let rows = admin.query("SELECT datname FROM pg_database WHERE datname ~ '^t_[0-9]+_'", &[]).await;
    for row in rows.expect("databases can be listed") {
        let name: String = row.get(0);
        let process = name.split('_').nth(1).unwrap_or_default();
        let alive = std::process::Command::new("kill").args(["-0", process]).output();
        if alive.is_ok_and(|output| !output.status.success()) {
            let _gone =
                admin.batch_execute(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await;
        }
    }
}

/// Sixteen hexadecimal digits that change with the migrations and `content`.
fn fingerprint(sets: &[&MigrationSet], content: &str) -> String {
    let mut hash = Sha256::new();
    for set in sets {
        let runner = (set.versioned)();
        for file in runner.get_migrations() {
            hash.update(format!("{}{}", file.version(), file.sql().unwrap_or_default()));
        }
        for (name, text) in set.repeatable {
            hash.update(name);
            hash.update(text);
        }
    }
    hash.update(SPREAD_SEQUENCES);
    hash.update(content);
    hex::encode(&hash.finalize()[..8])
}

/// A number no other database of this process has.
#[expect(clippy::disallowed_methods, reason = "a name, not a time")]
fn unique() -> u128 {
    static COUNT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_nanos());
    (started << 32) + u128::from(count)
}
