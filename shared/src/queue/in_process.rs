//! Queues inside this process, for a server without SQS: the same rules, and gone with the process.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt, future::BoxFuture};
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use super::{Broker, MOST_RECEIVES, Message, Queue, VISIBILITY};
use crate::{Result, clock::Clock};

/// Dead letters that are kept of each queue.
const MOST_DEAD: usize = 1_000;

/// The queues of a process. A job stands in its queue once, however often it is sent.
pub struct InProcess {
    clock: Clock,
    queues: Mutex<BTreeMap<Queue, Waiting>>,
    sent: Notify,
}

#[derive(Default)]
struct Waiting {
    messages: VecDeque<Held>,
    dead: VecDeque<Uuid>,
    receipts: u64,
}

struct Held {
    job: Uuid,
    /// Nobody receives it before.
    visible_at: DateTime<Utc>,
    receives: u32,
    /// The number of the last receipt.
    receipt: u64,
}

impl InProcess {
    /// Empty queues.
    pub fn new(clock: Clock) -> Self {
        Self { clock, queues: Mutex::default(), sent: Notify::new() }
    }

    /// The dead letters of a queue, oldest first.
    pub fn dead_letters(&self, queue: Queue) -> Vec<Uuid> {
        self.lock().entry(queue).or_default().dead.iter().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Queue, Waiting>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, queue: Queue, jobs: &[Uuid], delay: Duration) -> Result<()> {
        let visible_at = self.clock.now() + TimeDelta::from_std(delay)?;
        let mut queues = self.lock();
        let waiting = queues.entry(queue).or_default();
        for job in jobs {
            match waiting.messages.iter_mut().find(|held| held.job == *job && held.receives == 0) {
                Some(held) => held.visible_at = held.visible_at.min(visible_at),
                None => waiting.messages.push_back(Held { job: *job, visible_at, receives: 0, receipt: 0 }),
            }
        }
        drop(queues);
        self.sent.notify_waiters();
        Ok(())
    }

    /// What can be received now, or else how long until something can.
    fn take(&self, queue: Queue, most: usize) -> Result<Vec<Message>, Option<Duration>> {
        let now = self.clock.now();
        let mut queues = self.lock();
        let waiting = queues.entry(queue).or_default();
        waiting.retire(now);
        let mut taken = Vec::new();
        for held in waiting.messages.iter_mut().filter(|held| held.visible_at <= now).take(most) {
            waiting.receipts += 1;
            held.receipt = waiting.receipts;
            held.receives += 1;
            held.visible_at = now + VISIBILITY;
            taken.push(Message { queue, body: held.job.to_string(), receipt: held.receipt.to_string() });
        }
        if !taken.is_empty() {
            return Ok(taken);
        }
        let next = waiting.messages.iter().map(|held| held.visible_at).min();
        Err(next.and_then(|next| (next - now).to_std().ok()))
    }

    /// Does something with the message of a receipt, unless another has received it since.
    fn with(&self, message: &Message, act: impl FnOnce(&mut Waiting, usize, DateTime<Utc>)) {
        let now = self.clock.now();
        let mut queues = self.lock();
        let waiting = queues.entry(message.queue).or_default();
        let place = waiting.messages.iter().position(|held| held.receipt.to_string() == message.receipt);
        if let Some(place) = place {
            act(waiting, place, now);
        }
    }
}

impl Waiting {
    /// Puts away what was received too often.
    fn retire(&mut self, now: DateTime<Utc>) {
        let spent = |held: &Held| held.receives >= MOST_RECEIVES && held.visible_at <= now;
        let dead: Vec<Uuid> = self.messages.iter().filter(|held| spent(held)).map(|held| held.job).collect();
        self.messages.retain(|held| !spent(held));
        dead.into_iter().for_each(|job| self.bury(job));
    }

    fn bury(&mut self, job: Uuid) {
        self.dead.push_back(job);
        if self.dead.len() > MOST_DEAD {
            self.dead.pop_front();
        }
    }
}

impl Broker for InProcess {
    fn send<'a>(&'a self, queue: Queue, jobs: &'a [Uuid], delay: Duration) -> BoxFuture<'a, Result<()>> {
        async move { self.put(queue, jobs, delay) }.boxed()
    }

    fn receive(&self, queue: Queue, most: usize, wait: Duration) -> BoxFuture<'_, Result<Vec<Message>>> {
        async move {
            let until = Instant::now() + wait;
            loop {
                // Listens before it looks, so that nothing sent in between is missed.
                let sent = self.sent.notified();
                tokio::pin!(sent);
                sent.as_mut().enable();
                let next = match self.take(queue, most) {
                    Ok(messages) => return Ok(messages),
                    Err(next) => next,
                };
                let wake = next.map_or(until, |next| until.min(Instant::now() + next));
                let woken = tokio::time::timeout_at(wake, sent).await.is_ok();
                if !woken && Instant::now() >= until {
                    return Ok(self.take(queue, most).unwrap_or_default());
                }
            }
        }
        .boxed()
    }

    fn extend<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.with(message, |waiting, place, now| waiting.messages[place].visible_at = now + VISIBILITY);
        futures_util::future::ready(Ok(())).boxed()
    }

    fn release<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.with(message, |waiting, place, now| waiting.messages[place].visible_at = now);
        self.sent.notify_waiters();
        futures_util::future::ready(Ok(())).boxed()
    }

    fn acknowledge<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.with(message, |waiting, place, _| {
            waiting.messages.remove(place);
        });
        futures_util::future::ready(Ok(())).boxed()
    }

    fn bury(&self, queue: Queue, job: Uuid) -> BoxFuture<'_, Result<()>> {
        self.lock().entry(queue).or_default().bury(job);
        futures_util::future::ready(Ok(())).boxed()
    }

    fn is_volatile(&self) -> bool {
        true
    }
}
