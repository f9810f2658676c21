//! Telling the queues of jobs.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::timeout;
use uuid::Uuid;

use super::Queue;
use crate::{Result, db::Db, error::unavailable, sql};

/// Whoever has made a change waits for this at most; what is not sent by then is sent by the sweep.
const WITHIN: Duration = Duration::from_secs(2);

impl Db {
    /// Sends the ids of committed jobs to their queues. A failure is no error: the sweep sends them again.
    pub(crate) async fn send(&self, jobs: &[(Queue, Uuid)], delay: Duration) {
        if jobs.is_empty() {
            return;
        }
        let mut queues = BTreeMap::<Queue, Vec<Uuid>>::new();
        for (queue, id) in jobs {
            queues.entry(*queue).or_default().push(*id);
        }
        for (queue, ids) in queues {
            let sent = timeout(WITHIN, self.broker().send(queue, &ids, delay)).await;
            let noted = match sent.unwrap_or_else(|_| Err(unavailable("The queue"))) {
                Ok(()) => self.note_sent(&ids).await,
                Err(cause) => Err(cause),
            };
            if let Err(cause) = noted {
                tracing::warn!(queue = queue.name(), jobs = ids.len(), %cause, "jobs are sent later");
            }
        }
    }

    /// So that the sweep leaves them alone for a while.
    async fn note_sent(&self, ids: &[Uuid]) -> Result<()> {
        if self.broker().is_volatile() {
            return Ok(());
        }
        let note = sql!("UPDATE muster.jobs SET sent_at = $2 WHERE id = ANY($1)");
        self.execute_alone(note, &[&ids, &self.clock().now()]).await?;
        Ok(())
    }
}
