//! The connection pool: opened on first use, never at start.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio::sync::Notify;

use super::{Actor, Change, Read, Snapshot, tls};
use crate::{Result, cache::Versions, config::DatabaseConfig, error, error::Kind, metrics::Metrics};

/// How long a request waits for a connection before it answers 503.
const WAIT: Duration = Duration::from_secs(5);

/// The database. Cheap to clone; nothing is contacted before the first query.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    config: DatabaseConfig,
    pool: OnceLock<Pool>,
    mail_stored: Notify,
    job_started: Notify,
    versions: Versions,
    metrics: Metrics,
}

/// The connections of a process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Connections {
    /// All that are open.
    pub open: usize,
    /// Those in use.
    pub busy: usize,
    /// Those that wait for work.
    pub idle: usize,
    /// Requests that wait for one.
    pub waiting: usize,
    /// As many as there may be.
    pub most: usize,
}

impl Db {
    /// A database described by `config`, whose changes `versions` is told.
    pub fn new(config: DatabaseConfig, versions: Versions) -> Self {
        Self(Arc::new(Inner {
            config,
            pool: OnceLock::new(),
            mail_stored: Notify::new(),
            job_started: Notify::new(),
            versions,
            metrics: Metrics::default(),
        }))
    }

    /// A connection for queries.
    pub async fn read(&self) -> Result<Read> {
        Ok(Read::new(self.clone(), self.connection().await?))
    }

    /// The database as it is at this moment, for reading much.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        let connection = self.connection().await?;
        match Snapshot::open(connection).await {
            // A connection that died while the function was frozen is replaced once.
            Err(cause) if cause.kind() == Kind::Unavailable => Snapshot::open(self.connection().await?).await,
            opened => opened,
        }
    }

    /// A transaction for somebody: the audit rows name them.
    pub async fn change(&self, actor: &Actor) -> Result<Change> {
        self.writable()?;
        Change::begin(self, actor, "").await
    }

    /// A transaction of the system itself; `what` ("nightly expiry") stands in the audit rows.
    pub async fn change_for_system(&self, what: &'static str) -> Result<Change> {
        self.writable()?;
        Change::begin(self, &Actor::default(), what).await
    }

    /// Signalled after each commit that stored a mail.
    pub fn mail_stored(&self) -> &Notify {
        &self.0.mail_stored
    }

    /// Signalled after each commit that started a job.
    pub fn job_started(&self) -> &Notify {
        &self.0.job_started
    }

    /// What this process counts; queries are counted here.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The connections of this process.
    pub fn connections(&self) -> Connections {
        let most = self.0.config.pool_size;
        let Some(status) = self.0.pool.get().map(Pool::status) else {
            return Connections { most, ..Connections::default() };
        };
        let idle = status.available.min(status.size);
        Connections { open: status.size, busy: status.size - idle, idle, waiting: status.waiting, most }
    }

    /// Tells those who wait for rows of these tables.
    pub(super) fn wake(&self, tables: &[&str]) {
        if tables.contains(&"mails") {
            self.0.mail_stored.notify_one();
        }
        if tables.contains(&"jobs") {
            self.0.job_started.notify_one();
        }
    }

    /// Which tables the commits of this process have changed, for what is kept of them.
    pub fn versions(&self) -> &Versions {
        &self.0.versions
    }

    pub(super) async fn connection(&self) -> Result<Object> {
        Ok(self.pool()?.get().await?)
    }

    fn writable(&self) -> Result<()> {
        if self.0.config.read_only {
            return Err(error::unavailable("Writing (the system is in read-only mode)"));
        }
        Ok(())
    }

    fn pool(&self) -> Result<&Pool> {
        if let Some(pool) = self.0.pool.get() {
            return Ok(pool);
        }
        let pool = build(&self.0.config)?;
        Ok(self.0.pool.get_or_init(|| pool))
    }
}

/// A connection of its own, for work that changes its session: migrations, imports. It ends with the client.
pub async fn connect(config: &DatabaseConfig) -> Result<tokio_postgres::Client> {
    let (options, connector) = tls::connect_options(config)?;
    let (client, connection) = options.connect(connector).await?;
    tokio::spawn(async move {
        if let Err(cause) = connection.await {
            tracing::warn!(%cause, "a database connection ended");
        }
    });
    Ok(client)
}

fn build(config: &DatabaseConfig) -> Result<Pool> {
    let (postgres, connector) = tls::connect_options(config)?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(postgres, connector, recycling);
    Pool::builder(manager)
        .max_size(config.pool_size)
        .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) })
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(Into::into)
}
