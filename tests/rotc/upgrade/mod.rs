//! A database in use by an earlier release is migrated: nothing is lost, and everything handed out still works.
//!
//! `before.sql` is a plain dump (`pg_dump --no-owner --no-privileges`) of release 0.1.0 as it was before the platform was
//! shared by several systems, with its own keys in `muster.secrets`. The values below were handed to clients at that time,
//! on 2 February 2026 at 08:00 UTC, when the clock of every test starts.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::json;
use shared::{
    db::migrate::migrate,
    files::StoredFile,
    realtime::{Listener, Topic},
};
use tests::{
    MailServer, TestApp,
    cluster::{Database, SETS, connect},
};

use crate::{
    legacy::restore,
    storage::{PDF, PNG},
};

const BEFORE: &str = include_str!("before.sql");

const CADET: i32 = 100_001;
const OTHER_CADET: i32 = 100_002;
const PHOTO: &str = "/uploads/profile-c8ca7d311d24405a81ad7dc671b99b99.png";
const UNUSED_UPLOAD: &str = "/uploads/profile-81967e3cd61a409986ddead422b20f43.png";
const LETTER: &str = "/uploads/letter-3f8a2076efd1459fbd3c845b6dded6ea.pdf";
const CERTIFICATE: &str = "9BPP84A7JZGX6PK3K8MA";
const LINK: &str = "bSRqg5a8F0b8Se_g9SEWMMrDeZhFMUfkDDU4rzXMz4Y";

/// A live session.
const TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyMzAwMDMiLCJzaWQiOiIzNzA2YzdjYS0xNjQ2LTQxMjQtYWRkYS01ZmVjMmFiZjA4OTEiLCJpYXQiOjE3NzAwMTkyMDAsImV4cCI6MTc3MDYyNDAwMH0.-szLJyBo9MU2eQbfeitxoVhXCi9pxQWBI9GDESYh18w";
const REFRESH: &str = "3706c7ca-1646-4124-adda-5fec2abf0891._sXOv9YLPWYzC2_iQ59ZMLxen6Yn2y4WsmTW8LCDZJg";
/// A session that its user has ended.
const ENDED_TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyMzAwMDMiLCJzaWQiOiJiZmFhN2E1ZS01NWY0LTQxNjctOTY0Yi0xMGEzZDQ3ZjEzYmIiLCJpYXQiOjE3NzAwMTkyMDAsImV4cCI6MTc3MDYyNDAwMH0.8A4QGYhdYYBvv8jp_cBXb8hAl_kd_D7l4fu0l8mvHGs";
const ENDED_REFRESH: &str =
    "bfaa7a5e-55f4-4167-964b-10a3d47f13bb.BZ6katRVOa07G_UQlZbkc-M-gUd2s6GDlJiudVPad-U";
/// A session that was refreshed once, and the refresh token used for it.
const REFRESHED_TOKEN: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIyMzAwMDMiLCJzaWQiOiJkODk4NTE5NS02MDE5LTRmY2ItODg1Mi02NDhmYjg2MWRiYTYiLCJpYXQiOjE3NzAwMTkyMDAsImV4cCI6MTc3MDYyNDAwMH0.TZ7q0E1YGGH2hN50h0FolMFu9sFFDUqyaT27v_sH_-8";
const USED_REFRESH: &str = "d8985195-6019-4fcb-8852-648fb861dba6.RQJRvj2k3GoTNf8WC1hEFedSJU5z1Au3FNvyUhkEC2A";

/// A cursor and an open socket of the session.
const LISTENING: &str = "
    INSERT INTO muster.stream_cursors (stream, session, seq, stored_at)
    VALUES (gen_random_uuid(), '3706c7ca-1646-4124-adda-5fec2abf0891', 7, now());
    INSERT INTO muster.ws_connections (connection_id, user_id, role, cadet_id, session, joined_seq, seq)
    VALUES ('open=', 230003, 'cadet', 100001, '3706c7ca-1646-4124-adda-5fec2abf0891', 5, 7)";

