//! How a statement reaches the server: prepared under a name once for each connection, or sent whole every time.
//!
//! A transaction pooler gives every transaction another connection of the server, which knows none of the names, or knows
//! them from somebody else as another statement. There nothing may have a name. A statement that is sent whole needs the
//! types of its parameters; they are asked for once for each process, in one message that leaves nothing behind.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use deadpool_postgres::Object;
use tokio_postgres::{
    Error, Row as PgRow, RowStream, SimpleQueryMessage,
    error::SqlState,
    types::{Kind, Type},
};

use super::{Db, Param, Sql};

/// What this process knows of its statements.
#[derive(Default)]
pub(super) struct Statements {
    /// Whether statements have no names.
    unnamed: AtomicBool,
    /// The types of the parameters, by text.
    described: RwLock<HashMap<&'static str, Arc<[Type]>>>,
}

impl Statements {
    pub(super) fn new(pooler: bool) -> Self {
        Self { unnamed: AtomicBool::new(pooler), ..Self::default() }
    }

    /// Remembers what an error tells about names and types, and forgets what it contradicts.
    fn learn(&self, connection: &Object, cause: &Error) {
        if !is_outdated(cause) {
            return;
        }
        if is_pooled(cause) && !self.unnamed.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "the database is behind a transaction pooler: set DATABASE_POOLER=true, and DATABASE_DIRECT_URL for \
                 migrations"
            );
        }
        connection.statement_cache.clear();
        self.described.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The types of the parameters of `sql`, if it is to be sent whole.
    async fn types(&self, connection: &Object, sql: Sql, count: usize) -> Result<Option<Arc<[Type]>>, Error> {
        if !self.unnamed.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if count == 0 {
            return Ok(Some(Arc::new([])));
        }
        let known = self.described.read().unwrap_or_else(PoisonError::into_inner).get(sql.text()).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let types = describe(connection, sql).await?;
        let mut described = self.described.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Some(described.entry(sql.text()).or_insert(types).clone()))
    }
}

/// Whether the statement may succeed when it is run again, outside of a transaction that has failed by it.
pub(super) fn is_outdated(cause: &Error) -> bool {
    // "cached plan must not change result type": it was prepared before a migration.
    is_pooled(cause) || cause.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED)
}

/// Whether the connection of the server is not the one that the statement was prepared on.
fn is_pooled(cause: &Error) -> bool {
    let unknown = [SqlState::INVALID_SQL_STATEMENT_NAME, SqlState::DUPLICATE_PSTATEMENT];
    // Or it knows another statement by this name: "bind message supplies 1 parameters, but prepared statement requires 2".
    let another = |message: &str| message.starts_with("bind message supplies");
    cause.as_db_error().is_some_and(|error| unknown.contains(error.code()) || another(error.message()))
}

// On the heap, here and below: the futures of handlers hold those of their queries, and are moved over the stack whole.

/// Every row.
pub(super) async fn rows(
    db: &Db,
    connection: &Object,
    sql: Sql,
    params: &[Param<'_>],
) -> Result<Vec<PgRow>, Error> {
    let run = Box::pin(async {
        if let Some(types) = db.statements().types(connection, sql, params.len()).await? {
            let params = typed(params, &types);
            return timed(db, sql, connection.query_typed(sql.text(), &params)).await;
        }
        let statement = connection.prepare_cached(sql.text()).await?;
        timed(db, sql, connection.query(&statement, params)).await
    });
    run.await.inspect_err(|cause| db.statements().learn(connection, cause))
}

/// How many rows the statement touched.
pub(super) async fn execute(
    db: &Db,
    connection: &Object,
    sql: Sql,
    params: &[Param<'_>],
) -> Result<u64, Error> {
    let run = Box::pin(async {
        if let Some(types) = db.statements().types(connection, sql, params.len()).await? {
            let params = typed(params, &types);
            return timed(db, sql, connection.execute_typed(sql.text(), &params)).await;
        }
        let statement = connection.prepare_cached(sql.text()).await?;
        timed(db, sql, connection.execute(&statement, params)).await
    });
    run.await.inspect_err(|cause| db.statements().learn(connection, cause))
}

/// The rows as they come.
pub(super) async fn stream(
    db: &Db,
    connection: &Object,
    sql: Sql,
    params: &[Param<'_>],
) -> Result<RowStream, Error> {
    let run = Box::pin(async {
        if let Some(types) = db.statements().types(connection, sql, params.len()).await? {
            return connection.query_typed_raw(sql.text(), typed(params, &types)).await;
        }
        let statement = connection.prepare_cached(sql.text()).await?;
        connection.query_raw(&statement, params.iter().copied()).await
    });
    run.await.inspect_err(|cause| db.statements().learn(connection, cause))
}

/// Counts how long the server took, without what preparing cost.
async fn timed<T>(db: &Db, sql: Sql, running: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let outcome = running.await;
    let took = started.elapsed();
    db.metrics().queries().note(sql, took);
    // The values of the parameters may be personal.
    tracing::debug!(sql = sql.text(), duration_ms = took.as_secs_f64() * 1000.0, "query");
    outcome
}

/// Parameters beside their types. One without a type has an unknown one, so that the server refuses what does not fit.
fn typed<'a>(params: &[Param<'a>], types: &[Type]) -> Vec<(Param<'a>, Type)> {
    let types = types.iter().cloned().chain(std::iter::repeat(Type::UNKNOWN));
    params.iter().copied().zip(types).collect()
}

/// Asks the server which types the parameters have. All of it is one message, so that it stays on one connection of the
/// server, and the name is gone when the answer comes.
async fn describe(connection: &Object, sql: Sql) -> Result<Arc<[Type]>, Error> {
    let ask = format!(
        "PREPARE muster_describe AS {}\n;
         SELECT unnest(parameter_types)::oid::text FROM pg_prepared_statements WHERE name = 'muster_describe';
         DEALLOCATE muster_describe",
        sql.text()
    );
    let answer = connection.simple_query(&ask).await?;
    let oids = answer.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0)?.parse::<u32>().ok(),
        _ => None,
    });
    let mut types = Vec::new();
    for oid in oids.collect::<Vec<_>>() {
        types.push(match Type::from_oid(oid) {
            Some(known) => known,
            None => type_of_extension(connection, oid).await?,
        });
    }
    Ok(types.into())
}

/// A type that is not built in (`citext`): its name decides which values fit.
async fn type_of_extension(connection: &Object, oid: u32) -> Result<Type, Error> {
    let find = "SELECT typname::text, nspname::text
                FROM pg_catalog.pg_type JOIN pg_catalog.pg_namespace ON pg_namespace.oid = typnamespace
                WHERE pg_type.oid = $1";
    let rows = connection.query_typed(find, &[(&oid, Type::OID)]).await?;
    match rows.first() {
        Some(row) => Ok(Type::new(row.try_get(0)?, oid, Kind::Simple, row.try_get(1)?)),
        None => Ok(Type::UNKNOWN),
    }
}
