//! The whole system on a database of its own, called in process.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use chrono::{DateTime, Utc};
use muster::files::EmbeddedFiles;
use shared::{
    App,
    budget::Budget,
    clock::Clock,
    config::{
        AwsConfig, Config, DatabaseConfig, FilesConfig, IdentifierLogin, ImportsConfig, MailConfig,
        MemoryConfig, OcrConfig, Own, PushConfig, QueueConfig, RealtimeConfig, RedirectsConfig, SealConfig,
        SessionLife,
    },
    db::UserKey,
    system::System,
};
use tokio::sync::OnceCell;

use crate::{
    client::{Client, Who},
    cluster::Database,
    functions::Gateway,
};

/// A running system for one test.
pub struct TestApp {
    /// What the handlers work with: the clock, the database, the files.
    pub app: App,
    /// The time, which stands still until the test advances it.
    pub clock: Clock,
    /// What it serves.
    pub system: &'static System,
    pub(crate) router: Router,
    pub(crate) gateway: Option<Arc<Gateway>>,
    pub(crate) tokens: Mutex<HashMap<UserKey, String>>,
    pub(crate) admin: OnceCell<i32>,
    pub(crate) staff: OnceCell<i32>,
    pub(crate) sql: OnceCell<tokio_postgres::Client>,
    _files: Arc<EmbeddedFiles>,
    folder: Arc<FilesFolder>,
    /// Last, so that it is dropped when everything that uses it is gone.
    database: Arc<Database>,
}

impl TestApp {
    /// The ROTC system on an empty database, at 8:00 on Monday, 2 February 2026 (UTC), with rate limits on.
    pub async fn rotc() -> Self {
        Self::with(|_| ()).await
    }

    /// The same with enough connections for requests that race: a function has one only, and so have most tests, so
    /// that a handler which takes a second while it holds the first is found.
    pub async fn crowded() -> Self {
        Self::with(|config| config.database.pool_size = 8).await
    }

    /// The same with another configuration.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::on(Database::migrated(&rotc::SYSTEM).await, change).await
    }

    /// Another system in the same state, with another configuration.
    pub async fn of(system: &'static System, change: impl FnOnce(&mut Config)) -> Self {
        Self::running(system, Database::migrated(system).await, change).await
    }

    /// Another process on the database of this one, which must live longer. Its files are its own.
    pub async fn twin(&self, change: impl FnOnce(&mut Config)) -> Self {
        Self::running(self.system, self.database.borrowed(), change).await
    }

    /// The same on a given database.
    pub async fn on(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        Self::running(&rotc::SYSTEM, database, change).await
    }

    /// A system on a given database.
    pub async fn running(
        system: &'static System,
        database: Database,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = FilesFolder::new(&database.files_name());
        let files = EmbeddedFiles::start(&folder.0).await.expect("the file storage starts");
        let mut config = config(system, &database.url, &files);
        change(&mut config);
        let clock = Clock::fixed(monday());
        let app = App::with_clock(system, config, clock.clone());
        Self {
            router: shared::http::service(system, app.clone()),
            gateway: None,
            app,
            clock,
            system,
            tokens: Mutex::default(),
            admin: OnceCell::new(),
            staff: OnceCell::new(),
            sql: OnceCell::new(),
            _files: Arc::new(files),
            folder: Arc::new(folder),
            database: Arc::new(database),
        }
    }

    /// Another process of the same installation: it shares the database, the files and the time with this one, and nothing
    /// that a process keeps for itself. Its people are those of this one.
    pub async fn another_process(&self) -> Self {
        let app = App::with_clock(self.system, (*self.app.config).clone(), self.clock.clone());
        Self {
            router: shared::http::service(self.system, app.clone()),
            gateway: None,
            app,
            clock: self.clock.clone(),
            system: self.system,
            tokens: Mutex::default(),
            admin: OnceCell::from(self.admin_id().await),
            staff: OnceCell::from(self.staff_user_id().await),
            sql: OnceCell::new(),
            _files: self._files.clone(),
            folder: self.folder.clone(),
            database: self.database.clone(),
        }
    }

    /// The same database with the routes of another system, as one made to fail.
    #[must_use]
    pub fn serving(mut self, system: &'static System) -> Self {
        self.system = system;
        self.router = shared::http::service(system, self.app.clone());
        self
    }

    /// Requests without a token that do not count as tests of what they call.
    pub fn quiet(&self) -> Client<'_> {
        self.anonymous().quiet()
    }

    /// Does the jobs that are due; what a deployed function does is not counted.
    pub async fn work(&self) -> shared::jobs::Tally {
        if let Some(gateway) = &self.gateway {
            gateway.work(self).await;
        }
        shared::jobs::run_due(&self.app, self.system.jobs).await.expect("the jobs run")
    }

    /// The names of the files in the storage.
    pub fn stored_files(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.folder.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if entry.path().is_dir() {
                    folders.push(entry.path());
                } else if !name.starts_with('.') {
                    // What the storage notes about a file begins with a dot.
                    names.push(name);
                }
            }
        }
        names
    }

    /// How to connect to the test's database.
    pub fn database_url(&self) -> &str {
        &self.database.url
    }

    /// Requests of an administrator.
    pub fn as_admin(&self) -> Client<'_> {
        Client::new(self, Who::Admin)
    }

    /// Requests of a member of the training staff.
    pub fn as_staff(&self) -> Client<'_> {
        Client::new(self, Who::Staff)
    }

    /// Requests of somebody added to this app.
    pub fn as_cadet(&self, cadet: &crate::Cadet) -> Client<'_> {
        self.as_user(cadet.user_id)
    }

    /// Requests of the user with this id.
    pub fn as_user(&self, user: impl Into<UserKey>) -> Client<'_> {
        Client::new(self, Who::User(user.into()))
    }

    /// Requests without a token.
    pub fn anonymous(&self) -> Client<'_> {
        Client::new(self, Who::Nobody)
    }

    /// Requests with this token.
    pub fn with_token(&self, token: impl Into<String>) -> Client<'_> {
        Client::new(self, Who::Token(token.into()))
    }
}