/// Tables that are no more, and those that have taken over their rows.
const MOVED: [(&str, &str); 2] =
    [("muster.stream_cursors", "muster.event_cursors"), ("muster.ws_connections", "muster.sockets")];

const PROFILE: &str = "/api/auth/profile";

/// The earlier database after the migration, with its files, and the mail server that takes its mails.
async fn upgraded(mail: &MailServer) -> TestApp {
    let database = Database::empty().await;
    restore(&connect(&database.url).await, BEFORE).await;
    let mut client = connect(&database.url).await;
    client.batch_execute(LISTENING).await.expect("somebody listens");
    let before = rows(&client).await;
    migrate(&mut client, &SETS).await.expect("the earlier database is migrated");
    let mut after = rows(&client).await;
    for (old, new) in MOVED {
        assert_eq!(after.insert(old.to_owned(), after[new]), None, "{old} is no more");
    }
    after.retain(|table, _| before.contains_key(table) && !table.starts_with("muster.migrations_"));
    let before: BTreeMap<_, _> =
        before.into_iter().filter(|(table, _)| !table.starts_with("muster.migrations_")).collect();
    for (table, count) in &before {
        assert!(after.get(table).is_some_and(|now| now >= count), "{table}: {count} rows, then {after:?}");
    }
    let url = mail.url();
    let app = TestApp::on(database, |config| {
        config.signing_key = None;

        config.mail.smtp = Some(url.into());
    })
    .await;
    for (address, body, content_type) in
        [(PHOTO, PNG, "image/png"), (UNUSED_UPLOAD, PNG, "image/png"), (LETTER, PDF, "application/pdf")]
    {
        let file = StoredFile { body: Bytes::from_static(body), content_type: content_type.to_owned() };
        app.app.files.replace(address, file).await.expect("the file is stored");
    }
    app
}

/// Rows of every table of ours.
async fn rows(client: &tokio_postgres::Client) -> BTreeMap<String, i64> {
    let tables = "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
                  WHERE schemaname IN ('public', 'muster')";
    let mut counts = BTreeMap::new();
    for row in client.query(tables, &[]).await.expect("tables can be listed") {
        let table: String = row.get(0);
        let count = client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await;
        counts.insert(table, count.expect("rows can be counted").get(0));
    }
    counts
}

#[tokio::test]
async fn sessions_survive_the_upgrade_and_ended_ones_stay_ended() {
    let app = upgraded(&MailServer::taking().await).await;
    let refresh =
        async |token: &str| app.anonymous().post("/api/auth/refresh", json!({ "refresh": token })).await;

    app.with_token(TOKEN).get(PROFILE).await.is(200).has(json!({ "username": "2026-0003" }));
    app.with_token(REFRESHED_TOKEN).get(PROFILE).await.is(200);
    app.with_token(ENDED_TOKEN).get(PROFILE).await.is(401);
    refresh(ENDED_REFRESH).await.is(401);
    let next = refresh(REFRESH).await.is(200).json();
    app.with_token(next["token"].as_str().unwrap_or_default()).get(PROFILE).await.is(200);
    refresh(next["refresh"].as_str().unwrap_or_default()).await.is(200);

    app.clock.advance(chrono::TimeDelta::minutes(5));
    refresh(USED_REFRESH).await.is(401);
    app.with_token(REFRESHED_TOKEN).get(PROFILE).await.is(401);
}

#[tokio::test]
async fn open_sockets_and_cursors_survive_the_upgrade() {
    let app = upgraded(&MailServer::taking().await).await;
    let session = "3706c7ca-1646-4124-adda-5fec2abf0891".parse().unwrap();

    let stored = app.value("SELECT listener FROM muster.sockets WHERE seq = 7 AND joined_seq = 5", &[]).await;
    let listener: Listener = serde_json::from_value(stored).unwrap();
    let expected = Listener::new(session, 230_003, "cadet").with([Topic::record("cadet", CADET)]);
    assert_eq!(listener, expected);
    let cursor = "SELECT seq FROM muster.event_cursors WHERE session = $1";
    assert_eq!(app.value::<i64>(cursor, &[&session]).await, 7);
}

