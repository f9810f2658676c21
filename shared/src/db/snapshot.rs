//! Reading much: every statement sees the database of the same moment, and rows come one after the other.

use std::{marker::PhantomData, pin::Pin};

use deadpool_postgres::Object;
use futures_util::{FutureExt, StreamExt};
use tokio_postgres::RowStream;

use super::{Param, Row, Sql};
use crate::Result;

/// The database as it is at one moment. Writes of others go on beside it.
pub struct Snapshot {
    connection: Object,
}

impl Snapshot {
    pub(super) async fn open(connection: Object) -> Result<Self> {
        connection.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        Ok(Self { connection })
    }

    /// The rows of a query, read from the connection only as fast as they are asked for. Take all of them, or drop
    /// the list, before the next query.
    pub async fn rows<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Rows<T>> {
        let statement = self.connection.prepare_cached(sql.text()).await?;
        let stream = self.connection.query_raw(&statement, params.iter().copied()).await?;
        Ok(Rows { stream: Some(Box::pin(stream)), kind: PhantomData })
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        // Polling once sends the statement; whatever uses the connection next queues behind it.
        let _sent = self.connection.batch_execute("ROLLBACK").now_or_never();
    }
}

/// Rows that come one after the other.
pub struct Rows<T> {
    /// None after the last row: the driver takes a question beyond it for a lost connection.
    stream: Option<Pin<Box<RowStream>>>,
    kind: PhantomData<fn() -> T>,
}

impl<T: Row> Rows<T> {
    /// The next row; none after the last.
    pub async fn next(&mut self) -> Result<Option<T>> {
        let Some(stream) = &mut self.stream else { return Ok(None) };
        match stream.next().await {
            Some(row) => Ok(Some(T::from_row(&row?)?)),
            None => {
                self.stream = None;
                Ok(None)
            }
        }
    }
}
