//! Writing: one transaction, made for somebody.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use deadpool_postgres::Object;
use futures_util::FutureExt;
use tokio_postgres::SimpleQueryMessage;
use uuid::Uuid;

use super::{Db, Param, Row, Sql, TenantKey, UserKey, read};
use crate::{Error, Result, error, queue::Queue, sql};

/// Who a change is made for; the audit triggers read it from the transaction.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The acting user, or none for the system itself.
    pub user: Option<UserKey>,
    /// The organization they act in, in systems that serve several.
    pub tenant: Option<TenantKey>,
    /// The client's address, for audit rows that name it.
    pub address: Option<String>,
    /// The request's id, so that an audit row leads to the log.
    pub request_id: Option<String>,
}

/// An open transaction. Dropping it without [`Change::commit`] undoes everything.
pub struct Change {
    db: Db,
    connection: Option<Object>,
}

impl Actor {
    /// A user, outside a request: a job that acts in somebody's name.
    pub fn user(user: impl Into<UserKey>) -> Self {
        Self { user: Some(user.into()), ..Self::default() }
    }
}

impl Change {
    pub(super) async fn begin(db: &Db, actor: &Actor, system: &str) -> Result<Self> {
        // Made before the transaction is open, so that whoever gives up meanwhile drops it and thereby undoes it.
        let mut change = Self { db: db.clone(), connection: Some(db.connection().await?) };
        if let Err(cause) = open(change.connection()?, actor, system).await {
            if !cause.is_closed() {
                return Err(cause.into());
            }
            change.connection = Some(db.connection().await?);
            open(change.connection()?, actor, system).await?;
        }
        Ok(change)
    }

    /// Every row.
    pub async fn all<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Vec<T>> {
        let rows = read::query(self.connection()?, self.db.metrics(), sql, params).await?;
        rows.iter().map(|row| Ok(T::from_row(row)?)).collect()
    }

    /// The first row, if there is one.
    pub async fn one<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Option<T>> {
        let rows = read::query(self.connection()?, self.db.metrics(), sql, params).await?;
        Ok(rows.first().map(T::from_row).transpose()?)
    }

    /// The only row, which is always there; for aggregates and `RETURNING`.
    pub async fn only<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<T> {
        self.one(sql, params).await?.ok_or_else(|| error::internal("no row"))
    }

    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<u64> {
        let connection = self.connection()?;
        let statement = connection.prepare_cached(sql.text()).await?;
        let started = Instant::now();
        let touched = connection.execute(&statement, params).await;
        self.db.metrics().queries().note(sql, started.elapsed());
        Ok(touched?)
    }

    /// Runs the statements of a file.
    pub async fn run(&mut self, file: Sql) -> Result<()> {
        Ok(self.connection()?.batch_execute(file.text()).await?)
    }

    /// The time of the app.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.db.clock().now()
    }

    /// Whether a stored mail is sent, and not only kept.
    pub(crate) fn mails_leave(&self) -> bool {
        self.db.mails_leave()
    }

    /// Makes everything permanent, then outdates what is kept of the tables written, and tells the workers of the jobs that
    /// were started.
    pub async fn commit(mut self) -> Result<()> {
        let connection = self.connection.take().ok_or_else(already_committed)?;
        // A task, because what follows a commit must follow it even when whoever asked has hung up meanwhile.
        tokio::spawn(commit(connection, self.db.clone())).await?
    }

    fn connection(&self) -> Result<&Object> {
        self.connection.as_ref().ok_or_else(already_committed)
    }
}

impl Drop for Change {
    fn drop(&mut self) {
        if let Some(connection) = &self.connection {
            undo(connection);
        }
    }
}

fn already_committed() -> Error {
    error::internal("the change is already committed")
}

fn undo(connection: &Object) {
    // Polling once sends the statement; whatever uses the connection next queues behind it.
    let _sent = connection.batch_execute("ROLLBACK").now_or_never();
}

/// The tables written so far (`R__table_changes.sql`), the jobs started, the transaction and the commit, in one round trip.
/// In a transaction that an error has ended the first fails, so that a commit which is none is not taken for one.
const COMMIT: &str =
    "SELECT current_setting('muster.touched', true), current_setting('muster.started', true),
     pg_current_xact_id_if_assigned(); COMMIT";

async fn commit(connection: Object, db: Db) -> Result<()> {
    let started = match connection.simple_query(COMMIT).await {
        Ok(answers) => {
            let tables = answers.iter().flat_map(|answer| listed(answer, 0)).collect::<Vec<_>>();
            let transaction = answers.iter().find_map(|answer| listed(answer, 2).next());
            db.versions().committed(transaction.unwrap_or_default(), &tables).await;
            answers.iter().flat_map(|answer| listed(answer, 1)).filter_map(started).collect::<Vec<_>>()
        }
        Err(cause) => {
            undo(&connection);
            if cause.as_db_error().is_none() {
                // The connection broke: PostgreSQL may have committed all the same.
                db.versions().all_changed().await;
            }
            return Err(cause.into());
        }
    };
    drop(connection);
    db.send(&started, Duration::ZERO).await;
    Ok(())
}

/// The words of a column in which they stand as in `,cadets,,grades,`.
fn listed(answer: &SimpleQueryMessage, column: usize) -> impl Iterator<Item = &str> {
    let list = match answer {
        SimpleQueryMessage::Row(row) => row.get(column),
        _ => None,
    };
    list.unwrap_or_default().split(',').filter(|word| !word.is_empty())
}

/// A job as `queue:id`.
fn started(word: &str) -> Option<(Queue, Uuid)> {
    let (queue, id) = word.split_once(':')?;
    Some((Queue::parse(queue)?, id.parse().ok()?))
}

/// `BEGIN` and the actor, sent together: one round trip once the statement is prepared. The legacy columns
/// hold UTC without saying so, so that is what their defaults must write.
async fn open(connection: &Object, actor: &Actor, system: &str) -> Result<(), tokio_postgres::Error> {
    let name_actor = sql!(
        "SELECT set_config('muster.actor', $1, true), set_config('muster.request', $2, true),
                set_config('muster.system', $3, true), set_config('TimeZone', 'UTC', true),
                set_config('muster.tenant', $4, true), set_config('muster.address', $5, true)"
    );
    let user = actor.user.as_ref().map(UserKey::as_str).unwrap_or_default();
    let tenant = actor.tenant.as_ref().map(TenantKey::as_str).unwrap_or_default();
    let address = actor.address.as_deref().unwrap_or_default();
    let request_id = actor.request_id.as_deref().unwrap_or_default();
    let statement = connection.prepare_cached(name_actor.text()).await?;
    let params: [Param<'_>; 5] = [&user, &request_id, &system, &tenant, &address];
    tokio::try_join!(connection.batch_execute("BEGIN"), connection.query(&statement, &params))?;
    Ok(())
}