#[tokio::test]
async fn passwords_links_and_locks_survive_the_upgrade() {
    let app = upgraded(&MailServer::taking().await).await;
    let sign_in = async |username: &str, password: &str| {
        let body = json!({ "username": username, "password": password });
        app.anonymous().post("/api/auth/login", body).await
    };

    sign_in("2026-0003", "Correct horse 3").await.is(200);
    sign_in("a-locked-name", "anything").await.is(429);
    app.anonymous().post("/api/auth/link", json!({ "code": LINK })).await.is(200);
    app.anonymous().post("/api/auth/link", json!({ "code": LINK })).await.is(401);
}

#[tokio::test]
async fn signed_certificates_still_verify_after_the_upgrade() {
    let app = upgraded(&MailServer::taking().await).await;

    let page = app.anonymous().get(&format!("/verify/{CERTIFICATE}")).await.is(200).text();

    assert!(page.contains("Cdt Juan Test3") && page.contains("Parade"), "{page}");
    let activity: i32 = app.value("SELECT activity_id FROM muster.certificates", &[]).await;
    app.as_staff().get(&format!("/api/reports/certificates/{activity}?cadet_id={CADET}")).await.is(200);
    let count: i64 = app.value("SELECT count(*) FROM muster.certificates", &[]).await;
    assert_eq!(count, 1, "the certificate there was is printed again, not issued anew");
}

#[tokio::test]
async fn stored_files_stay_those_of_their_owners_after_the_upgrade() {
    let app = upgraded(&MailServer::taking().await).await;
    let other: i32 = app.value("SELECT id FROM users WHERE cadet_id = $1", &[&OTHER_CADET]).await;

    assert_eq!(app.as_admin().get(PHOTO).await.is(200).bytes(), PNG);
    assert_eq!(app.with_token(TOKEN).get(LETTER).await.is(200).bytes(), PDF);
    assert_ne!(app.as_user(other).get(LETTER).await.status(), 200);
    let unused = UNUSED_UPLOAD.trim_start_matches("/uploads/").trim_end_matches(".png");
    app.with_token(TOKEN).delete(&format!("/api/upload/{unused}")).await.is(404);
    app.as_user(other).delete(&format!("/api/upload/{unused}")).await.is(200);
}

#[tokio::test]
async fn queued_jobs_and_unsent_mails_are_done_after_the_upgrade() {
    let server = MailServer::taking().await;
    let app = upgraded(&server).await;

    let tally = app.work().await;

    assert_eq!((tally.failed, tally.postponed), (0, 0), "{tally:?}");
    let unfinished: i64 = app.value("SELECT count(*) FROM muster.jobs WHERE status <> 'done'", &[]).await;
    assert_eq!((tally.done, unfinished), (3, 0));
    let mails = server.received();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("To: cadet4@example.test"), "{}", mails[0]);
    let read: i64 = app.value("SELECT count(*) FROM muster.letter_texts", &[]).await;
    assert_eq!(read, 1, "the letter was read");
}

/// The trigger of editions before November 2026 called a function that is gone.
#[tokio::test]
async fn audit_trigger_of_an_early_edition_is_removed() {
    let app = TestApp::rotc().await;
    let early = "CREATE FUNCTION muster.audit_row() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'of an early edition'; END $$;
                 CREATE TRIGGER trg_muster_audit AFTER INSERT OR UPDATE OR DELETE ON public.activities
                 FOR EACH ROW EXECUTE FUNCTION muster.audit_row()";
    app.database().await.batch_execute(early).await.expect("it succeeds");
    let mut client = connect(app.database_url()).await;
    migrate(&mut client, &SETS).await.expect("it succeeds");

    app.execute("INSERT INTO activities (title) VALUES ('Parade')", &[]).await;
    let audited = "SELECT count(*) FROM audit_logs WHERE table_name = 'activities'";
    assert_eq!(app.value::<i64>(audited, &[]).await, 1);
}
