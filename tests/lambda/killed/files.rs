//! The jobs that read and write files, killed in the middle.

use std::fmt::Write;

use http::Method;
use serde_json::{Value, json};
use tests::{Part, TestApp, a_cadet, field};

use super::{At, Killed, count};

fn file(name: &str, body: &[u8]) -> Part {
    Part::File("file".to_owned(), name.to_owned(), "application/octet-stream".to_owned(), body.to_vec())
}

/// Where the programs are that a worker starts.
fn path() -> Vec<(&'static str, String)> {
    vec![("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned())]
}

#[tokio::test]
async fn an_import() {
    let app = TestApp::rotc().await;
    let rows = 2_100;
    let mut list = "Student ID,Last Name,First Name\n".to_owned();
    for n in 0..rows {
        writeln!(list, "2026-{n:05},Reyes{n},Ana").expect("a string grows");
    }
    let sent = [file("list.csv", list.as_bytes())];
    app.as_admin().form(Method::POST, "/api/admin/import-cadets", &sent).await.is(202);

    let at = At::Writing("INSERT", "public.grades");
    let killed = Killed::in_the_middle(&app, "import_file", at, vec![]).await;
    assert_eq!(count(&app, "cadets").await, 0, "nothing of it is seen");
    killed.again().await;

    assert_eq!(count(&app, "cadets").await, rows);
    assert_eq!(count(&app, "grades").await, rows);
    assert_eq!(count(&app, "users WHERE role = 'cadet'").await, rows);
    assert_eq!(app.stored_files(), Vec::<String>::new());
}

#[tokio::test]
async fn profiles_of_many() {
    printed("/api/reports/batch/cadets", "batch_profiles", |cadet| json!({ "cadet_ids": [cadet] })).await;
}

#[tokio::test]
async fn transcripts_of_many() {
    printed("/api/reports/batch/transcripts", "batch_transcripts", |cadet| json!({ "cadet_ids": [cadet] }))
        .await;
}

/// The file has the name of its job: the second worker writes the same.
async fn printed(path: &str, kind: &'static str, asked: impl Fn(i32) -> Value) {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    app.as_admin().post(path, asked(cadet.id)).await.is(202);

    Killed::in_the_middle(&app, kind, At::TheEnd, vec![]).await.again().await;

    assert_eq!(app.stored_files().len(), 1);
    assert_eq!(count(&app, "muster.report_files").await, 1);
}

#[tokio::test]
async fn certificates_of_many() {
    let app = TestApp::rotc().await;
    app.execute("INSERT INTO activities (title, type) VALUES ('Parade', 'achievement')", &[]).await;
    let id: i32 = app.value("SELECT id FROM activities", &[]).await;
    let asked = json!({ "activity_id": id, "cadet_names": ["Ana", "Ben"] });
    app.as_admin().post("/api/reports/batch/certificates", asked).await.is(202);

    let home = vec![("PUBLIC_URL", "https://rotc.example.test".to_owned())];
    Killed::in_the_middle(&app, "batch_certificates", At::TheEnd, home).await.again().await;

    assert_eq!(app.stored_files().len(), 1);
    assert_eq!(count(&app, "muster.certificates").await, 2);
}

#[tokio::test]
async fn the_end_of_printed_files() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let asked = json!({ "cadet_ids": [cadet.id] });
    app.as_admin().post("/api/reports/batch/cadets", asked).await.is(202);
    app.work().await;
    assert_eq!(app.stored_files().len(), 1);
    app.execute("DELETE FROM muster.jobs WHERE kind = 'expire_reports'", &[]).await;

    Killed::in_the_middle(&app, "expire_reports", At::TheEnd, vec![]).await.again().await;

    assert_eq!(app.stored_files(), Vec::<String>::new());
    assert_eq!(count(&app, "muster.report_files").await, 0);
}

#[tokio::test]
async fn a_letter_that_is_read() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let letter = include_bytes!("../../rotc/ocr/samples/plain.jpg");
    let sent = [field("date_absent", "2026-02-01"), field("reason", "Fever"), file("letter.jpg", letter)];
    app.as_cadet(&cadet).form(Method::POST, "/api/excuse-letters", &sent).await.is(201);

    let at = At::Writing("INSERT", "muster.letter_texts");
    let killed = Killed::in_the_middle(&app, "read_letter", at, path()).await;
    assert_eq!(count(&app, "muster.letter_texts").await, 0);
    killed.again().await;

    assert_eq!(count(&app, "muster.letter_texts").await, 1);
}