/// When every test begins.
fn monday() -> DateTime<Utc> {
    DateTime::from_timestamp(1_770_019_200, 0).unwrap_or_default()
}

/// The files a test stores; the folder is removed with this value.
struct FilesFolder(PathBuf);

impl FilesFolder {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("muster-test-files-{name}")))
    }
}

impl Drop for FilesFolder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn config(system: &System, database_url: &str, files: &EmbeddedFiles) -> Config {
    Config {
        system: Some(system.name),
        production: false,
        database: DatabaseConfig {
            url: Some(database_url.into()),
            pool_size: 1,
            ..DatabaseConfig::default()
        },
        signing_key: Some("a key for tests, long enough to sign with".into()),
        identifier_login: IdentifierLogin::Link,
        rate_limits: true,
        session: SessionLife { idle: Duration::from_hours(12), absolute: Duration::from_hours(24 * 7) },
        public_url: "https://rotc.example.test".parse().ok(),
        files: files_config(system, files),
        push: PushConfig {
            private_key: None,
            subject: "mailto:unit@example.test".to_owned(),
            services: Vec::new(),
        },
        imports: ImportsConfig::default(),
        memory: MemoryConfig { bodies: Budget::of_megabytes(64), pictures: Budget::of_megabytes(192) },
        ocr: ocr_config(),
        mail: MailConfig {
            smtp: None,
            ses: None,
            elsewhere: false,
            from: "Muster <no-reply@example.test>".to_owned(),
        },
        queue: QueueConfig { url_prefix: None, aws: AwsConfig::default(), jobs_at_once: 2 },
        realtime: RealtimeConfig {
            held: false,
            heartbeat: Duration::from_secs(30),
            sockets: AwsConfig::default(),
        },
        redis: None,
        seal: SealConfig::default(),
        data_key: None,
        reports: None,
        cors_origins: Vec::new(),
        trusted_hops: 0,
        redirects: RedirectsConfig::default(),
        imitations: false,
        demo_password: None,
        bcrypt_cost: 4,
        own: own_settings(system, &[]),
    }
}

/// What a system reads of its own variables if these are set, for [`Config::own`].
pub fn own_settings(system: &System, variables: &[(&str, &str)]) -> Own {
    let lookup = |name: &str| {
        let set = variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let default = match name {
            "MUSTER_ENV" => Some("development"),
            // The clock of a test says the time of the school, unless the zone is what is tested.
            "SCHOOL_TIME_ZONE" => Some("UTC"),
            _ => None,
        };
        set.or(default).map(str::to_owned)
    };
    Config::read_for(system, &lookup).expect("the settings can be read").own
}

fn files_config(system: &System, files: &EmbeddedFiles) -> FilesConfig {
    FilesConfig {
        bucket: files.bucket.clone(),
        prefix: system.storage.prefix.to_owned(),
        folder: None,
        aws: AwsConfig {
            endpoint: Some(files.endpoint.clone()),
            region: Some("us-east-1".to_owned()),
            keys: Some((files.access_key.clone(), files.secret_key.clone().into())),
        },
        direct: true,
        cloudinary: None,
    }
}

fn ocr_config() -> OcrConfig {
    OcrConfig {
        tesseract: Some("tesseract".into()),
        pdftoppm: "pdftoppm".into(),
        page_time: Duration::from_secs(20),
        request_time: Duration::from_secs(25),
        page_memory_mb: 1024,
        at_once: 2,
        most_pages: 3,
        environment: Vec::new(),
    }
}
