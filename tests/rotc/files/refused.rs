//! What no upload takes, tried on every path that takes files.

use http::Method;
use serde_json::json;
use tests::{Cadet, Client, Part, TestApp, a_cadet};

use super::{AVATAR, LETTER, field, file, photo, stored};

/// A path that takes a file, in which field, and what else it wants.
struct Door<'a> {
    who: Client<'a>,
    method: Method,
    url: String,
    field: &'static str,
    rest: Vec<Part>,
    documents: bool,
}

/// What else a letter needs.
fn letter() -> Vec<Part> {
    vec![field("date_absent", "2026-02-02"), field("reason", "ill")]
}

/// A door that takes documents too.
fn letter_door(door: Door<'_>) -> Door<'_> {
    Door { documents: true, ..door }
}

async fn doors<'a>(app: &'a TestApp, cadet: &Cadet) -> Vec<Door<'a>> {
    let door = |who: Client<'a>, method, url: &str, field, rest: Vec<Part>| Door {
        who: who.quiet(),
        method,
        url: url.to_owned(),
        field,
        documents: rest.iter().any(|part| matches!(part, Part::Field(_, value) if value == "excuse_letter")),
        rest,
    };
    let owner = || app.as_cadet(cadet);
    let cadet_url = format!("/api/cadets/{}", cadet.id);
    let client_url = format!("/api/admin/cadets/{}", cadet.id);
    vec![
        door(owner(), Method::PUT, "/api/cadet/profile", "profilePic", vec![]),
        door(app.as_admin(), Method::PUT, &cadet_url, "profile_pic", vec![]),
        door(app.as_admin(), Method::PUT, &client_url, "profilePic", vec![]),
        door(app.as_admin(), Method::PUT, "/api/admin/profile", "profilePic", vec![]),
        door(owner(), Method::POST, "/api/auth/settings/background", "image", vec![]),
        door(app.as_staff(), Method::POST, "/api/staff/profile/photo", "image", vec![]),
        door(app.as_staff(), Method::POST, "/api/admin/activities", "images", vec![field("title", "Run")]),
        letter_door(door(owner(), Method::POST, "/api/excuse", "file", letter())),
        letter_door(door(owner(), Method::POST, "/api/excuse-letters", "file", letter())),
        door(owner(), Method::POST, "/api/upload", "file", vec![field("type", "profile_pic")]),
        door(owner(), Method::POST, "/api/upload", "file", vec![field("type", "excuse_letter")]),
        door(app.as_staff(), Method::POST, "/api/upload", "file", vec![field("type", "activity_image")]),
    ]
}

/// A PNG whose header claims this size.
fn claiming(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = AVATAR.to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = !0_u32;
    for byte in &bytes[12..29] {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    bytes[29..33].copy_from_slice(&(!crc).to_be_bytes());
    bytes
}

fn bad_files() -> Vec<(&'static str, Vec<u8>)> {
    let png = AVATAR.to_vec();
    vec![
        ("photo.pdf", png.clone()),
        ("photo.docx", png.clone()),
        ("letter.png", LETTER.to_vec()),
        ("photo.php.png", png.clone()),
        ("photo.png.exe", png.clone()),
        ("../../photo.png", png.clone()),
        ("..\\photo.png", png.clone()),
        ("/etc/photo.png", png.clone()),
        ("photo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec()),
        ("page.html", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("photo.png", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("photo.png", [png.as_slice(), b"<html><script>alert(1)</script></html>"].concat()),
        ("photo.jpg", [photo(20, 20).as_slice(), b"<HTML><BODY onload=alert(1)>"].concat()),
        ("photo.png", Vec::new()),
        ("photo.png", claiming(10_000, 5_000)),
        ("photo.png", claiming(6_000, 6_000)),
        ("photo.png", claiming(100_000, 2)),
        ("photo.png", png[..png.len() - 20].to_vec()),
        ("archive.zip", b"PK\x03\x04 an archive".to_vec()),
        ("program.exe", b"MZ\x90\0".to_vec()),
    ]
}

#[tokio::test]
async fn every_upload_path_refuses_what_is_no_honest_picture_or_letter() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET is_profile_completed = FALSE", &[]).await;

    for door in doors(&app, &cadet).await {
        for (name, body) in bad_files() {
            let mut parts = door.rest.clone();
            parts.push(file(door.field, name, &body));
            let answer = door.who.form(door.method.clone(), &door.url, &parts).await;
            assert_eq!(answer.status(), 400, "{} {} took {name}: {}", door.method, door.url, answer.text());
            assert!(answer.json()["message"].as_str().is_some_and(|text| !text.is_empty()));
        }
        if !door.documents {
            let mut parts = door.rest.clone();
            parts.push(file(door.field, "letter.pdf", LETTER));
            door.who.form(door.method.clone(), &door.url, &parts).await.is(400);
        }
    }

    assert_eq!(stored(&app).await, Vec::<String>::new(), "nothing is stored of a refused request");
    let written =
        "SELECT (SELECT count(*) FROM muster.uploads) + (SELECT count(*) FROM muster.file_references())";
    assert_eq!(app.value::<i64>(written, &[]).await, 0);
}

#[tokio::test]
async fn every_upload_path_refuses_what_is_too_large_or_cut() {
    let app = TestApp::with(|config| config.rate_limits = false).await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET is_profile_completed = FALSE", &[]).await;
    let large = [AVATAR, &vec![0; 20 * 1024 * 1024]].concat();

    for door in doors(&app, &cadet).await {
        let mut parts = door.rest.clone();
        parts.push(file(door.field, "photo.png", &large));
        door.who.form(door.method.clone(), &door.url, &parts).await.is(413);
        let head = format!(
            "--cut\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"a.png\"\r\n\r\n",
            door.field
        );
        let body = [head.as_bytes(), &AVATAR[..60]].concat();
        let kind = "multipart/form-data; boundary=cut";
        door.who.send(door.method.clone(), &door.url, Some(kind), body).await.is(400);
    }

    assert_eq!(stored(&app).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_store_that_is_down_is_said_so_and_nothing_is_written() {
    let app = TestApp::with(|config| {
        config.rate_limits = false;
        config.files.aws.endpoint = Some("http://127.0.0.1:9".to_owned());
    })
    .await;
    let cadet = app.add(a_cadet()).await;
    app.execute("UPDATE cadets SET is_profile_completed = FALSE", &[]).await;

    for door in doors(&app, &cadet).await {
        let mut parts = door.rest.clone();
        parts.push(file(door.field, "photo.png", AVATAR));
        let answer = door.who.form(door.method.clone(), &door.url, &parts).await;
        answer.is(503).has(json!({ "message": answer.json()["message"] }));
    }

    let written =
        "SELECT (SELECT count(*) FROM muster.uploads) + (SELECT count(*) FROM muster.file_references())
                   + (SELECT count(*) FROM muster.jobs)";
    assert_eq!(app.value::<i64>(written, &[]).await, 0);
}
