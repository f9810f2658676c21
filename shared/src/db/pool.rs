//! The connection pool: opened on first use, never at start.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio::sync::Notify;

use super::{Actor, Change, Read, tls};
use crate::{Result, cache::Versions, config::DatabaseConfig, error};

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
}

impl Db {
    /// A database described by `config`.
    pub fn new(config: DatabaseConfig) -> Self {
        Self(Arc::new(Inner {
            config,
            pool: OnceLock::new(),
            mail_stored: Notify::new(),
            job_started: Notify::new(),
            versions: Versions::default(),
        }))
    }

    /// A connection for queries.
    pub async fn read(&self) -> Result<Read> {
        Ok(Read::new(self.clone(), self.connection().await?))
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
