//! Programs and databases of different versions.

use serde_json::json;
use shared::{
    db::{self, Difference, SchemaState, migrate},
    error::Kind,
};
use tests::{TestApp, a_cadet, cluster};

/// The newest migration of ROTC, which the tests pretend to be without or ahead of.
async fn newest(app: &TestApp) -> i32 {
    app.value("SELECT max(version) FROM muster.migrations_rotc", &[]).await
}

#[tokio::test]
async fn schema_older_or_newer_than_the_program_is_not_written_to() {
    let older = "DELETE FROM muster.migrations_rotc WHERE version = (SELECT max(version) FROM muster.migrations_rotc)";
    let newer = "INSERT INTO muster.migrations_rotc SELECT version + 1, name, applied_on, checksum
                 FROM muster.migrations_rotc ORDER BY version DESC LIMIT 1";
    for (change, word) in [(older, "older"), (newer, "newer")] {
        let app = TestApp::rotc().await;
        let cadet = app.add(a_cadet().with_password("Pass phrase 1")).await;
        let token = app.as_cadet(&cadet).get("/api/auth/profile").await;
        token.is(200);
        app.execute(change, &[]).await;
        let program = app.another_process().await;

        let health = program.anonymous().get("/api/health").await;
        let checks = health.is(200).json()["checks"]["database"].clone();
        assert_eq!(checks["status"], "unhealthy");
        assert!(
            checks["message"].as_str().unwrap().contains(&format!("{word} than this program")),
            "{checks}"
        );
        let login = json!({ "username": cadet.student_id, "password": "Pass phrase 1" });
        let refused = program.anonymous().post("/api/auth/login", login.clone()).await;
        let message = refused.is(503).json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("Nothing can be saved") && message.contains(word), "{message}");
        app.anonymous().post("/api/auth/login", login).await.is(200);
    }
}

#[tokio::test]
async fn process_notices_that_the_migrations_have_run() {
    let app = TestApp::rotc().await;
    let newest = newest(&app).await;
    app.as_admin().get("/api/auth/profile").await.is(200);
    app.as_staff().get("/api/auth/profile").await.is(200);
    let ahead = "UPDATE muster.migrations_rotc SET version = version + $2 WHERE version = $1";
    app.execute(ahead, &[&newest, &1_i32]).await;
    let program = app.another_process().await;
    let refused = program.app.db.change_for_system("test").await.err().unwrap();
    assert_eq!(refused.kind(), Kind::Unavailable);

    app.execute(ahead, &[&(newest + 1), &-1_i32]).await;

    program.app.db.change_for_system("test").await.unwrap().commit().await.unwrap();
}

#[tokio::test]
async fn state_of_a_schema_says_what_differs() {
    let app = TestApp::rotc().await;
    let client = cluster::connect(app.database_url()).await;
    let state = async || db::schema_state(&client, &rotc::SYSTEM).await.unwrap();
    assert_eq!(state().await, SchemaState::Current);

    let known = newest(&app).await;
    app.execute("DELETE FROM muster.migrations_rotc WHERE version = $1", &[&known]).await;
    let difference = Difference { set: "rotc", database: known - 1, program: known };
    assert_eq!(state().await, SchemaState::Older(difference));

    client.batch_execute("DROP TABLE muster.migrations_rotc").await.unwrap();
    assert_eq!(state().await, SchemaState::Missing);
    assert!(state().await.problem().unwrap().contains("run the migrations"));
}

#[tokio::test]
async fn migration_through_a_pooler_is_refused_before_it_connects() {
    let config = shared::config::DatabaseConfig {
        url: Some("postgres://nobody@127.0.0.1:9/none?pgbouncer=true".into()),
        pooler: true,
        ..Default::default()
    };
    let refused = migrate::run(&config, &rotc::SYSTEM).await.unwrap_err();
    assert!(refused.message().contains("DATABASE_DIRECT_URL"), "{refused}");
}
