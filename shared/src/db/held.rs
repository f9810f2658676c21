//! A connection in use, which goes back to the pool clean or not at all.

use std::time::Duration;

use deadpool_postgres::Object;
use futures_util::FutureExt;
use tokio::{runtime::Handle, time::timeout};

use super::{Db, unit::Holding};
use crate::{Result, error};

/// How long a connection may take to end what was left on it. It is closed then: its successor costs less than the requests
/// that would wait behind it.
const SETTLE: Duration = Duration::from_secs(1);

/// What the server may still be doing for whoever had the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// Nothing.
    Nothing,
    /// A statement whose rows nobody has read to the end.
    Statement,
    /// A transaction that is neither committed nor rolled back.
    Transaction,
}

/// A connection of the pool, and the permit for it.
pub(super) struct Held {
    object: Option<Object>,
    holding: Option<Holding>,
    left: Left,
}

impl Held {
    pub(super) fn new(object: Object) -> Self {
        Self { object: Some(object), holding: Some(Holding::begin()), left: Left::Nothing }
    }

    /// The connection.
    pub(super) fn object(&self) -> Result<&Object> {
        self.object.as_ref().ok_or_else(|| error::internal("the connection is gone"))
    }

    /// From now on whatever happens, the transaction on this connection must be ended before others may use it.
    pub(super) fn in_transaction(&mut self) {
        self.left = Left::Transaction;
    }

    /// The transaction has ended.
    pub(super) fn ended(&mut self) {
        self.left = Left::Nothing;
    }

    /// A statement outside of a transaction begins; it ends with [`Self::ended`].
    pub(super) fn in_statement(&mut self) {
        self.left = Left::Statement;
    }

    /// Takes another connection in place of one that is dead. The dead one goes first: it may hold the only permit.
    pub(super) async fn replace(&mut self, db: &Db) -> Result<()> {
        self.close();
        let fresh = db.held().await?;
        *self = fresh;
        Ok(())
    }

    /// Closes the connection and gives the permit back.
    fn close(&mut self) {
        if let Some(object) = self.object.take() {
            drop(Object::take(object));
        }
        self.holding = None;
        self.left = Left::Nothing;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(object) = self.object.take() else { return };
        match self.left {
            Left::Nothing => drop(object),
            // An empty statement is answered when the one before has ended.
            Left::Statement => settle(Unsettled(Some(object)), ""),
            Left::Transaction => settle(Unsettled(Some(object)), "ROLLBACK"),
        }
    }
}

/// A connection that is closed unless it is settled.
struct Unsettled(Option<Object>);

impl Drop for Unsettled {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// Sends `end` at once, and gives the connection back to the pool when the server has answered. Until then it keeps its
/// permit. If there is no answer, or nobody left to wait for it, the connection is closed and the server rolls back.
fn settle(mut connection: Unsettled, end: &'static str) {
    let Ok(runtime) = Handle::try_current() else { return };
    let mut settling = Box::pin(async move {
        let Some(object) = &connection.0 else { return };
        if let Ok(Ok(())) = timeout(SETTLE, object.batch_execute(end)).await {
            drop(connection.0.take());
        }
    });
    // The first poll hands the statement to the connection's own task, before anything that comes after the drop.
    if (&mut settling).now_or_never().is_none() {
        runtime.spawn(settling);
    }
}
