//! The configuration, read from environment variables once, at start.
//!
//! The names of the legacy servers are understood. Every problem is reported at once. What each variable does is said in
//! `variables.rs`, which `docs/configuration.md` is made of.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;
use url::Url;

mod aws;
mod cloudinary;
mod database;
mod imports;
mod memory;
mod ocr;
mod own;
mod push;
mod realtime;
mod redirects;
mod seal;
mod system;
mod variables;

pub use aws::{AwsConfig, MailConfig, QueueConfig};
pub use cloudinary::{CloudinaryConfig, CloudinarySource};
pub use database::DatabaseConfig;
pub(crate) use database::{Address, Verify};
pub use imports::ImportsConfig;
pub use memory::MemoryConfig;
pub use ocr::OcrConfig;
pub use own::{Own, OwnSettings, OwnVariables};
pub use push::PushConfig;
pub use realtime::RealtimeConfig;
pub use redirects::RedirectsConfig;
pub use seal::SealConfig;
pub use variables::{OF_MUSTER, PARTS, Part, Variable, is_described, variable};

use crate::{
    Result,
    error::{Error, Kind, not_configured},
    reports::ReportsConfig,
    system::Storage,
};

/// Everything that can be configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// The system it is for, if it is for one: the audience of its tokens.
    pub system: Option<&'static str>,
    /// `MUSTER_ENV` (or `NODE_ENV`): `development` shows details of errors, `production` (the default) hides them.
    pub production: bool,
    /// The database.
    pub database: DatabaseConfig,
    /// `JWT_SECRET` (or `SECRET_KEY`): signs tokens. Without it a key is generated and kept in the database.
    pub signing_key: Option<SecretString>,
    /// Redis.
    pub redis: Option<RedisConfig>,
    /// `IDENTIFIER_LOGIN`: what happens when somebody signs in with an identifier and no password.
    pub identifier_login: IdentifierLogin,
    /// `RATE_LIMITS=off` switches every limit off, for replays and load tests; refused in production.
    pub rate_limits: bool,
    /// How long a sign-in lasts.
    pub session: SessionLife,
    /// `PUBLIC_URL` (or `RENDER_EXTERNAL_URL`): where people reach the system; links in mails start with it.
    pub public_url: Option<Url>,
    /// File storage.
    pub files: FilesConfig,
    /// Mail.
    pub mail: MailConfig,
    /// The queues of jobs.
    pub queue: QueueConfig,
    /// Live events.
    pub realtime: RealtimeConfig,
    /// `SENTRY_DSN`: where failures are reported to; without it they stand in the log only.
    pub reports: Option<ReportsConfig>,
    /// Push messages to browsers.
    pub push: PushConfig,
    /// Reading text from pictures and documents.
    pub ocr: OcrConfig,
    /// Where lists may be imported from.
    pub imports: ImportsConfig,
    /// Memory that the files people send may take.
    pub memory: MemoryConfig,
    /// Seals of certificates.
    pub seal: SealConfig,
    /// `DATA_KEY` (or `SECRETS_KEY`): 32 bytes in base64 that encrypt the secrets in the database (second factors, keys of
    /// outside services). Without it a key is generated and kept in the database.
    pub data_key: Option<SecretString>,
    /// `CORS_ORIGINS` (or `CORS_ALLOWED_ORIGINS`): a comma list. Empty (the default) allows every origin, without credentials.
    pub cors_origins: Vec<String>,
    /// `TRUSTED_HOPS`: how many proxies in front of the server append to `X-Forwarded-For` (default 0: none).
    pub trusted_hops: usize,
    /// Requests that belong to another address.
    pub redirects: RedirectsConfig,
    /// `IMITATIONS`: whether a server imitates the outside services of its system, below `/_dev` (default outside
    /// production); refused in production.
    pub imitations: bool,
    /// `DEMO_PASSWORD`: the password of every demo account, in place of drawn ones; refused in production.
    pub demo_password: Option<SecretString>,
    /// `BCRYPT_COST`: work factor of new password hashes (default 10, as the legacy hashes).
    pub bcrypt_cost: u32,
    /// What the system reads besides.
    pub own: Own,
}

/// What processes share beside the database.
#[derive(Clone, Debug)]
pub struct RedisConfig {
    /// `REDIS_URL` (`redis://host:6379/0`, or `rediss://` with TLS): keeps answers and counts requests for all processes.
    /// Without it each process keeps its own answers, and the database counts.
    pub url: SecretString,
}

/// What an identifier without a password does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentifierLogin {
    /// A one-time link is mailed to the address on file (the default).
    Link,
    /// It signs in, as in the legacy server. Unsafe; never for admins.
    Trusted,
    /// It is refused.
    Off,
}

/// How long a session lives.
#[derive(Clone, Copy, Debug)]
pub struct SessionLife {
    /// `SESSION_IDLE_HOURS` (12): a session unused for so long ends.
    pub idle: Duration,
    /// `SESSION_DAYS` (7): every session ends after so long.
    pub absolute: Duration,
}

