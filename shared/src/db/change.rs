//! Writing: one transaction, made for somebody.

use std::time::Duration;

use chrono::{DateTime, Utc};
use deadpool_postgres::Object;
use tokio_postgres::SimpleQueryMessage;
use uuid::Uuid;

use super::{
    Db, Param, Row, Scope, Sql, TenantKey, UserKey,
    held::Held,
    problem::is_dead,
    schema,
    scope::{self, Opening},
    statement,
};
use crate::{Result, error, queue::Queue, sql};

/// Who a change is made for, and whose rows it sees; the audit triggers read it from the transaction.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// The acting user, or none for the system itself.
    pub user: Option<UserKey>,
    /// Where they act, in systems that serve several organizations.
    pub scope: Scope,
    /// The client's address, for audit rows that name it.
    pub address: Option<String>,
    /// The request's id, so that an audit row leads to the log.
    pub request_id: Option<String>,
}

/// An open transaction. Dropping it without [`Change::commit`] undoes everything.
pub struct Change {
    db: Db,
    held: Held,
    scope: Scope,
    /// What the system itself does.
    system: &'static str,
    draws_secrets: bool,
}

impl Actor {
    /// A user, outside a request: a job that acts in somebody's name.
    pub fn user(user: impl Into<UserKey>) -> Self {
        Self { user: Some(user.into()), ..Self::default() }
    }

    /// A user in a tenant.
    pub fn in_tenant(user: impl Into<UserKey>, tenant: impl Into<TenantKey>) -> Self {
        let user = user.into();
        let scope = Scope::Tenant { tenant: tenant.into(), actor: Some(user.clone()) };
        Self { scope, ..Self::user(user) }
    }
}

impl Change {
    pub(super) async fn begin(db: &Db, actor: &Actor, system: &'static str) -> Result<Self> {
        // Made before the transaction is open, so that whoever gives up meanwhile drops it and thereby undoes it.
        let held = db.held().await?;
        let mut change =
            Self { db: db.clone(), held, scope: actor.scope.clone(), system, draws_secrets: false };
        match Box::pin(change.open(actor)).await? {
            Ok(()) => return change.checked().await,
            // A connection that died while the function was frozen is replaced once.
            Err(cause) if is_dead(&cause) => change.held.replace(db).await?,
            // Nothing has happened in the transaction: it begins anew, with statements sent again.
            Err(cause) if statement::is_outdated(&cause) => {
                change.held.object()?.batch_execute("ROLLBACK").await?;
            }
            Err(cause) => return Err(cause.into()),
        }
        Box::pin(change.open(actor)).await??;
        change.checked().await
    }

    /// Refuses to write into a schema that is not the one this program knows.
    async fn checked(self) -> Result<Self> {
        match Box::pin(self.db.check_schema(self.held.object()?)).await? {
            None => Ok(self),
            Some(problem) => Err(schema::refused(&problem)),
        }
    }

    /// Every row.
    pub async fn all<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Vec<T>> {
        let rows = statement::rows(&self.db, self.held.object()?, sql, params).await?;
        rows.iter().map(|row| Ok(T::from_row(row)?)).collect()
    }

    /// The first row, if there is one.
    pub async fn one<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<Option<T>> {
        let rows = statement::rows(&self.db, self.held.object()?, sql, params).await?;
        Ok(rows.first().map(T::from_row).transpose()?)
    }

