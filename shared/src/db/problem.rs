//! Database errors as what they mean for the client.

use tokio_postgres::error::SqlState;

use crate::error::{Error, conflict, invalid, unavailable};

/// The client's mistake, or the absence of the database, behind a driver error; none when it is our bug.
///
/// Messages name no values: those of a unique key may belong to another person.
#[track_caller]
pub fn problem(error: &tokio_postgres::Error) -> Option<Error> {
    let Some(db) = error.as_db_error() else {
        return (error.is_closed() || is_io(error)).then(|| unavailable("The database"));
    };
    Some(match db.code() {
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
        // 22021: a zero byte, which PostgreSQL text cannot hold.
        &SqlState::CHARACTER_NOT_IN_REPERTOIRE => {
            invalid("bad_text", "A text holds a character that cannot be stored")
        }
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => conflict(
            "try_again",
            "The record was changed by somebody else at the same time, please try again",
        ),
        &SqlState::LOCK_NOT_AVAILABLE => {
            conflict("lock_timeout", "The record is in use by somebody else, please try again")
        }
        code if is_away(code) => unavailable("The database"),
        _ => return None,
    })
}

/// A pool that cannot give a connection: the database is away or overloaded.
#[track_caller]
pub fn pool_problem(error: &deadpool_postgres::PoolError) -> Error {
    match error {
        deadpool_postgres::PoolError::Backend(cause) => {
            problem(cause).unwrap_or_else(|| unavailable("The database"))
        }
        _ => unavailable("The database"),
    }
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
