//! One effect, whatever happens to messages and workers.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    app::Parts,
    jobs::{self, Outcome},
    queue::{Broker, InProcess, Message, Queue},
};
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    Bench, on_both,
    sample::{Effect, Failing, Gate, JOBS, Panicking, Unreadable},
};

on_both! {
    async fn a_message_that_is_delivered_three_times_at_once_has_one_effect(bench: Bench) {
        let id = bench.start(&Effect {}).await;
        let mut messages = vec![bench.message().await];
        for _ in 0..2 {
            bench.app.app.broker.send(Queue::Import, &[id], Duration::ZERO).await.expect("no error");
            messages.push(bench.message().await);
        }

        let (one, two, three) =
            tokio::join!(bench.work(&messages[0]), bench.work(&messages[1]), bench.work(&messages[2]));

        let outcomes = [one, two, three];
        assert_eq!(outcomes.iter().filter(|outcome| **outcome == Outcome::Done).count(), 1, "{outcomes:?}");
        assert_eq!(bench.effects().await, 1);
        let kept = "SELECT status || tries || (result #>> '{}') FROM muster.jobs";
        assert_eq!(bench.app.value::<String>(kept, &[]).await, "done1done well");
        assert_eq!(bench.sweep().await, 0);
    }

    async fn a_job_is_tried_five_times_then_the_admins_are_told_once(bench: Bench) {
        let admin = bench.app.add(tests::an_admin()).await;
        let id = bench.start(&Failing { told: false }).await;
        let mut outcomes = Vec::new();
        for _ in 0..5 {
            outcomes.push(bench.work(&bench.message().await).await);
            bench.app.clock.advance(TimeDelta::hours(7));
            bench.sweep().await;
        }

        assert_eq!(outcomes[..4], [Outcome::Postponed; 4]);
        assert_eq!(outcomes[4], Outcome::Failed);
        assert!(bench.receive(Queue::Import).await.is_empty());
        let told = "SELECT coalesce(string_agg(message, '|'), '') FROM notifications WHERE user_id = $1 AND type = 'job_failed'";
        let told: String = bench.app.value(told, &[&admin.user_id]).await;
        assert_eq!(told, "A background job has failed: sample_failing. The log says why.");
        if let Some(amazon) = &bench.amazon {
            assert_eq!(amazon.dead_letters(Queue::Import).await, [id.to_string()]);
        }
    }

    async fn a_worker_that_dies_is_followed_by_another_when_its_time_is_over(bench: Bench) {
        let gate = Gate::closed();
        let id = bench.start(&gate.job()).await;
        let message = bench.message().await;
        let dying = bench.app.app.clone();
        let worker = tokio::spawn(async move { jobs::receive(&dying, &JOBS, &message).await });
        gate.holds(1).await;
        worker.abort();
        worker.await.expect_err("it fails");

        assert_eq!(bench.sweep().await, 0, "it may still live");
        bench.app.clock.advance(TimeDelta::minutes(16));
        assert_eq!(bench.sweep().await, 1);
        gate.open(1);
        assert_eq!(jobs::handle(&bench.app.app, &JOBS, id, Duration::from_mins(1)).await.expect("no error"), Outcome::Done);

        assert_eq!(bench.effects().await, 1);
    }
}

#[tokio::test]
async fn a_job_whose_input_is_wrong_is_not_tried_again() {
    let bench = Bench::in_process().await;
    let admin = bench.app.add(tests::an_admin()).await;
    bench.start(&Unreadable {}).await;

    assert_eq!(bench.work(&bench.message().await).await, Outcome::Failed);

    bench.app.clock.advance(TimeDelta::hours(7));
    assert_eq!(bench.sweep().await, 0);
    let told = "SELECT count(*) FROM notifications WHERE user_id = $1 AND type = 'job_failed'";
    assert_eq!(bench.app.value::<i64>(told, &[&admin.user_id]).await, 1);
}

#[tokio::test]
async fn the_waits_between_tries_double() {
    let bench = Bench::in_process().await;
    bench.start(&Failing { told: true }).await;
    let mut waits = Vec::new();
    for _ in 0..4 {
        bench.work(&bench.message().await).await;
        let wait = "SELECT extract(epoch FROM run_at - $1)::int FROM muster.jobs";
        let seconds: i32 = bench.app.value(wait, &[&bench.app.clock.now()]).await;
        bench.app.clock.advance(TimeDelta::seconds(i64::from(seconds) - 10));
        assert!(bench.receive(Queue::Import).await.is_empty(), "it is held back");
        bench.app.clock.advance(TimeDelta::seconds(10));
        waits.push(seconds / 60);
    }
    assert_eq!(waits, [1, 2, 4, 8]);
}

#[tokio::test]
async fn a_job_that_kills_every_worker_is_given_up() {
    let bench = Bench::in_process().await;
    let admin = bench.app.add(tests::an_admin()).await;
    bench.start(&Effect {}).await;
    let dead = "UPDATE muster.jobs SET status = 'running', tries = 5, lease_until = $1";
    bench.app.execute(dead, &[&bench.app.clock.now()]).await;

    bench.sweep().await;
    bench.sweep().await;

    assert_eq!(bench.app.value::<String>("SELECT status FROM muster.jobs", &[]).await, "failed");
    let told = "SELECT count(*) FROM notifications WHERE user_id = $1";
    assert_eq!(bench.app.value::<i64>(told, &[&admin.user_id]).await, 1);
    assert_eq!(bench.effects().await, 0);
}

