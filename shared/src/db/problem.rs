//! Database errors as what they mean for the client.

use deadpool_postgres::{PoolError, TimeoutType};
use tokio_postgres::error::SqlState;

use super::ConnectError;
use crate::error::{Error, Kind, conflict, forbidden, invalid, unavailable};

/// The client's mistake, or the absence of the database, behind a driver error; none when it is our bug.
///
/// Messages name no values: those of a unique key may belong to another person.
#[track_caller]
pub fn problem(error: &tokio_postgres::Error) -> Option<Error> {
    let Some(db) = error.as_db_error() else {
        return (error.is_closed() || is_io(error)).then(|| unavailable("The database"));
    };
    Some(match db.code() {
        &SqlState::UNIQUE_VIOLATION if db.constraint() == Some("muster_account_names") => conflict(
            "name_taken",
            "The user name or e-mail address belongs to another account, please choose another one",
        ),
        &SqlState::UNIQUE_VIOLATION => {
            conflict("already_exists", "A record with the same key already exists")
        }
        &SqlState::FOREIGN_KEY_VIOLATION => {
            invalid("unknown_reference", "The record refers to something that does not exist")
        }
        &SqlState::NOT_NULL_VIOLATION => {
            invalid("required", format!("{} is required", db.column().unwrap_or("A field")))
        }
        &SqlState::CHECK_VIOLATION => invalid("not_allowed", "A value is not one of those allowed"),
        &SqlState::NUMERIC_VALUE_OUT_OF_RANGE => invalid("out_of_range", "A number is out of range"),
        // 22021 and, inside JSON, 22P05: a zero byte, which PostgreSQL text cannot hold.
        &SqlState::CHARACTER_NOT_IN_REPERTOIRE | &SqlState::UNTRANSLATABLE_CHARACTER => {
            invalid("bad_text", "A text holds a character that cannot be stored")
        }
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => conflict(
            "try_again",
            "The record was changed by somebody else at the same time, please try again",
        ),
        &SqlState::LOCK_NOT_AVAILABLE => {
            conflict("lock_timeout", "The record is in use by somebody else, please try again")
        }
        // A name that another connection behind a pooler does not know: the next attempt sends the statement whole.
        &SqlState::INVALID_SQL_STATEMENT_NAME | &SqlState::DUPLICATE_PSTATEMENT => {
            unavailable("The database")
        }
        // A row that its writer could not see: of another tenant.
        &SqlState::INSUFFICIENT_PRIVILEGE if db.routine() == Some("ExecWithCheckOptions") => {
            forbidden("This belongs to another organization")
        }
        // Of `muster.tenant()`: a table of tenants in a transaction that is for none of them.
        code if code.code() == "MT403" => {
            Error::new(Kind::Forbidden, "tenant_required", "Choose an organization first")
        }
        code if is_away(code) => unavailable("The database"),
        _ => return None,
    })
}

/// A connection that could not be made: clients are told that the database is not available, the log why.
#[track_caller]
pub(super) fn no_connection(error: deadpool_postgres::PoolError) -> Error {
    unavailable("The database").caused_by(match error {
        PoolError::Backend(cause) => ConnectError::from(cause),
        PoolError::Timeout(TimeoutType::Wait) => ConnectError::ALL_IN_USE,
        _ => ConnectError::NO_ANSWER,
    })
}

impl Error {
    /// Why the database could not be connected to, for whoever runs the system; none for every other error.
    pub fn connect_problem(&self) -> Option<&'static str> {
        self.cause()?.downcast_ref::<ConnectError>().map(ConnectError::sentence)
    }
}

/// Whether the connection is gone, so that another one may have what this one has not: it was closed, it broke, or the
/// server ended it and this is the first that one hears of it.
pub(super) fn is_dead(error: &tokio_postgres::Error) -> bool {
    let ended = ["57P01", "57P02", "57P05", "25P03", "08P01", "08006"];
    error.is_closed() || is_io(error) || error.code().is_some_and(|code| ended.contains(&code.code()))
}

fn is_away(code: &SqlState) -> bool {
    // 08: connection, 53: resources, 57: shut down or starting.
    ["08", "53", "57"].iter().any(|class| code.code().starts_with(class))
}

fn is_io(error: &tokio_postgres::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<std::io::Error>().is_some() {
            return true;
        }
        cause = inner.source();
    }
    false
}
