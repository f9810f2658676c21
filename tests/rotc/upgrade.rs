//! A database that an earlier version has filled goes on working after the migration: nothing in it is lost.

use chrono::TimeDelta;
use refinery::Target;
use serde_json::json;
use shared::{
    auth::token::{Claims, Signer},
    db::migrate::{MigrationSet, SHARED, migrate},
};
use tests::{
    TestApp, a_cadet,
    cluster::{Database, SETS, connect},
};

/// The shared tables when users were numbers in them.
static NUMBERED_USERS: MigrationSet = MigrationSet {
    name: "shared",
    versioned: || (SHARED.versioned)().set_target(Target::Version(6)),
    repeatable: &[],
};

#[tokio::test]
async fn sessions_links_uploads_and_jobs_of_numbered_users_stay_theirs() {
    let database = Database::empty().await;
    let mut client = connect(&database.url).await;
    let migrated = migrate(&mut client, &[&NUMBERED_USERS, SETS[1]]).await;
    migrated.expect("the earlier version is installed");
    let session = uuid::Uuid::from_u128(7);
    let rows = "
        INSERT INTO users (id, username, password, role, is_approved, email)
            VALUES (4711, 'early', '!', 'admin', 1, 'early@example.test');
        INSERT INTO muster.sessions (id, user_id, created_at, idle_expires_at, absolute_expires_at, refresh_hash)
            VALUES ('00000000-0000-0000-0000-000000000007', 4711, '2026-02-02 07:00Z', '2026-02-02 19:00Z',
                    '2026-02-09 07:00Z', sha256('a secret'));
        INSERT INTO muster.signin_links (id, code_hash, user_id, expires_at)
            VALUES (gen_random_uuid(), sha256('a code'), 4711, '2026-02-02 08:15Z');
        INSERT INTO muster.uploads (address, uploaded_by, kind)
            VALUES ('/uploads/profile-early.png', 4711, 'profile_pic');
        INSERT INTO muster.jobs (id, kind, queue, payload, created_by)
            VALUES ('00000000-0000-0000-0000-000000000008', 'nothing', 'import', '{}', 4711);";
    client.batch_execute(rows).await.expect("the earlier version keeps its rows");

    migrate(&mut client, &SETS).await.expect("the database is upgraded");

    let app = TestApp::on(database, |_| ()).await;
    // A token of before names no system and is no two tokens of one second.
    let mut claims = Claims::access(4711, session, app.clock.now(), app.clock.now() + TimeDelta::days(6));
    claims.jti = None;
    let signer = Signer::new(app.app.config.signing_key.clone(), None, app.app.db.clone());
    let token = signer.sign(&claims).await.unwrap();
    app.with_token(&token).get("/api/auth/profile").await.is(200).has(json!({ "id": 4711 }));
    let refresh = json!({ "refresh": format!("{session}.a secret") });
    app.anonymous().post("/api/auth/refresh", refresh).await.is(200);
    app.anonymous()
        .post("/api/auth/link", json!({ "code": "a code" }))
        .await
        .is(200)
        .has(json!({ "userId": 4711 }));
    let jobs = app.with_token(&token).get("/api/jobs").await;
    jobs.is(200).has(json!({ "data": [{ "created_by": 4711 }] }));
    let owner = "SELECT uploaded_by FROM muster.uploads WHERE address = '/uploads/profile-early.png'";
    assert_eq!(app.value::<String>(owner, &[]).await, "4711");
    let cadet = app.add(a_cadet()).await;
    app.as_cadet(&cadet).get("/api/jobs").await.is(200).has(json!({ "data": [] }));
}
