//! Submitting letters on the clients' pages, and reading them there.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, a_staff_member, a_training_day};

use super::{CLIENT, RESOURCE, count, file_of, letter, submitted};
use crate::storage::{PDF, PNG, field, file, refused_files, stored};

#[tokio::test]
async fn a_cadet_submits_a_letter_for_a_training_day() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let day = app.add(a_training_day()).await;
    let id = submitted(&app, &cadet, "Lola's wake").await;

    let address = file_of(&app, id).await;
    assert_eq!(stored(&app.app).await, [address.clone()].into());
    let linked = "SELECT training_day_id FROM excuse_letters WHERE id = $1";
    assert_eq!(app.value::<Option<i32>>(linked, &[&id]).await, Some(day.id));
    app.audited("excuse_letters", "INSERT", id).await;
    let shown = json!({
        "id": id, "cadet_id": cadet.id, "date_absent": "2026-02-01", "reason": "Lola's wake",
        "file_url": address, "status": "pending", "created_at": "2026-02-02T08:00:00.000Z",
    });
    let own = app.as_cadet(&cadet).get(CLIENT).await;
    assert_eq!(own.is(200).json(), json!([shown]));
    app.as_staff().get(CLIENT).await.is(200).has(json!([{
        "id": id, "date_absent": "2026-02-01", "first_name": "Juan", "last_name": cadet.last_name,
    }]));
    assert_eq!(app.as_cadet(&other).get(CLIENT).await.is(200).json(), json!([]));
    app.as_cadet(&cadet).get(&address).await.is(200);
    app.as_cadet(&other).get(&address).await.is(404);
    app.anonymous().get("/api/excuse/status").await.is(200).has(json!({ "status": "ok" }));
}

#[tokio::test]
async fn letters_that_lack_something_are_refused() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let cadet = app.as_cadet(&cadet);
    let (date, reason, pdf) =
        (field("date_absent", "2026-02-01"), field("reason", "r"), file("file", "l.pdf", PDF));
    let lacking = [
        (vec![reason.clone(), pdf.clone()], "date_absent and reason are required"),
        (vec![date.clone(), pdf.clone()], "date_absent and reason are required"),
        (vec![date.clone(), field("reason", " "), pdf.clone()], "date_absent and reason are required"),
        (vec![date.clone(), reason.clone()], "File is required"),
        (vec![date.clone(), reason.clone(), file("wrong", "l.pdf", PDF)], "Unexpected field"),
        (vec![date.clone(), reason.clone(), pdf.clone(), pdf.clone()], "Unexpected field"),
    ];
    for (parts, message) in lacking {
        cadet.form(Method::POST, CLIENT, &parts).await.is(400).message(message);
    }
    for date in
        ["yesterday", "2026-02-30", "01/02/2026", "2026-2-1", "0001-01-01", "1999-12-31", "2028-01-01"]
    {
        let parts = [field("date_absent", date), reason.clone(), pdf.clone()];
        let answer = cadet.form(Method::POST, CLIENT, &parts).await;
        assert_eq!(answer.status(), 400, "{date}: {answer}");
    }
    let long = [date.clone(), field("reason", &"x".repeat(10_001)), pdf.clone()];
    cadet.form(Method::POST, CLIENT, &long).await.is(400);
    cadet.post(CLIENT, json!({ "date_absent": "2026-02-01", "reason": "r" })).await.is(400);
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
}

#[tokio::test]
async fn a_refused_file_leaves_nothing_behind() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let cadet = app.as_cadet(&cadet);
    let with = |name: &str, body: &[u8]| {
        [field("date_absent", "2026-02-01"), field("reason", "r"), file("file", name, body)]
    };
    for path in [CLIENT, RESOURCE] {
        for (name, body) in refused_files() {
            let answer = cadet.form(Method::POST, path, &with(name, &body)).await;
            assert_eq!(answer.status(), 400, "{name}: {answer}");
        }
        let large = [PNG, &vec![0; 20 * 1024 * 1024]].concat();
        cadet.form(Method::POST, path, &with("a.png", &large)).await.is(413).message("File too large");
        let larger = vec![0; 22 * 1024 * 1024];
        cadet.form(Method::POST, path, &with("a.png", &larger)).await.is(413);
        let mut cut = b"--b\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\nr\r\n".to_vec();
        cut.extend_from_slice(
            b"--b\r\nContent-Disposition: form-data; name=\"date_absent\"\r\n\r\n2026-02-01\r\n",
        );
        cut.extend_from_slice(
            b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.pdf\"\r\n\r\n",
        );
        cut.extend_from_slice(PDF);
        cadet.send(Method::POST, path, Some("multipart/form-data; boundary=b"), cut).await.is(400);
    }
    // A text that cannot be stored, behind a file that could.
    let nul = [field("date_absent", "2026-02-01"), field("reason", "a\u{0}b"), file("file", "a.pdf", PDF)];
    cadet.form(Method::POST, CLIENT, &nul).await.is(400);
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (0, 0));
}

#[tokio::test]
async fn a_letter_that_arrives_twice_is_entered_once() {
    let app = TestApp::crowded().await;
    let cadet = app.add(a_cadet()).await;
    let client = app.as_cadet(&cadet);
    client.get(CLIENT).await.is(200);
    let parts = letter("Fever");
    let answers =
        futures_util::future::join_all((0..8).map(|_| client.form(Method::POST, CLIENT, &parts))).await;
    let ids: Vec<_> = answers.iter().map(|answer| answer.is(200).json()["id"].clone()).collect();

    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (1, 1));
    submitted(&app, &cadet, "Flood").await;
    app.clock.advance(chrono::TimeDelta::seconds(4));
    submitted(&app, &cadet, "Fever").await;
    assert_eq!((count(&app).await, stored(&app.app).await.len()), (3, 3));
}

#[tokio::test]
async fn cadets_submit_and_staff_decide() {
    let app = TestApp::rotc().await;
    let (cadet, staff) = (app.add(a_cadet()).await, app.add(a_staff_member()).await);
    let id = submitted(&app, &cadet, "Fever").await;
    let (client, resource) = (format!("{CLIENT}/{id}"), format!("{RESOURCE}/{id}"));
    for one in [app.as_admin(), app.as_staff()] {
        one.form(Method::POST, CLIENT, &letter("r")).await.is(403).message("Cadet access required");
    }
    let (cadet, staff) = (app.as_cadet(&cadet), app.as_user(staff.user_id));
    for path in [&client, &resource] {
        cadet.put(path, json!({ "status": "approved" })).await.is(403).message("Forbidden");
        cadet.delete(path).await.is(403);
        app.anonymous().put(path, json!({ "status": "approved" })).await.is(401);
        app.anonymous().delete(path).await.is(401);
        staff.put(path, json!({ "status": "rejected" })).await.is(200);
    }
    for path in [CLIENT, RESOURCE] {
        app.anonymous().get(path).await.is(401);
        app.anonymous().form(Method::POST, path, &letter("r")).await.is(401);
    }
    assert_eq!(count(&app).await, 1);
    staff.delete(&client).await.is(200).message("Deleted");
    staff.delete(&client).await.is(200).message("Deleted");
    app.as_admin().delete(&resource).await.is(404);
}
