//! Everything but migrations through a transaction pooler, which gives every transaction another connection of the server.

use futures_util::future::join_all;
use serde_json::json;
use shared::{db, error::Kind, sql};
use tests::{Pooler, TestApp, a_cadet, a_training_day, cluster};

/// A process that reaches the database of `direct` through the pooler only, and what it is configured as.
async fn behind(direct: &TestApp, pooler: &Pooler, unnamed: bool) -> TestApp {
    direct
        .twin(|config| {
            config.database.url = Some(pooler.url().into());
            config.database.pooler = unnamed;
            config.database.unnamed_statements = unnamed;
            config.database.pool_size = 20;
            config.rate_limits = false;
        })
        .await
}

#[tokio::test]
async fn system_works_through_a_transaction_pooler() {
    let direct = TestApp::rotc().await;
    let pooler = Pooler::start(direct.database_url()).await;
    let app = behind(&direct, &pooler, true).await;
    let cadet = app.add(a_cadet().ranked("MS1").with_password("Pass phrase 1")).await;
    let day = app.add(a_training_day()).await;

    let login = json!({ "username": cadet.student_id, "password": "Pass phrase 1" });
    app.anonymous().post("/api/auth/login", login).await.is(200);
    app.as_cadet(&cadet).get("/api/cadet/my-grades").await.is(200);
    app.as_admin().get(&format!("/api/attendance/records/{}", day.id)).await.is(200);
    app.as_admin().get("/api/admin/cadets?search=a").await.is(200);
    let mark = json!({ "dayId": day.id, "cadetId": cadet.id, "status": "present" });
    app.as_admin().post("/api/attendance/mark", mark).await.is(200);
    // A snapshot.
    app.as_admin().get("/api/audit-logs/export").await.is(200);
    app.work().await;
    let marked: i32 = app.value("SELECT id FROM attendance_records", &[]).await;
    app.audited("attendance_records", "INSERT", marked).await;
}

#[tokio::test]
async fn parallel_requests_through_a_transaction_pooler_all_succeed() {
    let direct = TestApp::rotc().await;
    let pooler = Pooler::start(direct.database_url()).await;
    let app = behind(&direct, &pooler, true).await;
    let other = app.another_process().await;
    for _ in 0..5 {
        app.add(a_cadet().ranked("MS1")).await;
    }
    let (one, two) = (app.as_admin(), other.as_admin());
    let asked = (0..120).map(|turn| {
        let client = if turn % 2 == 0 { &one } else { &two };
        async move {
            match turn % 4 {
                0 => client.get(&format!("/api/admin/cadets?search={turn}")).await,
                1 => client.get("/api/auth/settings").await,
                2 => client.put("/api/auth/settings", json!({ "compact_mode": turn % 3 == 0 })).await,
                _ => client.get("/api/admin/system-status").await,
            }
        }
    });

    let statuses: Vec<u16> = join_all(asked).await.iter().map(tests::Answer::status).collect();

    let failed: Vec<&u16> = statuses.iter().filter(|status| **status >= 500).collect();
    assert!(
        failed.is_empty() && statuses.iter().filter(|status| **status == 200).count() > 90,
        "{statuses:?}"
    );
}

#[tokio::test]
async fn pooler_that_nobody_has_named_is_noticed() {
    let direct = TestApp::rotc().await;
    let pooler = Pooler::start(direct.database_url()).await;
    let app = behind(&direct, &pooler, false).await;
    let other = behind(&direct, &pooler, false).await;
    // Statements of two processes have the same names.
    let ask = |app: TestApp| async move {
        for turn in 0..20_i64 {
            let mut reads = Vec::new();
            for _ in 0..6 {
                reads.push(app.app.db.read().await.unwrap());
            }
            let params: [db::Param<'_>; 1] = [&turn];
            let asked = reads.iter_mut().map(|read| read.only::<i64>(sql!("SELECT $1::bigint + 1"), &params));
            for answer in join_all(asked).await {
                assert_eq!(answer.unwrap(), turn + 1);
            }
            let text: String =
                reads[0].only(sql!("SELECT $1::text || '!'"), &[&turn.to_string()]).await.unwrap();
            assert_eq!(text, format!("{turn}!"));
        }
    };
    tokio::join!(ask(app), ask(other));
}

#[tokio::test]
async fn statements_without_names_leave_none_on_the_server() {
    let app = TestApp::with(|config| config.database.unnamed_statements = true).await;
    let cadet = app.add(a_cadet().ranked("MS1")).await;
    app.as_cadet(&cadet).get("/api/cadet/my-grades").await.is(200);

    let mut read = app.app.db.read().await.unwrap();
    let names = sql!("SELECT count(*) FROM pg_prepared_statements WHERE name <> ''");
    assert_eq!(read.only::<i64>(names, &[]).await.unwrap(), 0);
}

#[tokio::test]
async fn statements_survive_a_migration_that_changes_their_types() {
    for unnamed in [false, true] {
        let app = TestApp::with(|config| config.database.unnamed_statements = unnamed).await;
        let client = cluster::connect(app.database_url()).await;
        client
            .batch_execute("CREATE TABLE muster.t (id int); INSERT INTO muster.t VALUES (1)")
            .await
            .unwrap();
        let find = sql!("SELECT * FROM muster.t WHERE id = $1");
        let found: Option<i32> = app.app.db.read().await.unwrap().one(find, &[&1_i32]).await.unwrap();
        assert_eq!(found, Some(1));

        client.batch_execute("ALTER TABLE muster.t ADD COLUMN more text, ADD COLUMN id2 int").await.unwrap();

        let found: Option<i32> = app.app.db.read().await.unwrap().one(find, &[&1_i32]).await.unwrap();
        assert_eq!(found, Some(1), "unnamed: {unnamed}");
    }
}

#[tokio::test]
async fn notifications_are_not_asked_of_a_pooler_and_come_from_the_direct_address() {
    let direct = TestApp::rotc().await;
    let pooler = Pooler::start(direct.database_url()).await;
    let mut config = behind(&direct, &pooler, true).await.app.config.database.clone();
    let refused = db::listen(&config, "muster_test").await.err().unwrap();
    assert_eq!(refused.kind(), Kind::Unavailable);

    config.direct_url = Some(direct.database_url().into());
    let mut notices = db::listen(&config, "muster_test").await.unwrap();
    notices.ring("muster_test").await.unwrap();
    assert!(notices.next().await);
}
