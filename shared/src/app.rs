//! What handlers work with: one value, cheap to clone, whose parts contact nothing before they are used.

use std::{ops::Deref, sync::Arc};

use crate::{
    Result,
    auth::{data_key::DataKeys, known::KnownSessions, token::Signer},
    cache::{Cache, Versions},
    certificates,
    clock::Clock,
    config::Config,
    db::{Change, Db, Read},
    files::Files,
    ids::Ids,
    mail::Mailer,
    metrics::Metrics,
    ocr::Ocr,
    outbound::Outbound,
    push::Pusher,
    queue::{self, Broker},
    realtime::Hub,
    redis::Redis,
    reports::Reports,
    system::System,
};

/// The parts of a running system. Cloned several times for each request, which costs one count.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// What an [`App`] consists of.
#[derive(Clone)]
pub struct Parts {
    /// The system.
    pub system: &'static System,
    /// The configuration.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// Random identifiers.
    pub ids: Ids,
    /// PostgreSQL.
    pub db: Db,
    /// Stored files.
    pub files: Files,
    /// What processes share, if there is one.
    pub redis: Redis,
    /// Answers kept for a while.
    pub cache: Cache,
    /// Sessions found alive a moment ago.
    pub sessions: KnownSessions,
    /// Signs and checks tokens.
    pub signer: Signer,
    /// The queues of the workers.
    pub broker: Arc<dyn Broker>,
    /// Signs certificates.
    pub certificate_signer: certificates::Signer,
    /// The key for secrets in the database.
    pub data_key: DataKeys,
    /// Sends stored mails.
    pub mailer: Mailer,
    /// Live events.
    pub hub: Hub,
    /// What this process counts about itself.
    pub metrics: Metrics,
    /// Calls other people's servers.
    pub outbound: Outbound,
    /// Tells of failures.
    pub reports: Reports,
    /// Sends messages to browsers.
    pub push: Pusher,
    /// Reads text from pictures and documents.
    pub ocr: Ocr,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl App {
    /// An app of a system on the machine's clock.
    pub fn new(system: &'static System, config: Config) -> Self {
        Self::with_clock(system, config, Clock::default())
    }

    /// An app whose time a test moves.
    pub fn with_clock(system: &'static System, config: Config, clock: Clock) -> Self {
        let config = Arc::new(config);
        let broker = queue::broker(&config.queue, &clock);
        let redis = Redis::new(&config);
        let db = Db::new(&config, broker.clone(), clock.clone(), Versions::new(redis.clone()));
        db.expect_schema(system);
        let outbound = Outbound::default();
        let parts = Parts {
            system,
            files: Files::new(config.files.clone(), &clock, &outbound),
            ids: Ids,
            cache: Cache::new(db.clone(), redis.clone(), clock.clone()),
            redis,
            sessions: KnownSessions::new(db.versions().clone(), clock.clone()),
            signer: Signer::new(config.signing_key.clone(), config.system, db.clone()),
            certificate_signer: certificates::Signer::new(config.seal.clone(), db.clone()),
            data_key: DataKeys::new(config.data_key.clone(), db.clone()),
            mailer: Mailer::new(config.mail.clone()),
            hub: Hub::default(),
            metrics: db.metrics().clone(),
            reports: Reports::new(config.reports.clone(), &outbound),
            push: Pusher::new(config.push.clone(), db.clone(), clock.clone(), outbound.clone()),
            ocr: Ocr::new(config.ocr.clone(), config.memory.pictures.clone()),
            clock,
            broker,
            outbound,
            db,
            config,
        };
        parts.into()
    }

    /// A connection for queries on the rows of all tenants; `reason` ("stored files") says why.
    pub async fn read_across_tenants(&self, reason: &str) -> Result<Read> {
        self.db.read_in(&self.system.across_tenants(reason)).await
    }

    /// A transaction of the system itself on the rows of all tenants; `what` ("clean-up") stands in the audit rows.
    pub async fn change_across_tenants(&self, what: &'static str) -> Result<Change> {
        self.db.change_for_system_in(&self.system.across_tenants(what), what).await
    }
}
