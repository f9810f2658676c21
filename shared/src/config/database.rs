//! Where the database is: the settings, and addresses in the forms that hosts and other servers hand out.

use std::{path::PathBuf, str::FromStr};

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::config::{ChannelBinding, SslMode, SslNegotiation, TargetSessionAttrs};
use url::Url;

use super::Variables;
use crate::{
    Result,
    error::{Error, Kind},
};

/// Where the database is and how to talk to it.
#[derive(Clone, Debug, Default)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`, or one of the legacy names (`SUPABASE_URL`, `SUPABASE_DB_URL`,
    /// `SUPABASE_POSTGRES_URL`, `POSTGRES_URL`, `PG_DATABASE_URL`).
    pub url: Option<SecretString>,
    /// `DATABASE_DIRECT_URL` (or `DIRECT_URL`, `DATABASE_URL_UNPOOLED`, `POSTGRES_URL_NON_POOLING`): the same database without
    /// a pooler in between, for migrations and notifications. Without it both use `DATABASE_URL`.
    pub direct_url: Option<SecretString>,
    /// `DATABASE_CA`: a PEM file with the certificate authority to trust; turns verification on.
    pub ca: Option<PathBuf>,
    /// `DB_POOL_MAX`: connections at most (1 in a Lambda function, else what the address names as `connection_limit`, else 20).
    pub pool_size: usize,
    /// `DATABASE_POOLER`: whether a transaction pooler stands at the address, which gives every transaction another connection
    /// of the server. By default told from the address: `pgbouncer=true`, the usual ports of poolers (6432, 6543, 25061), or a
    /// host that ends in `-pooler`.
    pub pooler: bool,
    /// Whether statements are sent whole instead of being prepared under a name: behind a pooler, and in a Lambda function
    /// unless `DATABASE_POOLER=false`.
    pub unnamed_statements: bool,
    /// `READ_ONLY=true` refuses every write.
    pub read_only: bool,
}

impl DatabaseConfig {
    /// The address of `DATABASE_URL`.
    pub(crate) fn address(&self) -> Result<Address> {
        let url = self.url.as_ref().ok_or_else(|| {
            Error::new(Kind::Unavailable, "no_database", "No database is configured: set DATABASE_URL")
        })?;
        parsed("DATABASE_URL", url)
    }

    /// The address that keeps a session.
    pub(crate) fn direct_address(&self) -> Result<Address> {
        match &self.direct_url {
            Some(url) => parsed("DATABASE_DIRECT_URL", url),
            None => self.address(),
        }
    }

    /// Whether every address leads through a transaction pooler, so that nothing can be kept in a session.
    pub(crate) fn is_only_pooled(&self) -> bool {
        self.pooler && self.direct_url.is_none()
    }
}

fn parsed(name: &str, url: &SecretString) -> Result<Address> {
    let address = Address::from_str(url.expose_secret());
    address.map_err(|problem| Error::new(Kind::Internal, "configuration", format!("{name} {problem}")))
}

impl Variables<'_> {
    pub(super) fn database_url(&self) -> Option<String> {
        self.any(&[
            "DATABASE_URL",
            "SUPABASE_URL",
            "SUPABASE_DB_URL",
            "SUPABASE_POSTGRES_URL",
            "POSTGRES_URL",
            "PG_DATABASE_URL",
        ])
    }

    pub(super) fn database(&mut self) -> DatabaseConfig {
        let direct =
            ["DATABASE_DIRECT_URL", "DIRECT_URL", "DATABASE_URL_UNPOOLED", "POSTGRES_URL_NON_POOLING"];
        let (url, direct_url) = (self.database_url(), self.any(&direct));
        let address = self.known_address("DATABASE_URL", url.as_deref());
        self.known_address("DATABASE_DIRECT_URL", direct_url.as_deref());
        let usual =
            if self.in_lambda() { 1 } else { address.as_ref().and_then(|at| at.pool_size).unwrap_or(20) };
        let connections = self.number("DB_POOL_MAX", usual);
        let asked = self.text("DATABASE_POOLER").map(|_| self.flag("DATABASE_POOLER"));
        let pooler = asked.unwrap_or_else(|| address.is_some_and(|at| at.pooler));
        DatabaseConfig {
            url: url.map(Into::into),
            direct_url: direct_url.map(Into::into),
            ca: self.text("DATABASE_CA").map(Into::into),
            pool_size: usize::try_from(connections).unwrap_or(20).max(1),
            pooler,
            unnamed_statements: asked.unwrap_or(pooler || self.in_lambda()),
            read_only: self.flag("READ_ONLY"),
        }
    }

    /// An address that is set, or the note that it is none.
    fn known_address(&mut self, name: &str, url: Option<&str>) -> Option<Address> {
        let problem = match Address::from_str(url?) {
            Ok(address) => return Some(address),
            Err(problem) => problem,
        };
        self.problems.push(format!("{name} {problem}"));
        None
    }
}

