//! The worker of a server.

use std::time::Duration;

use shared::jobs;
use tokio::{sync::watch, time::timeout};

use super::{
    Bench, on_both,
    sample::{Effect, Gate, SYSTEM},
};

on_both! {
    async fn a_worker_does_a_few_jobs_of_a_queue_at_a_time_and_finishes_them_at_the_end(bench: Bench) {
        let gate = Gate::closed();
        for _ in 0..5 {
            bench.start(&gate.job()).await;
        }
        let (end, stop) = watch::channel(false);
        let worker = tokio::spawn(jobs::work(&SYSTEM, bench.app.app.clone(), stop));

        for left in [5, 4, 3] {
            gate.holds(2).await;
            assert_eq!(gate.count(), 2, "{left} are left");
            gate.open(1);
            gate.holds(1).await;
        }
        gate.holds(2).await;
        end.send_replace(true);
        gate.open(2);
        worker.await.expect("no error");

        assert_eq!(bench.effects().await, 5);
        let done = "SELECT count(*) FROM muster.jobs WHERE status = 'done' AND tries = 1";
        assert_eq!(bench.app.value::<i64>(done, &[]).await, 5);
        assert_eq!(bench.app.value::<i64>("SELECT count(*) FROM muster.workers", &[]).await, 0, "it said goodbye");
    }

    async fn a_worker_does_what_is_started_while_it_waits(bench: Bench) {
        let gate = Gate::closed();
        let (end, stop) = watch::channel(false);
        let worker = tokio::spawn(jobs::work(&SYSTEM, bench.app.app.clone(), stop));
        bench.start(&gate.job()).await;
        gate.holds(1).await;
        bench.start(&Effect {}).await;
        gate.open(1);
        let gate = Gate::closed();
        bench.start(&gate.job()).await;
        gate.holds(1).await;
        gate.open(1);
        let done = "SELECT count(*) FROM muster.jobs WHERE status = 'done'";
        let all = async { while bench.app.value::<i64>(done, &[]).await < 3 {} };
        timeout(Duration::from_secs(60), all).await.expect("each is done");
        end.send_replace(true);
        worker.await.expect("no error");

        assert_eq!(bench.effects().await, 3);
    }
}
