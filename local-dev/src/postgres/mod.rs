//! Embedded PostgreSQL: a private cluster in a data directory, for a laptop without a database and for the tests.
//!
//! Nothing is exposed: the server listens on a Unix socket in a directory only its user may enter. Several processes may
//! use one cluster: each holds `users.lock` shared, whoever starts or stops holds `start.lock` alone. The last user stops
//! the server; a watchdog does it for users that were killed. The programs come from `PG_BIN_DIR` (the one variable read
//! here), from `pg_config`, `PATH` and the usual places, or are fetched once.

mod account;
mod binaries;
mod layout;
mod postmaster;
mod server;
mod tests_cluster;

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;

use account::Account;
use layout::Layout;
use postmaster::Postmaster;
use server::{Server, Started};

pub use tests_cluster::test_cluster;

/// Name of the role that owns everything in an embedded cluster.
pub const SUPERUSER: &str = "muster";

/// How long another process may take to start or stop the server of the same data directory.
const TAKE_OVER_LIMIT: Duration = Duration::from_secs(30);

/// What the data is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// Data of a user: every commit is on disk.
    Keep,
    /// Data of tests: fast, lost with a crash of the machine.
    Tests,
}

/// How to start a cluster.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the data lives; created when missing.
    pub data_dir: PathBuf,
    /// Also listen on this port of 127.0.0.1 (with the password in `<data_dir>/password`), for database tools.
    pub port: Option<u16>,
    /// What the data is for.
    pub purpose: Purpose,
}

/// A running embedded PostgreSQL server and our claim on it.
pub struct Cluster {
    layout: Layout,
    port: u16,
    /// Shared lock: the server stays while anybody holds it.
    users: File,
    /// What we have started ourselves and have to reap.
    children: Vec<Child>,
}

impl fmt::Debug for Cluster {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Cluster")
            .field("layout", &self.layout)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// Whether PostgreSQL's server programs are installed on this machine.
pub fn is_installed() -> bool {
    binaries::are_installed()
}

/// Whether this process may do everything.
pub fn is_root() -> bool {
    account::own_ids().is_ok_and(|(user, _)| user == 0)
}

impl Cluster {
    /// Starts the server of a data directory, or joins the one that already runs there. The first start makes the
    /// cluster (about a second); `progress` hears of everything that takes long.
    pub async fn start(options: Options, progress: &(dyn Fn(&str) + Sync)) -> io::Result<Self> {
        let (layout, account) = Layout::prepare(&options.data_dir, options.purpose, progress)?;
        let _starting = lock(&account, &layout.start_lock(), File::lock).await?;
        let users = lock(&account, &layout.users_lock(), File::lock_shared).await?;
        if let Some(postmaster) = running(&layout).await? {
            return Ok(Self { layout, port: postmaster.port, users, children: Vec::new() });
        }
        let binaries = binaries::find_or_fetch(&layout.binaries(), layout.major(), progress).await?;
        if layout.binaries().exists() {
            account.give(&layout.binaries())?;
        }
        layout.prepare_socket_directory(&account)?;
        let server = Server { layout: &layout, account, binaries };
        if layout.major().is_none() {
            progress("Creating the database cluster (once)");
            server.initialise(options.purpose)?;
        }
        let Started { postmaster, server, watchdog } = server.start(&options).await?;
        let children = vec![server, watchdog];
        Ok(Self { layout, port: postmaster.port, users, children })
    }

    /// Address of one database of the cluster, as `tokio-postgres`, `psql` and `DATABASE_URL` understand it.
    pub fn url(&self, database: &str) -> String {
        let host: String = percent_encode(&self.layout.socket_directory.to_string_lossy());
        format!("postgresql://{SUPERUSER}@{host}:{}/{}", self.port, percent_encode(database))
    }

    /// Directory with the log of the server and, for TCP connections, the password.
    pub fn home(&self) -> &Path {
        &self.layout.home
    }

    /// Creates a database unless it exists.
    pub async fn create_database(&self, name: &str) -> io::Result<()> {
        let client = connect(&self.url("postgres")).await.map_err(io::Error::other)?;
        let known = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await;
        if known.map_err(io::Error::other)?.is_some() {
            return Ok(());
        }
        // A name cannot be a parameter here; quoting makes any name safe.
        let statement = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
        match client.batch_execute(&statement).await {
            // Another process was quicker.
            Err(error) if error.code() == Some(&SqlState::DUPLICATE_DATABASE) => Ok(()),
            Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Ok(()),
            other => other.map_err(io::Error::other),
        }
    }

    /// Gives up our claim, and stops the server when nobody else has one.
    pub async fn stop(mut self) -> io::Result<()> {
        let starting = open_lock(&self.layout.start_lock())?;
        let _starting = tokio::task::spawn_blocking(move || starting.lock().map(|()| starting)).await??;
        self.users.unlock()?;
        if !self.is_unused().await {
            return Ok(());
        }
        if let Some(postmaster) = Postmaster::read(&self.layout.cluster) {
            server::stop(&postmaster).await?;
        }
        for child in &mut self.children {
            server::reap(child)?;
        }
        // Empty now; the next start makes it again.
        let _ = std::fs::remove_dir(&self.layout.socket_directory);
        Ok(())
    }

    /// Whether nobody holds the users lock; the caller holds the start lock and has given up its own claim. Looked at more
    /// than once, because a watchdog takes the lock for a moment when it is told the same.
    async fn is_unused(&self) -> bool {
        for _ in 0..25 {
            if self.users.try_lock().is_ok() {
                return true;
            }
            sleep(Duration::from_millis(2)).await;
        }
        false
    }
}

/// The server that already runs on this data directory. One that lives but cannot be reached is stopped.
async fn running(layout: &Layout) -> io::Result<Option<Postmaster>> {
    let deadline = Instant::now() + TAKE_OVER_LIMIT;
    while let Some(postmaster) = Postmaster::read(&layout.cluster) {
        if !postmaster.is_alive() {
            postmaster.forget()?;
            return Ok(None);
        }
        if postmaster.is_ready {
            let host = percent_encode(&layout.socket_directory.to_string_lossy());
            let url = format!("postgresql://{SUPERUSER}@{host}:{}/postgres", postmaster.port);
            if connect(&url).await.is_ok() {
                return Ok(Some(postmaster));
            }
            server::stop(&postmaster).await?;
        }
        if Instant::now() > deadline {
            return Err(io::Error::other(format!(
                "the database server (process {}) does not answer",
                postmaster.pid
            )));
        }
        sleep(Duration::from_millis(10)).await;
    }
    Ok(None)
}

/// One connection, driven by a task of its own.
async fn connect(url: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "connection to the embedded server ended");
        }
    });
    Ok(client)
}

fn open_lock(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Opens a lock file, which the watchdog must be able to open too, and waits for the lock.
async fn lock(account: &Account, path: &Path, wait: fn(&File) -> io::Result<()>) -> io::Result<File> {
    let file = open_lock(path)?;
    account.give(path)?;
    tokio::task::spawn_blocking(move || wait(&file).map(|()| file)).await?
}

/// Escapes what may not stand in a part of a URL.
fn percent_encode(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests;
