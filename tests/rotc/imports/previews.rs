//! A preview is asked for in the query or in the body, and writes nothing either way.

use http::Method;
use serde_json::{Value, json};
use tests::{TestApp, a_cadet, a_training_day, field};

use super::{counts, file};
use crate::replay::file_server::FileServer;

#[tokio::test]
async fn forms_are_only_looked_at_wherever_the_preview_is_asked_for() {
    let cadets = "Student ID\n2026-7001\n".to_owned();
    form("/api/admin/import-cadets", "file", |_| cadets.clone()).await;
    form("/api/import/csv", "file", |_| cadets.clone()).await;
    form("/api/admin/import-staff", "file", |_| "Name\nRamon Cruz\n".to_owned()).await;
    form("/api/attendance/import", "file", |known| format!("Student ID,Status\n{known},late\n")).await;
    form("/api/integration/grades/import", "files", |known| format!("Student ID,Final\n{known},90\n")).await;
    let ledger = |known: &str| format!("Student ID,Type,Points\n{known},merit,5\n");
    form("/api/integration/ledger/import", "files", ledger).await;
}

async fn form(path: &str, name: &str, list: impl Fn(&str) -> String) {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let admin = app.as_admin();
    admin.get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    let send = async |query: &str, preview: Option<&str>| {
        let mut parts = vec![field("dayId", &day.id.to_string()), field("entity_type", "cadets")];
        parts.push(file(name, "l.csv", list(&cadet.student_id)));
        parts.extend(preview.map(|value| field("preview", value)));
        admin.form(Method::POST, &format!("{path}{query}"), &parts).await
    };
    for (query, preview) in
        [("?preview=true", None), ("?preview=1", None), ("", Some("true")), ("?preview=false", Some("1"))]
    {
        let body = send(query, preview).await.is(200).json();
        previewed(&body, path);
        assert!(body["message"].as_str().is_some_and(|text| text.contains("othing is written")), "{body}");
    }
    send("?preview=yes", None).await.is(400);
    send("", Some("yes")).await.is(400);
    assert_eq!(counts(&app).await, before, "{path}");
    send("?preview=false", Some("")).await.is(200);
    assert_ne!(counts(&app).await, before, "{path}: the import itself writes");
}

#[tokio::test]
async fn bodies_are_only_looked_at_wherever_the_preview_is_asked_for() {
    let files = FileServer::start().await;
    let app = TestApp::with(|config| config.imports.own = vec![files.url.clone()]).await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let admin = app.as_admin();
    let link = json!({ "url": files.at("/import-cadets.xlsx") });
    admin.post("/api/admin/import-cadets-url", link.clone()).await.is(200);
    app.execute("UPDATE cadets SET company = 'Zulu', last_name = 'Zulu'", &[]).await;
    let before = counts(&app).await;
    let bodies = [
        ("/api/admin/import-cadets-url", link),
        ("/api/admin/sync-cadets", json!({})),
        ("/api/attendance/import-url", json!({ "url": files.at("/attendance.csv"), "dayId": day.id })),
        (
            "/api/import/rotcmis",
            json!({ "data": [{ "student_id": "2026-7001", "first_name": "A", "last_name": "B" }] }),
        ),
        (
            "/api/integration/rotcmis/import",
            json!({ "records": [{ "student_id": cadet.student_id, "status": "P", "date": "2026-01-10" }] }),
        ),
    ];
    for (path, body) in bodies {
        let mut with = body.clone();
        for flag in [json!(true), json!("true"), json!(1)] {
            with["preview"] = flag;
            previewed(&admin.post(path, with.clone()).await.is(200).json(), path);
        }
        previewed(&admin.post(&format!("{path}?preview=true"), body).await.is(200).json(), path);
        with["preview"] = json!("yes");
        admin.post(path, with).await.is(400);
        assert_eq!(counts(&app).await, before, "{path}");
    }
}

fn previewed(body: &Value, path: &str) {
    let shown = body.get("preview").or(body["data"].get("preview"));
    assert!(shown.is_some_and(|shown| shown["total"].as_u64() > Some(0)), "{path}: {body}");
}