/// An address as the driver takes it.
pub(crate) struct Address {
    /// For the driver.
    pub options: tokio_postgres::Config,
    /// What is checked of the server's certificate.
    pub verify: Verify,
    /// Whether it looks like that of a transaction pooler.
    pub pooler: bool,
    /// Connections that it allows a process.
    pub pool_size: Option<u64>,
    /// Options that mean nothing here, by name.
    pub ignored: Vec<String>,
}

/// What is checked of the server's certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verify {
    /// Nothing: as with libpq, `require` encrypts and no more.
    Nothing,
    /// Who signed it (`verify-ca`).
    Authority,
    /// Who signed it, and that it is for this host (`verify-full`).
    Host,
}

/// Ports that poolers listen on: PgBouncer's own, Supabase's, DigitalOcean's.
const POOLER_PORTS: [u16; 3] = [6432, 6543, 25061];

/// Options of other drivers that change nothing here.
const HARMLESS: [&str; 16] = [
    "application_name",
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "pool_timeout",
    "prepared_statements",
    "preparethreshold",
    "statement_cache_size",
    "supa",
    "uselibpqcompat",
    "workaround",
];

const NO_ADDRESS: &str = "must be an address such as postgres://user:password@host:5432/database; characters such as @ : / ? # \
                          % in the password are written in percent encoding (%40 for @)";

impl FromStr for Address {
    type Err = String;

    /// Messages name options, never their values: an address holds a password.
    fn from_str(text: &str) -> Result<Self, String> {
        // As the consoles of hosts offer it for copying.
        let text = text.trim();
        let text = text.strip_prefix("psql ").unwrap_or(text).trim().trim_matches(['"', '\'']);
        let Some((scheme, _)) = text.split_once("://") else { return Self::of_words(text) };
        let scheme = scheme.strip_prefix("jdbc:").unwrap_or(scheme);
        let (scheme, _driver) = scheme.split_once('+').unwrap_or((scheme, ""));
        if !["postgres", "postgresql", "postgis"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err("must be the address of a PostgreSQL database (postgres://...)".to_owned());
        }
        match Url::parse(text.strip_prefix("jdbc:").unwrap_or(text)) {
            Ok(url) => Self::of_url(&url),
            // Several hosts, which only the driver's own parser knows.
            Err(_) => Self::of_words(text),
        }
    }
}

impl Address {
    fn new(options: tokio_postgres::Config) -> Self {
        Self { options, verify: Verify::Nothing, pooler: false, pool_size: None, ignored: Vec::new() }
    }

    /// What the driver parses itself: `host=... user=...`, or an address with several hosts.
    fn of_words(text: &str) -> Result<Self, String> {
        let verify = match text {
            _ if text.contains("sslmode=verify-full") => Verify::Host,
            _ if text.contains("sslmode=verify-ca") => Verify::Authority,
            _ => Verify::Nothing,
        };
        let text = text
            .replace("sslmode=verify-full", "sslmode=require")
            .replace("sslmode=verify-ca", "sslmode=require");
        let options: tokio_postgres::Config = text.parse().map_err(|_| NO_ADDRESS.to_owned())?;
        if options.get_hosts().is_empty() {
            return Err(NO_ADDRESS.to_owned());
        }
        Ok(Self { verify, ..Self::new(options) })
    }