    /// The only row, which is always there; for aggregates and `RETURNING`.
    pub async fn only<T: Row>(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<T> {
        self.one(sql, params).await?.ok_or_else(|| error::internal("no row"))
    }

    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(&mut self, sql: Sql, params: &[Param<'_>]) -> Result<u64> {
        Ok(statement::execute(&self.db, self.held.object()?, sql, params).await?)
    }

    /// Runs the statements of a file.
    pub async fn run(&mut self, file: Sql) -> Result<()> {
        Ok(self.held.object()?.batch_execute(file.text()).await?)
    }

    /// Whose rows it sees.
    pub(crate) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether this transaction has drawn a key that is not committed yet.
    pub(super) fn draws_secrets(&self) -> bool {
        self.draws_secrets
    }

    pub(super) fn note_drawn_secret(&mut self) {
        self.draws_secrets = true;
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
    pub async fn commit(self) -> Result<()> {
        // A task, because what follows a commit must follow it even when whoever asked has hung up meanwhile.
        tokio::spawn(commit(self.held, self.db)).await?
    }

    /// `BEGIN` and the actor, sent together: one round trip once the statement is prepared. The legacy columns
    /// hold UTC without saying so, so that is what their defaults must write.
    async fn open(&mut self, actor: &Actor) -> Result<Result<(), tokio_postgres::Error>> {
        self.held.in_transaction();
        let connection = self.held.object()?;
        if self.db.is_scoped(&self.scope) {
            let opening =
                Opening { scope: &self.scope, actor: Some(actor), system: self.system, begin: "BEGIN" };
            return match opening.send(&self.db, connection).await {
                Ok(true) => Err(scope::unrestricted()),
                opened => Ok(opened.map(drop)),
            };
        }
        let begin = connection.batch_execute("BEGIN");
        let opened = tokio::try_join!(begin, name_actor(&self.db, connection, actor, self.system));
        Ok(opened.map(drop))
    }

    /// Goes on for `actor`, in their scope: for a sign-in, which finds out in its transaction whose it is. Only a transaction
    /// that was opened in no scope can.
    pub async fn act_as(&mut self, actor: &Actor) -> Result<()> {
        if self.scope != Scope::None {
            return Err(error::internal("the scope of a transaction cannot be changed once it is set"));
        }
        let connection = self.held.object()?;
        if self.db.is_scoped(&actor.scope) {
            let opening = Opening { scope: &actor.scope, actor: Some(actor), system: self.system, begin: "" };
            let rows = opening.settings(connection).await?;
            if rows.first().map_or(Ok(true), |row| row.try_get(0))? {
                return Err(scope::unrestricted());
            }
        } else {
            name_actor(&self.db, connection, actor, self.system).await?;
        }
        self.scope = actor.scope.clone();
        Ok(())
    }
}

/// Names who a transaction is made for, in a system without tenants.
async fn name_actor(
    db: &Db,
    connection: &Object,
    actor: &Actor,
    system: &str,
) -> Result<(), tokio_postgres::Error> {
    let name_actor = sql!(
        "SELECT set_config('muster.actor', $1, true), set_config('muster.request', $2, true),
                set_config('muster.system', $3, true), set_config('TimeZone', 'UTC', true),
                set_config('muster.address', $4, true)"
    );
    let user = actor.user.as_ref().map(UserKey::as_str).unwrap_or_default();
    let address = actor.address.as_deref().unwrap_or_default();
    let request_id = actor.request_id.as_deref().unwrap_or_default();
    let params: [Param<'_>; 4] = [&user, &request_id, &system, &address];
    statement::rows(db, connection, name_actor, &params).await.map(drop)
}

/// The tables written so far (`R__table_changes.sql`), the jobs started, the transaction and the commit, in one round trip.
/// In a transaction that an error has ended the first fails, so that a commit which is none is not taken for one.
const COMMIT: &str =
    "SELECT current_setting('muster.touched', true), current_setting('muster.started', true),
     pg_current_xact_id_if_assigned(); COMMIT";

async fn commit(mut held: Held, db: Db) -> Result<()> {
    let started = match held.object()?.simple_query(COMMIT).await {
        Ok(answers) => {
            held.ended();
            let tables = answers.iter().flat_map(|answer| listed(answer, 0)).collect::<Vec<_>>();
            let transaction = answers.iter().find_map(|answer| listed(answer, 2).next());
            db.versions().committed(transaction.unwrap_or_default(), &tables).await;
            answers.iter().flat_map(|answer| listed(answer, 1)).filter_map(started).collect::<Vec<_>>()
        }
        Err(cause) => {
            if cause.as_db_error().is_none() {
                // The connection broke: PostgreSQL may have committed all the same.
                db.versions().all_changed().await;
            }
            return Err(cause.into());
        }
    };
    drop(held);
    db.send(&started, Duration::ZERO).await;
    Ok(())
}

/// The words of a column in which they stand as in `,orders,,customers,`.
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
