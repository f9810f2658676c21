//! Reading much: every statement sees the database of the same moment, and rows come one after the other.

use std::{marker::PhantomData, pin::Pin};

use futures_util::StreamExt;
use tokio_postgres::RowStream;

use super::{
    Db, Param, Row, Scope, Sql,
    held::Held,
    problem::is_dead,
    scope::{self, Opening},
    statement,
};
use crate::Result;

/// The database as it is at one moment. Writes of others go on beside it.
pub struct Snapshot {
    db: Db,
    held: Held,
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

impl Snapshot {
    pub(super) async fn open(db: &Db, scope: &Scope) -> Result<Self> {
        // Made before the transaction is open, so that whoever gives up meanwhile drops it and thereby ends it.
        let mut snapshot = Self { db: db.clone(), held: db.held().await? };
        if let Err(cause) = snapshot.begin(scope).await? {
            if !is_dead(&cause) {
                return Err(cause.into());
            }
            // A connection that died while the function was frozen is replaced once.
            snapshot.held.replace(db).await?;
            snapshot.begin(scope).await??;
        }
        Ok(snapshot)
    }

    async fn begin(&mut self, scope: &Scope) -> Result<Result<(), tokio_postgres::Error>> {
        self.held.in_transaction();
        let connection = self.held.object()?;
        if !self.db.is_scoped(scope) {
            return Ok(connection.batch_execute(BEGIN).await);
        }
        let opening = Opening { scope, actor: None, system: "", begin: BEGIN };
        match opening.send(&self.db, connection).await {
            Ok(true) => Err(scope::unrestricted()),
            opened => Ok(opened.map(drop)),
        }
    }

    /// The rows of a query, read from the connection only as fast as they are asked for. Take all of them, or drop
    /// the list, before the next query.
    pub async fn rows<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Rows<T>> {
        let stream = statement::stream(&self.db, self.held.object()?, sql, params).await?;
        Ok(Rows { stream: Some(Box::pin(stream)), kind: PhantomData })
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