    fn of_url(url: &Url) -> Result<Self, String> {
        if url.fragment().is_some() {
            return Err(NO_ADDRESS.to_owned());
        }
        let mut address = Self::new(tokio_postgres::Config::new());
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        if !host.is_empty() {
            address.options.host(decoded(host)?);
        }
        if let Some(port) = url.port() {
            address.options.port(port);
        }
        if !url.username().is_empty() {
            address.options.user(decoded(url.username())?);
        }
        if let Some(password) = url.password() {
            address.options.password(decoded(password)?);
        }
        let database = url.path().trim_start_matches('/');
        if !database.is_empty() {
            address.options.dbname(decoded(database)?);
        }
        for (name, value) in url.query_pairs() {
            address.option(&name.to_ascii_lowercase(), &value)?;
        }
        if address.options.get_hosts().is_empty() {
            return Err(NO_ADDRESS.to_owned());
        }
        let label = host.split('.').next().unwrap_or_default();
        address.pooler |= label.ends_with("-pooler")
            || address.options.get_ports().iter().any(|port| POOLER_PORTS.contains(port));
        Ok(address)
    }

    fn option(&mut self, name: &str, value: &str) -> Result<(), String> {
        let wrong = || format!("has a value of the option {name} that is not known");
        match name {
            "host" => drop(self.options.host(value)),
            "port" => drop(self.options.port(value.parse().map_err(|_| wrong())?)),
            "user" => drop(self.options.user(value)),
            "password" => drop(self.options.password(value)),
            "dbname" => drop(self.options.dbname(value)),
            "options" => drop(self.options.options(value)),
            "connect_timeout" => {
                let seconds: u64 = value.parse().map_err(|_| wrong())?;
                if seconds > 0 {
                    self.options.connect_timeout(std::time::Duration::from_secs(seconds));
                }
            }
            "sslmode" | "ssl" | "sslaccept" | "sslrootcert" => self.tls(name, value).ok_or_else(wrong)?,
            "sslnegotiation" => {
                let direct = value == "direct";
                self.options.ssl_negotiation(if direct {
                    SslNegotiation::Direct
                } else {
                    SslNegotiation::Postgres
                });
            }
            "channel_binding" => {
                self.options.channel_binding(match value {
                    "disable" => ChannelBinding::Disable,
                    "prefer" => ChannelBinding::Prefer,
                    "require" => ChannelBinding::Require,
                    _ => return Err(wrong()),
                });
            }
            "target_session_attrs" => {
                self.options.target_session_attrs(match value {
                    "read-write" | "primary" => TargetSessionAttrs::ReadWrite,
                    "read-only" | "standby" => TargetSessionAttrs::ReadOnly,
                    _ => TargetSessionAttrs::Any,
                });
            }
            "pgbouncer" => self.pooler |= value == "true",
            "connection_limit" => self.pool_size = value.parse().ok().filter(|limit| *limit > 0),
            "schema" if value == "public" => {}
            _ if HARMLESS.contains(&name) => {}
            _ => self.ignored.push(name.to_owned()),
        }
        Ok(())
    }

    /// `sslmode` of libpq and node-postgres, `ssl` of Heroku and JDBC, `sslaccept` of Prisma.
    fn tls(&mut self, name: &str, value: &str) -> Option<()> {
        let (mode, verify) = match (name, value) {
            ("sslmode", "disable") | ("ssl", "false" | "0") => (SslMode::Disable, Verify::Nothing),
            ("sslmode", "allow" | "prefer") => (SslMode::Prefer, Verify::Nothing),
            ("sslmode", "require" | "no-verify") | ("ssl", "true" | "1" | "require" | "no-verify") => {
                (SslMode::Require, Verify::Nothing)
            }
            ("sslaccept", "accept_invalid_certs") => (self.options.get_ssl_mode(), Verify::Nothing),
            ("sslmode", "verify-ca") => (SslMode::Require, Verify::Authority),
            ("sslmode", "verify-full") | ("sslaccept", "strict") | ("sslrootcert", "system") => {
                (SslMode::Require, Verify::Host)
            }
            // A file of the machine where the address was made.
            ("sslrootcert", _) => {
                self.ignored.push("sslrootcert (set DATABASE_CA)".to_owned());
                return Some(());
            }
            _ => return None,
        };
        self.options.ssl_mode(mode);
        self.verify = verify;
        Some(())
    }
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| NO_ADDRESS.to_owned())?;
    Ok(decoded.into_owned())
}

#[cfg(test)]
mod tests;
