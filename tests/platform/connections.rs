//! Connections that die, and connections that somebody leaves in the middle of something, with a pool of one as in a function.

use std::pin::pin;

use chrono::{DateTime, Utc};
use futures_util::poll;
use shared::{
    db::{Actor, Db, unit_of_work},
    error::Kind,
    sql,
};
use tests::{TestApp, cluster};
use uuid::Uuid;

/// Ends every connection to the database while nothing of this test's runtime runs: as if the process had been frozen.
fn end_connections(app: &TestApp) {
    let url = app.database_url().to_owned();
    let ended = std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("it succeeds");
        runtime.block_on(async {
            let client = cluster::connect(&url).await;
            let end = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
            client.query_one(end, &[]).await.expect("it succeeds").get::<_, i64>(0)
        })
    });
    assert_ne!(ended.join().expect("it succeeds"), 0, "there was a connection to end");
}

/// Connections that ended unnoticed, and such whose end the process has seen.
async fn end_noticed(app: &TestApp, noticed: bool) {
    end_connections(app);
    if noticed {
        // Waiting for a server lets everything else of this runtime run.
        drop(cluster::connect(app.database_url()).await);
    }
}

async fn pid(db: &Db) -> i32 {
    db.read()
        .await
        .expect("it succeeds")
        .only(sql!("SELECT pg_backend_pid()"), &[])
        .await
        .expect("it succeeds")
}

/// The next user of the connection is in no transaction of somebody else, and acts for nobody.
async fn assert_clean(db: &Db) {
    let mut read = db.read().await.expect("it succeeds");
    let actor = sql!("SELECT coalesce(current_setting('muster.actor', true), '')");
    assert_eq!(
        read.only::<String>(actor, &[]).await.expect("it succeeds"),
        "",
        "the actor of somebody else is left"
    );
    // The time stands still in a transaction.
    let begun = sql!("SELECT now()::text");
    let first: String = read.only(begun, &[]).await.expect("it succeeds");
    assert_ne!(read.only::<String>(begun, &[]).await.expect("it succeeds"), first, "a transaction is open");
}

fn actor() -> Actor {
    Actor::user(7)
}

#[tokio::test]
async fn read_replaces_dead_connection() {
    for noticed in [false, true] {
        let app = TestApp::rotc().await;
        let mut read = app.app.db.read().await.unwrap();
        let before: i32 = read.only(sql!("SELECT pg_backend_pid()"), &[]).await.unwrap();
        end_noticed(&app, noticed).await;

        let after: i32 = read.only(sql!("SELECT pg_backend_pid()"), &[]).await.unwrap();

        assert_ne!(before, after);
    }
}

#[tokio::test]
async fn change_replaces_dead_connection() {
    for noticed in [false, true] {
        let app = TestApp::rotc().await;
        pid(&app.app.db).await;
        end_noticed(&app, noticed).await;

        let mut change = app.app.db.change(&actor()).await.unwrap();

        let kept = sql!("INSERT INTO muster.secrets (name, value) VALUES ('a', '1')");
        assert_eq!(change.execute(kept, &[]).await.unwrap(), 1);
        change.commit().await.unwrap();
        assert_clean(&app.app.db).await;
    }
}

#[tokio::test]
async fn snapshot_replaces_dead_connection() {
    for noticed in [false, true] {
        let app = TestApp::rotc().await;
        pid(&app.app.db).await;
        end_noticed(&app, noticed).await;

        let mut snapshot = app.app.db.snapshot().await.unwrap();

        let mut rows = snapshot.rows::<i32>(sql!("SELECT generate_series(1, 3)"), &[]).await.unwrap();
        assert_eq!(rows.next().await.unwrap(), Some(1));
        drop(rows);
        drop(snapshot);
        assert_clean(&app.app.db).await;
    }
}

#[tokio::test]
async fn change_whose_connection_dies_in_the_middle_fails_and_leaves_the_pool_usable() {
    let app = TestApp::rotc().await;
    let mut change = app.app.db.change(&actor()).await.unwrap();
    change.execute(sql!("INSERT INTO muster.secrets (name, value) VALUES ('a', '1')"), &[]).await.unwrap();
    end_connections(&app);

    let lost = change.commit().await.unwrap_err();

    assert_eq!(lost.kind(), Kind::Unavailable);
    assert_clean(&app.app.db).await;
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.secrets", &[]).await, 0);
}

