//! What holds of a queue, of either make.

use std::time::Duration;

use shared::queue::{InProcess, MOST_RECEIVES, Queue};

use super::{Bench, on_both, sample::Effect};

on_both! {
    async fn a_job_is_sent_with_the_commit_and_not_before(bench: Bench) {
        let mut dropped = bench.app.app.db.change_for_system("a test").await.unwrap();
        dropped.start(&Effect {}).await.unwrap();
        drop(dropped);
        let mut change = bench.app.app.db.change_for_system("a test").await.unwrap();
        let id = change.start(&Effect {}).await.unwrap();
        assert!(bench.receive(Queue::Import).await.is_empty());

        change.commit().await.unwrap();

        assert_eq!(bench.message().await.job(), Some(id));
        assert!(bench.receive(Queue::Import).await.is_empty(), "a message in hand is nobody else's");
        assert!(bench.receive(Queue::Image).await.is_empty());
    }

    async fn a_message_comes_again_when_it_is_given_back_and_never_when_it_is_done_with(bench: Bench) {
        bench.start(&Effect {}).await;
        let first = bench.message().await;
        bench.app.app.broker.extend(&first).await.unwrap();
        assert!(bench.receive(Queue::Import).await.is_empty());

        bench.app.app.broker.release(&first).await.unwrap();
        let second = bench.message().await;
        bench.app.app.broker.acknowledge(&second).await.unwrap();

        assert_eq!(first.body, second.body);
        assert!(bench.receive(Queue::Import).await.is_empty());
    }

    async fn a_message_that_nobody_is_done_with_becomes_a_dead_letter(bench: Bench) {
        let id = shared::ids::Ids.uuid();
        bench.app.app.broker.send(Queue::Pdf, &[id], Duration::ZERO).await.unwrap();

        for _ in 0..MOST_RECEIVES {
            let messages = bench.receive(Queue::Pdf).await;
            assert_eq!(messages.len(), 1);
            bench.app.app.broker.release(&messages[0]).await.unwrap();
        }

        assert!(bench.receive(Queue::Pdf).await.is_empty());
        if let Some(amazon) = &bench.amazon {
            assert_eq!(amazon.dead_letters(Queue::Pdf).await, [id.to_string()]);
        }
    }

    async fn many_jobs_of_one_commit_are_all_sent(bench: Bench) {
        let mut change = bench.app.app.db.change_for_system("a test").await.unwrap();
        for _ in 0..25 {
            change.start(&Effect {}).await.unwrap();
        }
        change.commit().await.unwrap();

        let mut received = 0;
        loop {
            let messages = bench.receive(Queue::Import).await;
            if messages.is_empty() {
                break;
            }
            received += messages.len();
        }
        assert_eq!(received, 25);
    }
}

#[tokio::test]
async fn a_message_held_back_or_in_hand_comes_when_its_time_is_over() {
    let bench = Bench::in_process().await;
    let broker = InProcess::new(bench.app.clock.clone());
    let receive =
        async || shared::queue::Broker::receive(&broker, Queue::Ocr, 10, Duration::ZERO).await.unwrap();
    let id = shared::ids::Ids.uuid();
    let advance = |seconds| bench.app.clock.advance(chrono::TimeDelta::seconds(seconds));
    use shared::queue::Broker;

    broker.send(Queue::Ocr, &[id], Duration::from_mins(2)).await.unwrap();
    broker.send(Queue::Ocr, &[id], Duration::from_mins(3)).await.unwrap();
    advance(119);
    assert!(receive().await.is_empty());
    advance(1);
    let first = receive().await.remove(0);
    advance(50);
    broker.extend(&first).await.unwrap();
    advance(50);
    assert!(receive().await.is_empty(), "it was kept for longer");
    advance(10);
    let second = receive().await.remove(0);
    broker.acknowledge(&first).await.unwrap();
    advance(60);
    let third = receive().await;
    assert_eq!(third.len(), 1, "the receipt of the first taker is worth nothing any more");
    assert_ne!(second.receipt, third[0].receipt);
}

#[tokio::test]
async fn a_message_that_is_none_of_ours_is_left_for_somebody_to_look_at() {
    let bench = Bench::sqs().await;
    let amazon = bench.amazon.as_ref().unwrap();
    amazon.send_text(Queue::Import, "hello").await;

    for _ in 0..MOST_RECEIVES {
        let message = bench.message().await;
        shared::jobs::receive(&bench.app.app, &super::sample::JOBS, &message).await.unwrap_err();
        bench.app.app.broker.release(&message).await.unwrap();
    }

    assert!(bench.receive(Queue::Import).await.is_empty());
    assert_eq!(amazon.dead_letters(Queue::Import).await, ["hello"]);
}

/// The change is what matters: whoever made it is not told of a queue that is away.
#[tokio::test]
async fn a_queue_that_is_away_fails_no_change_and_the_job_is_sent_later() {
    let bench = Bench::sqs().await;
    let away = bench.app.twin(|config| {
        config.queue = bench.amazon.as_ref().unwrap().queues();
        config.queue.aws.endpoint = Some("http://127.0.0.1:9".to_owned());
    });
    let away = away.await;
    let mut change = away.app.db.change_for_system("a test").await.unwrap();
    let id = change.start(&Effect {}).await.unwrap();

    change.commit().await.unwrap();

    assert!(bench.receive(Queue::Import).await.is_empty());
    let long_ago = bench.app.clock.now() - chrono::TimeDelta::minutes(3);
    bench.app.execute("UPDATE muster.jobs SET created_at = $1", &[&long_ago]).await;
    assert_eq!(bench.sweep().await, 1);
    assert_eq!(bench.message().await.job(), Some(id));
    assert_eq!(bench.sweep().await, 0, "it is on its way");
    bench.app.clock.advance(chrono::TimeDelta::minutes(16));
    assert_eq!(bench.sweep().await, 1, "it may be lost");
}