/// Where files are stored: Amazon S3 or anything that speaks its protocol, and Cloudinary beside it.
#[derive(Clone, Debug, Default)]
pub struct FilesConfig {
    /// `FILES_BUCKET`.
    pub bucket: String,
    /// How the keys of a system's objects begin (`school/`), so that several systems can use one bucket.
    pub prefix: String,
    /// `FILES_DIR`: a folder of the server in place of a bucket. Functions have none.
    pub folder: Option<PathBuf>,
    /// `FILES_ENDPOINT`, `FILES_REGION` (or `AWS_REGION`), `FILES_ACCESS_KEY` and `FILES_SECRET_KEY`.
    pub aws: AwsConfig,
    /// `FILES_DIRECT`: clients can reach the store, and send and fetch large files there (default: only in a Lambda
    /// function, whose requests and answers have a limit).
    pub direct: bool,
    /// `CLOUDINARY_URL`, or `CLOUDINARY_CLOUD_NAME` with `CLOUDINARY_API_KEY` and `CLOUDINARY_API_SECRET`: new files go
    /// there.
    pub cloudinary: Option<CloudinaryConfig>,
}

impl Config {
    /// Logs what is unsafe or missing; called once, at start.
    pub fn warn(&self) {
        if self.identifier_login == IdentifierLogin::Trusted {
            tracing::warn!("IDENTIFIER_LOGIN=trusted is unsafe: whoever knows a student id is that student");
        }
        if self.identifier_login == IdentifierLogin::Link && self.public_url.is_none() {
            tracing::warn!("PUBLIC_URL is not set: no sign-in link can be mailed");
        }
        if let Some(Ok(address)) = self.database.url.as_ref().map(|_| self.database.address()) {
            for option in address.ignored {
                tracing::warn!(option, "DATABASE_URL has an option that is ignored");
            }
        }
        if self.database.is_only_pooled() {
            tracing::warn!(
                "DATABASE_DIRECT_URL is not set: through a transaction pooler nothing can be migrated, and live events are \
                 looked for instead of waited for"
            );
        }
        if !self.rate_limits {
            tracing::warn!("RATE_LIMITS=off: nothing slows down the guessing of passwords");
        }
    }

    /// Reads the variables of no system in particular through `lookup`; empty ones count as absent.
    pub fn read(lookup: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        Self::read_with(lookup, String::new(), &Storage::DEFAULT, None)
    }

    fn read_with(
        lookup: &dyn Fn(&str) -> Option<String>,
        prefix: String,
        storage: &'static Storage,
        own: Option<&'static OwnSettings>,
    ) -> Result<Self> {
        let mut vars = Variables { lookup, prefix, storage, problems: Vec::new() };
        let mut config = vars.config();
        if let Some(OwnSettings { part, read }) = own {
            let mut own = OwnVariables { variables: &mut vars, part, origins: Vec::new() };
            config.own = read(&mut own);
            config.cors_origins.extend(own.origins);
        }
        if !config.rate_limits && config.production && vars.text("MUSTER_ENV").is_some() {
            vars.problems.push("RATE_LIMITS=off is refused when MUSTER_ENV=production".to_owned());
        }
        if config.imitations && config.production {
            vars.problems.push("IMITATIONS=on is refused in production".to_owned());
        }
        if config.demo_password.is_some() && config.production && !vars.is_laptop() {
            vars.problems
                .push("DEMO_PASSWORD is refused in production: there are no demo accounts".to_owned());
        }
        if vars.problems.is_empty() {
            return Ok(config);
        }
        Err(Error::new(Kind::Internal, "configuration", vars.problems.join("; ")))
    }

    /// Where people sign in, if it is known where they reach the system.
    pub fn login_url(&self) -> Result<Option<Url>> {
        Ok(self.public_url.as_ref().map(|home| home.join("/login")).transpose()?)
    }

    /// Where people reach the system, for what cannot be made without it; 503 where it is not configured.
    pub fn home(&self) -> Result<&Url> {
        let missing =
            "PUBLIC_URL is not configured: set it to the address people use, such as https://school.example";
        self.public_url.as_ref().ok_or_else(|| not_configured(missing))
    }
}

impl FilesConfig {
    /// Whether there is a place for new files.
    pub fn is_configured(&self) -> bool {
        !self.bucket.is_empty() || self.cloudinary.is_some()
    }
}

/// Reads variables and remembers what is wrong with them.
struct Variables<'a> {
    lookup: &'a dyn Fn(&str) -> Option<String>,
    /// `SCHOOL_`: a variable with it wins over the same without.
    prefix: String,
    storage: &'static Storage,
    problems: Vec<String>,
}

