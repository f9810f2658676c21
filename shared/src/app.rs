//! What handlers work with: one value, cheap to clone, whose parts contact nothing before they are used.

use std::sync::Arc;

use crate::{
    auth::token::Signer, cache::Cache, clock::Clock, config::Config, db::Db, files::Files, ids::Ids,
    mail::Mailer, realtime::Hub,
};

/// The parts of a running system.
#[derive(Clone)]
pub struct App {
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
    /// Answers kept for a while.
    pub cache: Cache,
    /// Signs and checks tokens.
    pub signer: Signer,
    /// Sends stored mails.
    pub mailer: Mailer,
    /// Live events.
    pub hub: Hub,
}

impl App {
    /// An app on the machine's clock.
    pub fn new(config: Config) -> Self {
        Self::with_clock(config, Clock::default())
    }

    /// An app whose time a test moves.
    pub fn with_clock(config: Config, clock: Clock) -> Self {
        let config = Arc::new(config);
        let db = Db::new(config.database.clone());
        Self {
            clock,
            ids: Ids,
            files: Files::new(config.files.clone()),
            cache: Cache::default(),
            signer: Signer::new(config.signing_key.clone(), db.clone()),
            mailer: Mailer::new(config.mail.clone()),
            hub: Hub::default(),
            db,
            config,
        }
    }
}
