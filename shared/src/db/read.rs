//! Reading: queries outside a transaction.

use std::time::Instant;

use deadpool_postgres::Object;
use tokio_postgres::Row as PgRow;

use super::{Db, Param, Row, Sql};
use crate::{Result, metrics::Metrics};

/// A connection for queries. It goes back to the pool when dropped.
pub struct Read {
    db: Db,
    connection: Object,
}

impl Read {
    pub(super) fn new(db: Db, connection: Object) -> Self {
        Self { db, connection }
    }

    /// Every row.
    pub async fn all<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Vec<T>> {
        let rows = self.query(sql, params).await?;
        rows.iter().map(|row| Ok(T::from_row(row)?)).collect()
    }

    /// The first row, if there is one.
    pub async fn one<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Option<T>> {
        let rows = self.query(sql, params).await?;
        Ok(rows.first().map(T::from_row).transpose()?)
    }

    /// The only row; for aggregates, which always have one.
    pub async fn only<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<T> {
        self.one(sql, params).await?.ok_or_else(|| crate::error::internal("no row"))
    }

    /// Runs the query; a connection that died while the function was frozen is replaced once.
    async fn query(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Vec<PgRow>> {
        match query(&self.connection, self.db.metrics(), sql, params).await {
            Err(error) if error.is_closed() => {
                self.connection = self.db.connection().await?;
                Ok(query(&self.connection, self.db.metrics(), sql, params).await?)
            }
            answer => Ok(answer?),
        }
    }
}

/// Runs one prepared statement; the text is prepared once per connection.
pub(super) async fn query(
    connection: &Object,
    metrics: &Metrics,
    sql: Sql,
    params: &[Param<'_>],
) -> Result<Vec<PgRow>, tokio_postgres::Error> {
    let statement = connection.prepare_cached(sql.text()).await?;
    let started = Instant::now();
    let rows = connection.query(&statement, params).await;
    metrics.queries().note(sql, started.elapsed());
    rows
}
