//! Several processes that share a Redis server, and what becomes of them without it.

use std::time::Duration;

use futures_util::future::{join, join_all};
use http::Method;
use serde_json::json;
use tests::{RedisServer, TestApp, a_cadet};

use super::storage::{PDF, field, file};

const PATH: &str = "/api/attendance/days";

async fn on(redis: &RedisServer) -> TestApp {
    TestApp::with(|config| {
        config.database.pool_size = 4;
        config.redis = Some(shared::config::RedisConfig { url: redis.url().into() });
    })
    .await
}

async fn outcome(app: &TestApp) -> String {
    app.as_admin().get(PATH).await.is(200).header("x-cache").to_owned()
}

async fn titles(app: &TestApp) -> Vec<String> {
    let days = app.as_admin().get(PATH).await.is(200).json();
    let title = |day: &serde_json::Value| day["title"].as_str().unwrap_or_default().to_owned();
    days.as_array().into_iter().flatten().map(title).collect()
}

async fn add_day(app: &TestApp, title: &str) {
    let day = json!({ "date": "2026-02-01", "title": title });
    app.as_admin().post(PATH, day).await.is(200);
}

/// Returns when the processes talk to Redis again, which they leave alone for a second after it has failed.
async fn in_use_again(processes: [&TestApp; 2]) {
    let used = async {
        for process in processes {
            while process.app.redis.stats().await.is_empty() {}
        }
    };
    tokio::time::timeout(Duration::from_secs(20), used).await.expect("Redis is used again");
}

#[tokio::test]
async fn what_one_process_has_made_the_others_find_until_one_of_them_changes_it() {
    let redis = RedisServer::start().await;
    let one = on(&redis).await;
    let other = one.another_process().await;

    assert_eq!((outcome(&one).await, outcome(&other).await), ("MISS".to_owned(), "HIT".to_owned()));
    add_day(&other, "New").await;
    assert_eq!(titles(&one).await, ["New"]);
    assert_eq!(outcome(&other).await, "HIT");

    one.as_admin().post("/api/cache/clear", json!({})).await.is(200);
    assert_eq!(outcome(&other).await, "MISS", "cleared for all");
}

#[tokio::test]
async fn installations_on_one_server_do_not_see_each_other() {
    let redis = RedisServer::start().await;
    let (one, other) = (on(&redis).await, on(&redis).await);
    add_day(&one, "One").await;
    assert_eq!(titles(&one).await, ["One"]);
    assert_eq!(titles(&other).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_answer_from_redis_lives_no_longer_than_it_was_made_for() {
    let redis = RedisServer::start().await;
    let one = on(&redis).await;
    outcome(&one).await;
    let minutes: i64 = redis.longest_life_seconds().await / 60;
    assert!((9..=10).contains(&minutes), "{minutes}");
    redis.shorten_lives_to_seconds(40).await;

    let other = one.another_process().await;
    assert_eq!(outcome(&other).await, "HIT");
    other.clock.advance(chrono::TimeDelta::seconds(41));
    redis.forget_answers().await;
    assert_eq!(outcome(&other).await, "MISS");
}

#[tokio::test]
async fn redis_dying_under_load_fails_no_request_shows_nothing_old_and_is_used_when_it_is_back() {
    let mut redis = RedisServer::start().await;
    let one = on(&redis).await;
    let other = one.another_process().await;
    outcome(&one).await;
    let client = one.as_admin();
    let burst = || join_all((0..200).map(|_| client.get(PATH)));

    let (answers, ()) = join(burst(), redis.kill()).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    add_day(&one, "Without").await;
    assert_eq!(titles(&one).await, ["Without"]);
    let numbers = one.as_admin().get("/api/metrics/cache").await;
    numbers.is(200).has(json!({ "data": { "cache_backend": "redis", "redis_stats": {} } }));

    let (answers, ()) = join(burst(), redis.start_again()).await;
    assert!(answers.iter().all(|answer| answer.status() == 200));
    in_use_again([&one, &other]).await;
    add_day(&one, "With").await;
    assert_eq!(titles(&one).await, ["With", "Without"]);
    assert_eq!(titles(&other).await, ["With", "Without"]);
    assert_eq!(outcome(&one.another_process().await).await, "HIT", "made by the others");
    let numbers = one.as_admin().get("/api/metrics/cache").await;
    let numbers = numbers.is(200).json()["data"]["redis_stats"].clone();
    assert!(numbers["used_memory"].is_u64(), "{numbers}");
}

#[tokio::test]
async fn a_change_that_redis_could_not_be_told_is_told_before_it_is_asked_again() {
    let redis = RedisServer::start().await;
    let one = on(&redis).await;
    let other = one.another_process().await;
    outcome(&one).await;
    assert_eq!(outcome(&other).await, "HIT");

    redis.freeze().await;
    add_day(&one, "Untold").await;
    assert_eq!(titles(&one).await, ["Untold"], "its own change shows at once");
    redis.thaw().await;

    let told = async {
        while titles(&other).await != ["Untold"] {
            assert_eq!(titles(&one).await, ["Untold"]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), told).await.expect("the other process is told");
}

#[tokio::test]
async fn limits_count_for_all_processes_with_and_without_redis() {
    let mut redis = RedisServer::start().await;
    let one = on(&redis).await;
    let other = one.another_process().await;
    let cadet = one.add(a_cadet()).await;
    let parts = [field("type", "excuse_letter"), file("file", "letter.pdf", PDF)];
    let send = async |app: &TestApp| {
        let answer = app.as_cadet(&cadet).form(Method::POST, "/api/upload", &parts).await;
        answer.status()
    };

    for _ in 0..5 {
        assert_eq!((send(&one).await, send(&other).await), (201, 201));
    }
    assert_eq!((send(&one).await, send(&other).await), (429, 429));
    let counted = one.value::<i64>("SELECT count(*) FROM muster.rate_limits WHERE key LIKE 'upload:%'", &[]);
    assert_eq!(counted.await, 0, "Redis has counted");

    redis.kill().await;
    for _ in 0..5 {
        assert_eq!((send(&one).await, send(&other).await), (201, 201), "the database counts from now on");
    }
    assert_eq!((send(&one).await, send(&other).await), (429, 429));
}