#[tokio::test]
async fn a_panic_and_a_job_that_takes_too_long_count_as_failures() {
    let bench = Bench::in_process().await;
    bench.start(&Panicking {}).await;
    assert_eq!(bench.work(&bench.message().await).await, Outcome::Postponed);

    let gate = Gate::closed();
    let id = bench.start(&gate.job()).await;
    let outcome = jobs::handle(&bench.app.app, &JOBS, id, Duration::from_millis(50)).await.expect("no error");
    assert_eq!(outcome, Outcome::Postponed);
    assert_eq!(bench.effects().await, 0, "nothing of it is kept");
}

/// A function has one connection, which the job holds.
#[tokio::test]
async fn a_job_with_one_connection_waits_for_nobody() {
    let app = tests::TestApp::rotc().await;
    let mut change = app.app.db.change_for_system("a test").await.expect("no error");
    let id = change.start(&Effect {}).await.expect("no error");
    change.commit().await.expect("no error");

    assert_eq!(
        jobs::handle(&app.app, &JOBS, id, Duration::from_secs(3)).await.expect("no error"),
        Outcome::Done
    );
}

#[tokio::test]
async fn a_sweep_sends_what_another_process_forgot() {
    let bench = Bench::in_process().await;
    bench.start(&Effect {}).await;
    let other = bench.app.twin(|_| ()).await;
    let broker = InProcess::new(bench.app.clock.clone());
    assert!(broker.dead_letters(Queue::Import).is_empty());

    assert_eq!(jobs::sweep(&other.app, &JOBS).await.expect("no error"), 1);
    assert_eq!(jobs::sweep(&other.app, &JOBS).await.expect("no error"), 1);

    let messages = other.app.broker.receive(Queue::Import, 10, Duration::ZERO).await.expect("no error");
    assert_eq!(messages.len(), 1, "a job stands in a queue once");
}

/// Noting that a job was sent holds its row when the message may be in a worker's hands already.
#[tokio::test]
async fn a_message_of_a_job_whose_row_is_held_for_a_moment_is_not_passed_over() {
    let bench = Bench::in_process().await;
    bench.start(&Effect {}).await;
    let message = bench.message().await;
    let mut noting = bench.app.app.db.change_for_system("a test").await.expect("no error");
    noting.execute(shared::sql!("UPDATE muster.jobs SET sent_at = now()"), &[]).await.expect("no error");

    let waits = async {
        let waiting = "SELECT EXISTS (SELECT FROM pg_stat_activity
                                      WHERE datname = current_database() AND wait_event_type = 'Lock')";
        while !bench.app.value::<bool>(waiting, &[]).await {}
    };
    let work = bench.work(&message);
    tokio::pin!(work);
    tokio::select! {
        outcome = &mut work => panic!("it did not wait: {outcome:?}"),
        () = waits => {}
    }
    noting.commit().await.expect("no error");

    assert_eq!(work.await, Outcome::Done);
    assert_eq!(bench.effects().await, 1);
}

/// A broker that tells when a message was extended.
struct Listening {
    broker: Arc<dyn Broker>,
    extended: watch::Sender<usize>,
}

impl Broker for Listening {
    fn send<'a>(&'a self, queue: Queue, jobs: &'a [Uuid], delay: Duration) -> BoxFuture<'a, Result<()>> {
        self.broker.send(queue, jobs, delay)
    }

    fn receive(&self, queue: Queue, most: usize, wait: Duration) -> BoxFuture<'_, Result<Vec<Message>>> {
        self.broker.receive(queue, most, wait)
    }

    fn extend<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        async move {
            self.broker.extend(message).await?;
            self.extended.send_modify(|times| *times += 1);
            Ok(())
        }
        .boxed()
    }

    fn release<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.broker.release(message)
    }

    fn acknowledge<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<()>> {
        self.broker.acknowledge(message)
    }

    fn bury(&self, queue: Queue, job: Uuid) -> BoxFuture<'_, Result<()>> {
        self.broker.bury(queue, job)
    }

    fn is_volatile(&self) -> bool {
        self.broker.is_volatile()
    }
}

/// The job takes longer than a claim and a message hold. The first beat comes after 20 seconds of real time.
#[tokio::test]
async fn a_worker_that_lives_keeps_its_job_and_its_message() {
    let bench = Bench::in_process().await;
    let clock = &bench.app.clock;
    let gate = Gate::closed();
    bench.start(&gate.job()).await;
    let message = bench.message().await;
    let listening =
        Arc::new(Listening { broker: bench.app.app.broker.clone(), extended: watch::Sender::new(0) });
    let worker = App::from(Parts { broker: listening.clone(), ..(*bench.app.app).clone() });
    let worker = tokio::spawn(async move { jobs::receive(&worker, &JOBS, &message).await });
    gate.holds(1).await;

    clock.advance(TimeDelta::seconds(50));
    let mut extended = listening.extended.subscribe();
    let beat = tokio::time::timeout(Duration::from_secs(60), extended.wait_for(|times| *times == 1));
    beat.await.expect("it beats").expect("no error");
    clock.advance(TimeDelta::seconds(50));

    assert!(bench.receive(Queue::Import).await.is_empty(), "the message is in hand");
    assert_eq!(bench.sweep().await, 0, "so is the job");
    gate.open(1);
    assert_eq!(worker.await.expect("no panic").expect("no error"), Outcome::Done);
    assert_eq!(bench.effects().await, 1);
}