impl Variables<'_> {
    fn config(&mut self) -> Config {
        Config {
            system: None,
            production: self.production(),
            database: self.database(),
            redis: self.text("REDIS_URL").map(|url| RedisConfig { url: url.into() }),
            signing_key: self.any(&["JWT_SECRET", "SECRET_KEY"]).map(Into::into),
            identifier_login: self.identifier_login(),
            rate_limits: self.text("RATE_LIMITS").is_none_or(|value| value != "off"),
            session: SessionLife {
                idle: Duration::from_secs(self.number("SESSION_IDLE_HOURS", 12) * 3600),
                absolute: Duration::from_secs(self.number("SESSION_DAYS", 7) * 86_400),
            },
            public_url: self.public_url(),
            files: self.files(),
            mail: self.mail(),
            queue: self.queue(),
            realtime: self.realtime(),
            reports: self.reports(),
            push: self.push(),
            ocr: self.ocr(),
            imports: self.imports(),
            memory: self.memory(),
            seal: self.seal(),
            data_key: self.data_key(),
            cors_origins: self.list(&["CORS_ORIGINS", "CORS_ALLOWED_ORIGINS"]),
            trusted_hops: usize::try_from(self.number("TRUSTED_HOPS", 0)).unwrap_or(0),
            redirects: self.redirects(),
            imitations: self.imitations(),
            demo_password: self.text("DEMO_PASSWORD").map(Into::into),
            bcrypt_cost: u32::try_from(self.number("BCRYPT_COST", 10)).unwrap_or(10).clamp(4, 15),
            own: Own::default(),
        }
    }

    fn identifier_login(&mut self) -> IdentifierLogin {
        match self.text("IDENTIFIER_LOGIN").as_deref() {
            None | Some("link") => IdentifierLogin::Link,
            Some("trusted") => IdentifierLogin::Trusted,
            Some("off") => IdentifierLogin::Off,
            Some(_) => {
                self.problems.push("IDENTIFIER_LOGIN must be link, trusted or off".to_owned());
                IdentifierLogin::Off
            }
        }
    }

    fn reports(&mut self) -> Option<ReportsConfig> {
        let text = self.text("SENTRY_DSN")?;
        let config = Url::parse(&text).ok().map(|dsn| ReportsConfig {
            dsn,
            before_answer: self.in_lambda(),
            environment: if self.production() { "production" } else { "development" },
        });
        let config = config.filter(|config| config.endpoint().is_some());
        if config.is_none() {
            self.problems
                .push("SENTRY_DSN must be an address such as https://key@sentry.example/1".to_owned());
        }
        config
    }

    fn public_url(&mut self) -> Option<Url> {
        let text = self.any(&["PUBLIC_URL", "RENDER_EXTERNAL_URL"])?;
        match Url::parse(&text) {
            Ok(url) if url.has_host() => Some(url),
            _ => {
                self.problems.push("PUBLIC_URL must be an address such as https://school.example".to_owned());
                None
            }
        }
    }

    fn files(&mut self) -> FilesConfig {
        FilesConfig {
            bucket: self.text("FILES_BUCKET").unwrap_or_default(),
            prefix: self.storage.prefix.to_owned(),
            folder: self.text("FILES_DIR").map(Into::into),
            aws: self.aws("FILES"),
            direct: match self.text("FILES_DIRECT") {
                Some(_) => self.flag("FILES_DIRECT"),
                None => self.in_lambda(),
            },
            cloudinary: self.cloudinary(),
        }
    }

    fn production(&self) -> bool {
        self.any(&["MUSTER_ENV", "NODE_ENV"]).is_none_or(|value| value != "development")
    }

    /// Neither a database nor an environment is named.
    fn is_laptop(&self) -> bool {
        self.any(&["MUSTER_ENV", "NODE_ENV"]).is_none() && self.database_url().is_none()
    }

    fn in_lambda(&self) -> bool {
        self.text("AWS_LAMBDA_RUNTIME_API").is_some()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.any(&[name])
    }

    /// The first of these names that is set, with the prefix of the system before those without.
    fn any(&self, names: &[&str]) -> Option<String> {
        debug_assert!(
            names.iter().all(|name| is_described(name)),
            "describe {names:?} in config/variables.rs"
        );
        self.value(names)
    }

    /// The same, described or not.
    fn value(&self, names: &[&str]) -> Option<String> {
        let own =
            names.iter().filter(|_| !self.prefix.is_empty()).map(|name| format!("{}{name}", self.prefix));
        let all = own.chain(names.iter().map(|name| (*name).to_owned()));
        let value = |name: String| (self.lookup)(&name).map(|value| value.trim().to_owned());
        all.filter_map(value).find(|value| !value.is_empty())
    }

    fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| value == "true" || value == "1")
    }

    fn list(&self, names: &[&str]) -> Vec<String> {
        let text = self.any(names).unwrap_or_default();
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn number(&mut self, name: &str, default: u64) -> u64 {
        let Some(text) = self.text(name) else { return default };
        text.parse().unwrap_or_else(|_| {
            self.problems.push(format!("{name} must be a whole number"));
            default
        })
    }
}
