//! Reading: queries outside a transaction, or in one of a scope.

use tokio_postgres::Row as PgRow;

use super::{
    Db, Param, Row, Scope, Sql,
    held::Held,
    problem::is_dead,
    scope::{self, Opening},
    statement,
};
use crate::{Error, Result};

/// A connection for queries. It goes back to the pool when dropped.
pub struct Read {
    db: Db,
    held: Held,
    scope: Scope,
    /// Whether the transaction is open that a scope needs.
    begun: bool,
}

impl Read {
    pub(super) fn new(db: Db, held: Held, scope: Scope) -> Self {
        Self { db, held, scope, begun: false }
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
            Err(cause) if is_dead(&cause) && !self.begun => {
                self.held.replace(&self.db).await?;
                self.attempt(sql, params).await?.map_err(Error::from)
            }
            Err(cause) if statement::is_outdated(&cause) && !self.is_scoped() => {
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
        if self.is_scoped() {
            return self.attempt_scoped(sql, params).await;
        }
        self.held.in_statement();
        let answer = statement::rows(&self.db, self.held.object()?, sql, params).await;
        self.held.ended();
        Ok(answer)
    }

    /// In a read-only transaction, whose beginning goes with the first query. It ends when the connection is given back.
    async fn attempt_scoped(
        &mut self,
        sql: Sql,
        params: &[Param<'_>],
    ) -> Result<Result<Vec<PgRow>, tokio_postgres::Error>> {
        if self.begun {
            return Ok(statement::rows(&self.db, self.held.object()?, sql, params).await);
        }
        self.held.in_transaction();
        let connection = self.held.object()?;
        let opening = Opening { scope: &self.scope, actor: None, system: "", begin: "BEGIN READ ONLY" };
        let query = statement::rows(&self.db, connection, sql, params);
        match tokio::try_join!(opening.send(&self.db, connection), query) {
            Ok((true, _)) => Err(scope::unrestricted()),
            Ok((false, rows)) => {
                self.begun = true;
                Ok(Ok(rows))
            }
            Err(cause) => Ok(Err(cause)),
        }
    }

    fn is_scoped(&self) -> bool {
        self.db.is_scoped(&self.scope)
    }
}
