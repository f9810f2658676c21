//! Files that offices keep of their decisions.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Value, json};
use tests::{Part, TestApp};

use crate::people::{OFFICES, agree, approval, ask, asked, client, decide, id, text, university};

const PDF: &[u8] = b"%PDF-1.4\nx";

fn file(name: &str, body: &[u8]) -> Part {
    Part::File("evidence_file".to_owned(), name.to_owned(), "application/pdf".to_owned(), body.to_vec())
}

async fn send(app: &TestApp, part: Part) -> tests::Answer {
    let path = format!("/api/approvals/{}/", id("appr.S05.LIBRARY"));
    client(app, "staff:LIBRARY").form(Method::PATCH, &path, &[part]).await
}

/// The path of an absolute link.
fn path(link: &Value) -> String {
    let link = text(link);
    link.get(link.find("/media/").expect("a link to a file")..).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn files_are_taken_by_their_content() {
    let app = university().await;
    let kinds = json!({ "evidence_file": ["Only PDF, JPEG and PNG files are allowed"] });
    let png = {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(4, 4).write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
        bytes.into_inner()
    };
    send(&app, file("scan.pdf", PDF)).await.is(200);
    send(&app, file("scan.png", &png)).await.is(200);
    let broken = [png.get(..40).unwrap_or_default(), b"\0\0\0\0IEND\xaeB`\x82"].concat();
    for (name, body) in [
        ("receipt.pdf", &b"<!doctype html><script>alert(1)</script>"[..]),
        ("receipt.pdf", b"MZ\x90\0\x03"),
        ("receipt.pdf.exe", PDF),
        ("receipt.exe.pdf", PDF),
        ("receipt.png", PDF),
        ("receipt.png", &broken),
        ("receipt.docx", b"PK\x03\x04"),
    ] {
        send(&app, file(name, body)).await.is(400).has(kinds.clone());
    }
    send(&app, file("a.pdf", b""))
        .await
        .is(400)
        .has(json!({ "evidence_file": ["The submitted file is empty."] }));
    let full = |bytes: usize| [PDF, &vec![b'x'; bytes - PDF.len()]].concat();
    send(&app, file("a.pdf", &full(5 * 1024 * 1024))).await.is(200);
    let large = json!({ "evidence_file": ["File size cannot exceed 5MB"] });
    send(&app, file("a.pdf", &full(5 * 1024 * 1024 + 1))).await.is(400).has(large);
    send(&app, file("a.pdf", &full(7 * 1024 * 1024))).await.is(413);
    send(&app, Part::Field("evidence_file".to_owned(), "text".to_owned())).await.is(400);
    app.work().await;
    assert_eq!(app.stored_files().len(), 1, "the others are gone with their rows");
}

#[tokio::test]
async fn links_hold_a_quarter_of_an_hour_and_then_only_for_those_who_see_the_approval() {
    let app = university().await;
    let link = path(&send(&app, file("Büchér.pdf", PDF)).await.is(200).json()["evidence_file"]);
    let answer = app.anonymous().get(&link).await;
    answer.is(200);
    assert_eq!(answer.bytes().as_ref(), PDF);
    assert!(answer.header("content-disposition").starts_with("attachment"));
    assert_eq!(
        (answer.header("x-content-type-options"), answer.header("content-type")),
        ("nosniff", "application/pdf")
    );
    let bare = link.split('?').next().unwrap_or_default().to_owned();
    app.anonymous().get(&bare).await.is(401);
    app.anonymous().get(&link.replace("sig=", "sig=0")).await.is(401);
    app.anonymous().get(&link.replace("exp=1", "exp=2")).await.is(401);
    for (who, status) in [
        ("staff:LIBRARY", 200),
        ("student:S05", 200),
        ("admin", 200),
        ("staff:MESS", 404),
        ("student:S06", 404),
        ("staff:NONE", 404),
    ] {
        client(&app, who).get(&bare).await.is(status);
    }
    app.clock.advance(TimeDelta::minutes(15));
    app.anonymous().get(&link).await.is(401);
    client(&app, "admin").get(&bare.replace("/media/evidence/", "/media/receipts/")).await.is(404);
    client(&app, "admin").get("/media/evidence/00000000000000000000000000000000.pdf").await.is(404);
    client(&app, "admin").get("/media/evidence/..%2f..%2fsecret").await.is(404);
    let downloads: i64 = app
        .value(
            "SELECT count(*) FROM audit_logs WHERE action = 'other' AND entity_id = $1",
            &[&id("appr.S05.LIBRARY")],
        )
        .await;
    assert_eq!(downloads, 4);
}

#[tokio::test]
async fn evidence_comes_with_a_decision_and_stays_with_one_that_is_carried_over() {
    let app = university().await;
    let request = asked(&app, "S01").await;
    let library = approval(&app, &request, "LIBRARY").await;
    let parts = [file("scan.pdf", PDF), tests::field("notes", "All returned")];
    let route = format!("/api/approvals/{library}/approve/");
    let answer = client(&app, "staff:LIBRARY").form(Method::POST, &route, &parts).await;
    answer.is(200).has(json!({ "notes": "All returned" }));
    client(&app, "staff:LIBRARY").form(Method::POST, &route, &parts).await.is(400);
    assert_eq!(app.stored_files().len(), 1, "nothing is kept of what was refused");
    decide(&app, &request, "MESS", "reject").await.is(200);
    let again = asked(&app, "S01").await;
    client(&app, "admin").delete(&format!("/api/clearances/{request}/")).await.is(204);
    let carried = approval(&app, &again, "LIBRARY").await;
    let detail = client(&app, "student:S01").get(&format!("/api/approvals/{carried}/")).await.is(200).json();
    app.work().await;
    app.anonymous().get(&path(&detail["evidence_file"])).await.is(200);
}

#[tokio::test]
async fn bodies_without_a_file_stay_small() {
    let app = university().await;
    let body = json!({ "notes": "x".repeat(2 * 1024 * 1024), "approval_ids": [], "action": "approve" });
    client(&app, "staff:LIBRARY").post("/api/approvals/bulk_approve/", body).await.is(413);
    let request = text(&ask(&app, "S01").await.is(201).json()["id"]);
    agree(&app, &request, &OFFICES).await;
}

#[tokio::test]
async fn saved_approval_takes_notes_and_ignores_what_it_names() {
    let app = university().await;
    let path = format!("/api/approvals/{}/", id("appr.S05.LIBRARY"));
    let body = json!({ "clearance_request": id("req.S06"), "department": id("dept.MESS"), "notes": "One book is due",
                       "status": "approved" });
    let saved = client(&app, "staff:LIBRARY").put(&path, body).await;
    saved
        .is(200)
        .has(json!({ "notes": "One book is due", "status": "pending", "department_code": "LIBRARY" }));
    client(&app, "staff:LIBRARY").put(&path, json!({ "notes": "x" })).await.is(400);
}
