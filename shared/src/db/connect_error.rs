//! Why there is no connection, in words for whoever runs the system.

use std::{error::Error as StdError, fmt, io};

use tokio_postgres::error::SqlState;

/// A connection that could not be made. Says what to look at, and neither the address nor the password.
#[derive(Debug)]
pub struct ConnectError {
    sentence: &'static str,
    cause: Option<tokio_postgres::Error>,
}

impl ConnectError {
    /// The server, or what is in front of it, says nothing.
    pub(super) const NO_ANSWER: Self = Self {
        sentence: "The database does not answer in time: look at its host, its port and the firewall",
        cause: None,
    };

    /// There was none to be had in time.
    pub(super) const ALL_IN_USE: Self =
        Self { sentence: "All connections of this process are in use (DB_POOL_MAX)", cause: None };

    /// One sentence for whoever runs the system.
    pub fn sentence(&self) -> &'static str {
        self.sentence
    }
}

impl From<tokio_postgres::Error> for ConnectError {
    fn from(cause: tokio_postgres::Error) -> Self {
        Self { sentence: sentence(&cause), cause: Some(cause) }
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence)
    }
}

impl StdError for ConnectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_ref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

fn sentence(cause: &tokio_postgres::Error) -> &'static str {
    if let Some(refused) = cause.as_db_error() {
        return refusal(refused.code(), refused.message());
    }
    if let Some(io) = io_cause(cause) {
        return network(io);
    }
    // The driver tells its kinds of error apart in words only.
    let words = cause.to_string();
    if words.contains("TLS") {
        "The encrypted connection to the database failed: look at sslmode in its address, and at DATABASE_CA"
    } else if words.contains("authentication") || words.contains("password") {
        "The database asks for a password, or for a way to sign in that is not supported: look at its address"
    } else {
        "The database does not answer"
    }
}

/// What a server, or a pooler in front of it, has answered.
fn refusal(code: &SqlState, message: &str) -> &'static str {
    match *code {
        SqlState::INVALID_PASSWORD => "The database refuses the user or the password of its address",
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "The database does not let this user in from here: it may demand encryption (sslmode=require), or not know the \
             user"
        }
        SqlState::INVALID_CATALOG_NAME => "There is no database of the name in the address",
        SqlState::INSUFFICIENT_PRIVILEGE => "The user of the address may not connect to this database",
        SqlState::TOO_MANY_CONNECTIONS => {
            "The database has no connection left: lower DB_POOL_MAX, or put a pooler in front of it"
        }
        SqlState::CANNOT_CONNECT_NOW => "The database is starting or stopping",
        // PgBouncer and its relatives have one code for everything.
        _ if message.contains("password") || message.contains("auth") => {
            "The pooler of the database refuses the user or the password of its address"
        }
        _ if message.contains("no such database") => {
            "The pooler knows no database of the name in the address"
        }
        _ if message.contains("startup parameter") => {
            "The pooler of the database refuses an option of its address"
        }
        _ => "The database refuses the connection",
    }
}

fn network(cause: &io::Error) -> &'static str {
    match cause.kind() {
        io::ErrorKind::ConnectionRefused => "Nothing listens at the host and port of the database's address",
        io::ErrorKind::TimedOut => ConnectError::NO_ANSWER.sentence,
        io::ErrorKind::NotFound => "There is no socket of a database at the address",
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "The host of the database cannot be reached from here"
        }
        io::ErrorKind::InvalidData => {
            "The encrypted connection to the database failed: its certificate is not trusted (DATABASE_CA)"
        }
        // The resolver has no kind of its own.
        _ if cause.to_string().contains("lookup address") => {
            "The host of the database's address is not known"
        }
        _ => "The connection to the database broke",
    }
}

fn io_cause(error: &tokio_postgres::Error) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<io::Error>() {
            return Some(io);
        }
        cause = inner.source();
    }
    None
}
