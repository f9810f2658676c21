//! The oldest and the newest PostgreSQL that is supported.

use serde_json::json;
use shared::db::{self, migrate};
use tests::{
    PostgresServer, TestApp, a_cadet,
    cluster::{Database, SETS, connect},
};

#[tokio::test]
async fn system_works_on_the_oldest_and_the_newest_server() {
    for version in ["14.23.0-beta.17", "18.4.0-beta.17"] {
        let server = PostgresServer::start(version).await;
        let mut client = connect(&server.url()).await;
        migrate::migrate(&mut client, &SETS).await.unwrap_or_else(|problem| panic!("{version}: {problem}"));
        migrate::migrate(&mut client, &SETS).await.expect("migrations can be repeated");
        assert_eq!(db::schema_state(&client, &rotc::SYSTEM).await.unwrap(), db::SchemaState::Current);

        let app = TestApp::on(Database::elsewhere(server.url()), |_| ()).await;
        let cadet = app.add(a_cadet().ranked("MS1").with_password("Pass phrase 1")).await;
        let login = json!({ "username": cadet.student_id, "password": "Pass phrase 1" });
        app.anonymous().post("/api/auth/login", login).await.is(200);
        let list = app.as_admin().get("/api/admin/cadets?search=Juan").await;
        assert!(list.is(200).text().contains(&cadet.student_id), "{version}");
        app.as_cadet(&cadet).put("/api/auth/settings", json!({ "compact_mode": true })).await.is(200);
        app.work().await;
    }
}
