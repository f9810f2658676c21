//! The connection pool: opened on first use, never at start.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use super::{
    Actor, Change, ConnectError, Param, Read, Scope, Snapshot, Sql,
    held::Held,
    problem::no_connection,
    schema::Schema,
    statement::{self, Statements},
    tls, unit,
};
use crate::{
    Result,
    cache::Versions,
    clock::Clock,
    config::{Config, DatabaseConfig},
    error,
    metrics::Metrics,
    queue::Broker,
};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime, Timeouts};

/// How long a request waits for a connection before it answers 503.
const WAIT: Duration = Duration::from_secs(5);

/// The database. Cheap to clone; nothing is contacted before the first query.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    config: DatabaseConfig,
    pool: OnceLock<Pool>,
    broker: Arc<dyn Broker>,
    clock: Clock,
    mails_leave: bool,
    versions: Versions,
    metrics: Metrics,
    statements: Statements,
    schema: Schema,
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
    /// A database described by `config`; commits that start jobs tell `broker`, and all tell `versions` what they change.
    pub fn new(config: &Config, broker: Arc<dyn Broker>, clock: Clock, versions: Versions) -> Self {
        Self(Arc::new(Inner {
            config: config.database.clone(),
            pool: OnceLock::new(),
            broker,
            clock,
            mails_leave: config.mail.leaves(),
            versions,
            metrics: Metrics::default(),
            statements: Statements::new(config.database.unnamed_statements),
            schema: Schema::default(),
        }))
    }

    /// A connection for queries.
    pub async fn read(&self) -> Result<Read> {
        self.read_in(&Scope::None).await
    }

    /// A connection for queries that see the rows of a scope.
    pub async fn read_in(&self, scope: &Scope) -> Result<Read> {
        Ok(Read::new(self.clone(), self.held().await?, scope.clone()))
    }

    /// The database as it is at this moment, for reading much.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        self.snapshot_in(&Scope::None).await
    }

    /// The rows of a scope as they are at this moment, for reading much.
    pub async fn snapshot_in(&self, scope: &Scope) -> Result<Snapshot> {
        Snapshot::open(self, scope).await
    }

    /// A transaction for somebody, in their scope: the audit rows name them.
    pub async fn change(&self, actor: &Actor) -> Result<Change> {
        self.writable()?;
        Change::begin(self, actor, "").await
    }

    /// A transaction of the system itself; `what` ("nightly expiry") stands in the audit rows.
    pub async fn change_for_system(&self, what: &'static str) -> Result<Change> {
        self.change_for_system_in(&Scope::None, what).await
    }

    /// A transaction of the system itself that sees the rows of a scope.
    pub async fn change_for_system_in(&self, scope: &Scope, what: &'static str) -> Result<Change> {
        self.writable()?;
        Change::begin(self, &Actor { scope: scope.clone(), ..Actor::default() }, what).await
    }

    /// A transaction of what signing in and reading need: sessions, throttles, limits, mails with links. `READ_ONLY` refuses
    /// every other.
    pub async fn change_for_access(&self, actor: &Actor, what: &'static str) -> Result<Change> {
        Change::begin(self, actor, what).await
    }

    /// The same for what need not be done now: none when this process has one connection, which is in use.
    pub(crate) async fn change_if_free(&self, what: &'static str) -> Result<Option<Change>> {
        let now = self.connections();
        if now.most == 1 && now.busy > 0 {
            return Ok(None);
        }
        self.change_for_system(what).await.map(Some)
    }

    /// One statement of the platform's own that is a transaction of its own; no trigger sees an actor.
    pub(crate) async fn execute_alone(&self, sql: Sql, params: &[Param<'_>]) -> Result<u64> {
        let mut held = self.held().await?;
        held.in_statement();
        let touched = statement::execute(self, held.object()?, sql, params).await;
        held.ended();
        Ok(touched?)
    }

    /// Whether a stored mail is sent, and not only kept.
    pub(super) fn mails_leave(&self) -> bool {
        self.0.mails_leave
    }

    /// Where the workers hear of jobs.
    pub(crate) fn broker(&self) -> &dyn Broker {
        &*self.0.broker
    }

    /// The time.
    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
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

    /// Which tables have changed, as far as this process knows.
    pub fn versions(&self) -> &Versions {
        &self.0.versions
    }

    /// What is known of the schema.
    pub(super) fn schema(&self) -> &Schema {
        &self.0.schema
    }

    /// A number that grows with every change of one of `tables` that anybody has committed, at most a second old: what is
    /// cached of them is current while the number stays the same.
    ///
    /// Asks the database at most once a second, so the caller must hold no connection.
    pub async fn version(&self, tables: &[&str]) -> Result<u64> {
        unit::must_hold_none("a version");
        self.0.versions.refresh(self).await?;
        Ok(self.0.versions.of(tables))
    }

    /// How statements are sent.
    pub(super) fn statements(&self) -> &Statements {
        &self.0.statements
    }

    /// A connection; the only way to one of the pool.
    pub(super) async fn held(&self) -> Result<Held> {
        unit::must_hold_none("a query");
        let connection = Box::pin(self.pool()?.get()).await;
        Ok(Held::new(connection.map_err(no_connection)?))
    }

    fn writable(&self) -> Result<()> {
        if self.0.config.read_only {
            return Err(error::unavailable_because(
                "Nothing can be saved at present: the system is read-only",
            ));
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

/// A connection of its own at the direct address, for work that changes its session: migrations, imports. It ends with the
/// client.
pub async fn connect(config: &DatabaseConfig) -> Result<tokio_postgres::Client> {
    let (options, connector) = tls::connect_options(config, config.direct_address()?)?;
    let (client, connection) = options.connect(connector).await.map_err(ConnectError::from)?;
    tokio::spawn(async move {
        if let Err(cause) = connection.await {
            tracing::warn!(%cause, "a database connection ended");
        }
    });
    Ok(client)
}

fn build(config: &DatabaseConfig) -> Result<Pool> {
    let (postgres, connector) = tls::connect_options(config, config.address()?)?;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(postgres, connector, recycling);
    Pool::builder(manager)
        .max_size(config.pool_size)
        .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) })
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(Into::into)
}
