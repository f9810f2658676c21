//! The text of excuse letters.

use http::Method;
use serde_json::{Value, json};
use tests::{Cadet, TestApp, a_cadet};

use super::{FILIPINO, field, file, pdf, program};

const LETTERS: &str = "/api/excuse-letters";

async fn submit(app: &TestApp, cadet: &Cadet, name: &str, body: &[u8]) -> i64 {
    let parts = [
        field("date_absent", "2026-02-01"),
        field("reason", format!("r {name}").as_str()),
        file("file", name, body),
    ];
    let made = app.as_cadet(cadet).form(Method::POST, LETTERS, &parts).await.is(201).json();
    assert_eq!(made["data"]["ocr_text"], Value::Null);
    made["data"]["id"].as_i64().expect("an id")
}

async fn shown(app: &TestApp, id: i64) -> Value {
    let listed = app.as_staff().get(LETTERS).await.is(200).json();
    let letters = listed["data"].as_array().cloned().unwrap_or_default();
    letters.into_iter().find(|letter| letter["id"] == id).unwrap_or_default()
}

async fn texts(app: &TestApp) -> i64 {
    app.value("SELECT count(*) FROM muster.letter_texts", &[]).await
}

#[tokio::test]
async fn a_letter_is_read_after_it_is_submitted() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let id = submit(&app, &cadet, "l.jpg", FILIPINO).await;

    app.work().await;

    let letter = shown(&app, id).await;
    assert!(letter["ocr_text"].as_str().is_some_and(|text| text.contains("Niño Bañez")), "{letter}");
    assert!(letter["ocr_confidence"].as_f64().is_some_and(|confidence| confidence > 80.0), "{letter}");
    assert_eq!(letter["ocr_processed_at"], "2026-02-02T08:00:00.000Z");
    let told = "SELECT count(*) FROM audit_logs WHERE payload::text LIKE '%Bañez%'";
    assert_eq!(app.value::<i64>(told, &[]).await, 0);
    let told = "SELECT count(*) FROM muster.jobs WHERE result::text LIKE '%Bañez%'";
    assert_eq!(app.value::<i64>(told, &[]).await, 0);

    app.as_staff().delete(&format!("{LETTERS}/{id}")).await.is(204);
    assert_eq!(texts(&app).await, 0, "the text goes with the letter");
}

#[tokio::test]
async fn another_file_is_read_again() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let id = submit(&app, &cadet, "l.pdf", &pdf(&["A page about boots"])).await;
    app.work().await;
    assert_eq!(shown(&app, id).await["ocr_text"], "A page about boots");

    let parts = [
        field("type", "excuse_letter"),
        field("entity_id", &id.to_string()),
        file("file", "m.pdf", &pdf(&["A page about drums"])),
    ];
    app.as_cadet(&cadet).form(Method::POST, "/api/upload", &parts).await.is(201);
    assert_eq!(shown(&app, id).await["ocr_text"], Value::Null, "the old text is not that of the new file");
    app.work().await;
    assert_eq!(shown(&app, id).await["ocr_text"], "A page about drums");
}

#[tokio::test]
async fn the_staff_may_have_a_letter_read_again() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let id = submit(&app, &cadet, "l.pdf", &pdf(&["A page about boots"])).await;
    app.work().await;
    app.execute("DELETE FROM muster.letter_texts", &[]).await;
    let again = format!("{LETTERS}/{id}/process-ocr");

    let answer = app.as_staff().post(&again, json!({})).await;
    answer.is(202).has(json!({
        "success": true, "message": "OCR processing queued", "data": { "excuse_letter_id": id },
    }));
    assert!(answer.json()["data"]["task_id"].is_string());
    app.work().await;
    assert_eq!(shown(&app, id).await["ocr_text"], "A page about boots");

    app.as_cadet(&cadet).post(&again, json!({})).await.is(403);
    app.as_staff().post(&format!("{LETTERS}/1/process-ocr"), json!({})).await.is(404);
    let body = json!({ "cadet_id": cadet.id, "date_absent": "2026-01-31", "reason": "no file" });
    let made = app.as_staff().post(LETTERS, body).await.is(201).json();
    let answer =
        app.as_staff().post(&format!("{LETTERS}/{}/process-ocr", made["data"]["id"]), json!({})).await;
    answer.is(400).message("No file attached to this excuse letter");
}

#[tokio::test]
async fn a_letter_that_cannot_be_read_keeps_no_text_and_is_tried_again() {
    let app = TestApp::with(|config| {
        config.ocr.tesseract = program("hangs.sh");
        config.ocr.page_time = std::time::Duration::from_millis(200);
    })
    .await;
    let cadet = app.add(a_cadet()).await;
    submit(&app, &cadet, "l.pdf", &pdf(&["A page about boots"])).await;
    assert_eq!(app.work().await.postponed, 1);
    assert_eq!(texts(&app).await, 0);
}

#[tokio::test]
async fn a_letter_stays_large_enough_to_be_read() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let large = image::DynamicImage::ImageLuma8(image::GrayImage::from_fn(3_000, 400, |x, y| {
        image::Luma([u8::try_from((x * y) % 251).unwrap_or_default()])
    }));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    large.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a JPEG");
    let id = submit(&app, &cadet, "l.jpg", jpeg.get_ref()).await;
    app.work().await;
    let address = shown(&app, id).await["file_url"].as_str().unwrap_or_default().to_owned();
    let stored = app.app.files.get(&address).await.expect("the store answers").expect("the letter");
    let picture = image::load_from_memory(&stored.body).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (2_400, 320));
}
