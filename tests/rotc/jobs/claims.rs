//! One effect, whatever happens to messages and workers.

use std::time::Duration;

use chrono::TimeDelta;
use shared::{
    jobs::{self, Outcome},
    queue::{InProcess, Queue},
};

use super::{
    Bench, on_both,
    sample::{Effect, Failing, Gate, JOBS, Panicking},
};

on_both! {
    async fn a_message_that_is_delivered_three_times_at_once_has_one_effect(bench: Bench) {
        let id = bench.start(&Effect {}).await;
        let mut messages = vec![bench.message().await];
        for _ in 0..2 {
            bench.app.app.broker.send(Queue::Import, &[id], Duration::ZERO).await.unwrap();
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
        assert_eq!(told, "A background job has failed after all its tries: sample_failing. The log says why.");
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
        worker.await.unwrap_err();

        assert_eq!(bench.sweep().await, 0, "it may still live");
        bench.app.clock.advance(TimeDelta::minutes(16));
        assert_eq!(bench.sweep().await, 1);
        gate.open(1);
        assert_eq!(jobs::handle(&bench.app.app, &JOBS, id, Duration::from_mins(1)).await.unwrap(), Outcome::Done);

        assert_eq!(bench.effects().await, 1);
    }
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
    let outcome = jobs::handle(&bench.app.app, &JOBS, id, Duration::from_millis(50)).await.unwrap();
    assert_eq!(outcome, Outcome::Postponed);
    assert_eq!(bench.effects().await, 0, "nothing of it is kept");
}

/// A function has one connection, which the job holds.
#[tokio::test]
async fn a_job_with_one_connection_waits_for_nobody() {
    let app = tests::TestApp::rotc().await;
    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    let id = change.start(&Effect {}).await.unwrap();
    change.commit().await.unwrap();

    assert_eq!(jobs::handle(&app.app, &JOBS, id, Duration::from_secs(3)).await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_sweep_sends_what_another_process_forgot() {
    let bench = Bench::in_process().await;
    bench.start(&Effect {}).await;
    let other = bench.app.twin(|_| ()).await;
    let broker = InProcess::new(bench.app.clock.clone());
    assert!(broker.dead_letters(Queue::Import).is_empty());

    assert_eq!(jobs::sweep(&other.app, &JOBS).await.unwrap(), 1);
    assert_eq!(jobs::sweep(&other.app, &JOBS).await.unwrap(), 1);

    let messages = other.app.broker.receive(Queue::Import, 10, Duration::ZERO).await.unwrap();
    assert_eq!(messages.len(), 1, "a job stands in a queue once");
}
