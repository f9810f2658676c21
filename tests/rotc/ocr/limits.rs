//! Programs that are missing, or that never end.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::json;
use shared::ocr::Language;
use tests::TestApp;

use super::{SKEWED, file, pdf, program};

const PROCESS: &str = "/api/ocr/process";
const STATUS: &str = "/api/ocr/status";

#[tokio::test]
async fn the_status_tells_what_can_be_read() {
    let app = TestApp::rotc().await;
    app.as_staff().get(STATUS).await.is(200).has(json!({
        "data": { "available": true, "languages": ["eng", "fil"], "limit_pages": 3, "message": null },
    }));
}

#[tokio::test]
async fn a_missing_program_is_named_with_its_package() {
    let app = TestApp::with(|config| config.ocr.tesseract = Some("/nowhere/tesseract".into())).await;
    let message = "Text recognition needs the program tesseract: install the Debian package tesseract-ocr";
    let answer = app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await;
    answer.is(503).message(message);
    app.as_staff().get(STATUS).await.is(200).has(json!({
        "data": { "available": false, "languages": [], "message": message },
    }));

    let app = TestApp::with(|config| config.ocr.pdftoppm = "/nowhere/pdftoppm".into()).await;
    let page = [file("file", "l.pdf", &pdf(&["A page"]))];
    let answer = app.as_staff().form(Method::POST, "/api/ocr/pdf", &page).await;
    answer
        .is(503)
        .message("Text recognition needs the program pdftoppm: install the Debian package poppler-utils");
}

#[tokio::test]
async fn an_installation_may_switch_it_off() {
    let app = TestApp::with(|config| config.ocr.tesseract = None).await;
    let answer = app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await;
    answer.is(503).message("Text recognition is switched off here");
}

#[tokio::test]
async fn a_program_that_hangs_is_ended() {
    let app = TestApp::with(|config| {
        config.ocr.tesseract = program("hangs.sh");
        config.ocr.page_time = Duration::from_millis(300);
        config.ocr.at_once = 1;
    })
    .await;
    let started = Instant::now();
    for _ in 0..2 {
        let answer = app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await;
        answer.is(503).message("A page took longer than 1 second to read");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "the first left its place to the second");
}

#[tokio::test]
async fn a_request_ends_in_time_however_slow_the_pages_are_and_says_what_to_do() {
    let app = TestApp::with(|config| {
        config.ocr.tesseract = program("hangs.sh");
        config.ocr.request_time = Duration::from_millis(300);
        config.ocr.at_once = 1;
    })
    .await;
    let started = Instant::now();
    let letter = [file("file", "l.jpg", SKEWED)];
    let answer = app.as_staff().form(Method::POST, PROCESS, &letter).await;
    answer.is(503).message(
        "The document could not be read within 1 second: send fewer pages at a time, or hand it in as an excuse letter, \
         which is read in the background",
    );
    let in_job = app.app.ocr.read_in_job(SKEWED.into(), "image/jpeg", Language::ALL);
    let staff = app.as_staff();
    let answer = tokio::select! {
        // It takes the only place when it is first polled.
        biased;
        read = in_job => panic!("it hangs: {read:?}"),
        answer = staff.form(Method::POST, PROCESS, &letter) => answer,
    };
    answer.is(503).message("Other documents are being read, please try again in a minute");
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn of_a_batch_that_takes_too_long_what_was_read_is_told_and_kept() {
    let app = TestApp::with(|config| {
        config.ocr.tesseract = program("hangs_on_small.sh");
        config.ocr.request_time = Duration::from_secs(15);
    })
    .await;
    let quick = pdf(&["A page about boots"]);
    let files = [file("files", "slow.jpg", SKEWED), file("files", "quick.pdf", &quick)];
    let answer = app.as_staff().form(Method::POST, "/api/ocr/batch", &files).await;
    answer.is(200).has(json!({ "data": { "succeeded": 1, "failed": 1, "results": [{ "filename": "slow.jpg" }, { "cached": false }] } }));
    let again = app.as_staff().form(Method::POST, "/api/ocr/pdf", &[file("file", "quick.pdf", &quick)]).await;
    again.is(200).has(json!({ "data": { "cached": true } }));
}

#[tokio::test]
async fn a_batch_counts_as_many_requests_as_it_has_documents() {
    let app = TestApp::with(|config| config.ocr.tesseract = None).await;
    let files: Vec<_> = (0..6).map(|_| file("files", "l.jpg", SKEWED)).collect();
    app.as_staff().form(Method::POST, "/api/ocr/batch", &files).await.is(503);
    app.as_staff().form(Method::POST, "/api/ocr/batch", &files).await.is(429);
}

#[tokio::test]
async fn a_program_that_takes_too_much_memory_is_ended() {
    let app = TestApp::with(|config| {
        config.ocr.tesseract = program("greedy.sh");
        config.ocr.page_memory_mb = 64;
    })
    .await;
    let answer = app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await;
    answer.is(400).message("The document cannot be read");
}

#[tokio::test]
async fn nobody_may_ask_all_the_time() {
    let app = TestApp::with(|config| config.ocr.tesseract = None).await;
    for _ in 0..10 {
        app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await.is(503);
    }
    app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await.is(429);
}