/// Polls a future a few times, with time for the connection in between, and gives it up.
async fn give_up_after(polls: usize, work: impl Future) -> bool {
    let mut work = pin!(work);
    for _ in 0..polls {
        if poll!(&mut work).is_ready() {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

#[tokio::test]
async fn request_given_up_while_its_transaction_opens_leaves_no_transaction() {
    let app = TestApp::rotc().await;
    let (mut polls, mut opened) = (0, false);
    while !opened {
        polls += 1;
        opened = give_up_after(polls, app.app.db.change(&actor())).await;
        assert_clean(&app.app.db).await;
        opened |= polls > 1000;
    }
    assert!(polls > 1, "opening takes more than one step");
}

#[tokio::test]
async fn request_given_up_in_the_middle_of_a_statement_leaves_no_transaction() {
    let app = TestApp::rotc().await;
    for polls in [1, 2, 5] {
        let mut change = app.app.db.change(&actor()).await.unwrap();
        let slow = sql!(
            "INSERT INTO muster.secrets (name, value) SELECT 'a', '1' FROM (SELECT pg_sleep(0.2)) AS slow"
        );
        assert!(!give_up_after(polls, change.execute(slow, &[])).await);
        drop(change);

        assert_clean(&app.app.db).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.secrets", &[]).await, 0);
    }
}

#[tokio::test]
async fn statement_given_up_does_not_hold_up_the_next_request() {
    let app = TestApp::rotc().await;
    let before = pid(&app.app.db).await;
    let running = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep(3600)%'";
    {
        let mut read = app.app.db.read().await.unwrap();
        let mut slow = pin!(read.one::<Option<String>>(sql!("SELECT pg_sleep(3600)::text"), &[]));
        while app.value::<i64>(running, &[]).await == 0 {
            assert!(poll!(&mut slow).is_pending());
        }
    }

    let after = pid(&app.app.db).await;

    assert_ne!(before, after, "the next request has another connection");
    assert_eq!(app.value::<i64>("SELECT count(pg_cancel_backend($1))", &[&before]).await, 1);
}

#[tokio::test]
async fn request_given_up_in_the_middle_of_its_commit_is_committed() {
    let app = TestApp::rotc().await;
    for polls in [1, 2, 3] {
        let mut change = app.app.db.change(&actor()).await.unwrap();
        let insert = sql!("INSERT INTO muster.secrets (name, value) VALUES ($1, '1')");
        change.execute(insert, &[&polls.to_string()]).await.unwrap();
        give_up_after(polls, change.commit()).await;

        assert_clean(&app.app.db).await;
        let find = "SELECT count(*) FROM muster.secrets WHERE name = $1";
        assert_eq!(app.value::<i64>(find, &[&polls.to_string()]).await, 1);
    }
}

#[tokio::test]
async fn refused_commit_and_abandoned_change_leave_no_transaction() {
    let app = TestApp::rotc().await;
    let deferred = "CREATE TABLE muster.later (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    app.database().await.batch_execute(deferred).await.unwrap();

    let mut change = app.app.db.change(&actor()).await.unwrap();
    change.execute(sql!("INSERT INTO muster.later VALUES (1), (1)"), &[]).await.unwrap();
    assert_eq!(change.commit().await.unwrap_err().kind(), Kind::Conflict);
    assert_clean(&app.app.db).await;

    let mut change = app.app.db.change(&actor()).await.unwrap();
    change.execute(sql!("INSERT INTO muster.later VALUES (1)"), &[]).await.unwrap();
    assert!(change.execute(sql!("SELECT 1 / 0"), &[]).await.is_err());
    assert!(change.commit().await.is_err(), "an error has ended the transaction");
    assert_clean(&app.app.db).await;

    let mut change = app.app.db.change(&actor()).await.unwrap();
    change.execute(sql!("INSERT INTO muster.later VALUES (1)"), &[]).await.unwrap();
    drop(change);
    assert_clean(&app.app.db).await;
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.later", &[]).await, 0);
}

#[tokio::test]
async fn snapshot_given_up_with_rows_unread_leaves_no_transaction() {
    let app = TestApp::rotc().await;
    let before = pid(&app.app.db).await;
    let mut snapshot = app.app.db.snapshot().await.unwrap();
    let many = sql!("SELECT repeat('x', 1000) FROM generate_series(1, 20000)");
    let mut rows = snapshot.rows::<String>(many, &[]).await.unwrap();
    assert!(rows.next().await.unwrap().is_some());
    drop((rows, snapshot));

    assert_clean(&app.app.db).await;
    assert_eq!(pid(&app.app.db).await, before, "a connection that settles in time is used again");
}

#[tokio::test]
#[should_panic(expected = "needs a connection while the same unit of work holds 1")]
async fn second_connection_of_one_request_panics_whatever_the_pool() {
    let app = TestApp::crowded().await;
    unit_of_work(async {
        let _first = app.app.db.read().await.unwrap();
        let _second = app.app.db.read().await;
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "signing_key needs a connection while the same unit of work holds 1")]
async fn key_asked_for_while_a_connection_is_held_panics_also_when_it_is_known() {
    let app = TestApp::rotc().await;
    app.app.signer.code("purpose", "message").await.unwrap();
    unit_of_work(async {
        let _first = app.app.db.read().await.unwrap();
        let _code = app.app.signer.code("purpose", "message").await;
    })
    .await;
}

#[tokio::test]
async fn key_drawn_in_a_transaction_that_is_rolled_back_is_not_remembered() {
    let app = TestApp::with(|config| config.signing_key = None).await;
    let (now, ends) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let claims = shared::auth::token::Claims::access(1, Uuid::nil(), now, ends);
    let mut undone = app.app.db.change(&actor()).await.unwrap();
    let forgotten = app.app.signer.sign_in(&mut undone, &claims).await.unwrap();
    let again = app.app.signer.sign_in(&mut undone, &claims).await.unwrap();
    assert_eq!(forgotten, again, "one transaction signs with one key");
    drop(undone);

    let mut change = app.app.db.change(&actor()).await.unwrap();
    let token = app.app.signer.sign_in(&mut change, &claims).await.unwrap();
    change.commit().await.unwrap();

    let other = app.another_process().await;
    let now = app.clock.now();
    let read = other.app.signer.check(&token, now).await.unwrap();
    assert_eq!(read.and_then(|read| read.jti), claims.jti);
    assert_eq!(other.app.signer.check(&forgotten, now).await.unwrap(), None);
}
