//! Reading: queries outside a transaction.

use tokio_postgres::Row as PgRow;

use super::{Db, Param, Row, Sql, held::Held, problem::is_dead, statement};
use crate::{Error, Result};

/// A connection for queries. It goes back to the pool when dropped.
pub struct Read {
    db: Db,
    held: Held,
}

impl Read {
    pub(super) fn new(db: Db, held: Held) -> Self {
        Self { db, held }
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

    /// Runs the query. Once it is run again: on another connection if this one died while the function was frozen, or with
    /// the statement sent anew if the server does not know it any more.
    async fn query(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Vec<PgRow>> {
        match self.attempt(sql, params).await? {
            Ok(rows) => Ok(rows),
            Err(cause) if is_dead(&cause) => {
                self.held.replace(&self.db).await?;
                self.attempt(sql, params).await?.map_err(Error::from)
            }
            Err(cause) if statement::is_outdated(&cause) => {
                self.attempt(sql, params).await?.map_err(Error::from)
            }
            Err(cause) => Err(cause.into()),
        }
    }

    async fn attempt(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
    ) -> Result<Result<Vec<PgRow>, tokio_postgres::Error>> {
        self.held.in_statement();
        let answer = statement::rows(&self.db, self.held.object()?, sql, params).await;
        self.held.ended();
        Ok(answer)
    }
}
