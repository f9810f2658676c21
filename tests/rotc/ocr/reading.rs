//! What the routes answer.

use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet};

use super::{FILIPINO, SKEWED, UPSIDE_DOWN, field, file, pdf, program};

const PROCESS: &str = "/api/ocr/process";
const PDF: &str = "/api/ocr/pdf";
const BATCH: &str = "/api/ocr/batch";
const URL: &str = "/api/ocr/document-url";
const CACHE: &str = "/api/ocr/cache";

#[tokio::test]
async fn a_crooked_photo_is_read_and_each_word_has_a_confidence() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;

    let answer = app.as_cadet(&cadet).form(Method::POST, PROCESS, &[file("file", "l.jpg", SKEWED)]).await;
    let read = answer.is(200).json()["data"].clone();

    let text = read["text"].as_str().unwrap_or_default();
    assert!(text.contains("Bravo Company, 2nd Platoon"), "{text}");
    assert!(text.contains("a fever of 39.5 degrees since Thursday"), "{text}");
    assert!(read["confidence"].as_f64().is_some_and(|confidence| confidence > 85.0), "{read}");
    assert_eq!((&read["language"], &read["cached"]), (&json!("eng"), &json!(false)));
    let words = read["words"].as_array().expect("words");
    assert_eq!(read["word_count"], words.len());
    assert_eq!(words[0]["text"], "Excuse");
    assert!(words.iter().all(|word| word["confidence"].as_f64().is_some_and(|c| (0.0..=100.0).contains(&c))));
}

#[tokio::test]
async fn filipino_is_read_with_its_letters() {
    let app = TestApp::rotc().await;
    let parts = [field("language", "fil"), file("file", "l.jpg", FILIPINO)];
    let read = app.as_staff().form(Method::POST, PROCESS, &parts).await.is(200).json();
    let text = read["data"]["text"].as_str().unwrap_or_default().to_owned();
    for word in ["Niño", "Bañez", "Señora", "Doña", "Ibañez", "sapagkat"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    assert_eq!(read["data"]["language"], "fil");
}

#[tokio::test]
async fn a_page_on_its_head_is_turned() {
    let app = TestApp::rotc().await;
    let read = app.as_staff().form(Method::POST, PROCESS, &[file("file", "l.jpg", UPSIDE_DOWN)]).await;
    assert!(read.is(200).text().contains("school physician"), "{read}");
}

#[tokio::test]
async fn each_page_of_a_pdf_is_read() {
    let app = TestApp::rotc().await;
    let document = pdf(&["First comes a page about boots", "Then follows a page about drums"]);

    let answer = app.as_staff().form(Method::POST, PDF, &[file("file", "l.pdf", &document)]).await;
    let read = answer.is(200).json()["data"].clone();

    assert_eq!(read["text"], "First comes a page about boots\n\nThen follows a page about drums");
    assert_eq!((&read["total_pages"], &read["word_count"]), (&json!(2), &json!(12)));
    assert_eq!(read["pages"][1]["page_number"], 2);
    assert_eq!(read["pages"][1]["text"], "Then follows a page about drums");
    let mean = |page: usize| read["pages"][page]["confidence"].as_f64().unwrap_or_default();
    let average = read["avg_confidence"].as_f64().unwrap_or_default();
    assert!((average - (mean(0) + mean(1)) / 2.0).abs() < 0.11, "{read}");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused() {
    let app = TestApp::rotc().await;
    let word = b"PK\x03\x04 [Content_Types].xml word/document.xml PK\x05\x06".as_slice();
    let broken = b"%PDF-1.4\nnothing\n%%EOF\n".as_slice();
    let long = pdf(&["one", "two", "three", "four"]);
    let cases: [(&str, Vec<tests::Part>, &str); 8] = [
        (PROCESS, vec![], "No file was submitted."),
        (PROCESS, vec![file("image", "l.jpg", SKEWED)], "Unexpected field"),
        (PROCESS, vec![file("file", "l.docx", word)], "Only JPEG, PNG, WebP, GIF and PDF can be read"),
        (PROCESS, vec![file("file", "l.pdf", broken)], "Send a PDF to /api/ocr/pdf"),
        (
            PROCESS,
            vec![field("language", "rus"), file("file", "l.jpg", SKEWED)],
            "language must be eng, fil or eng+fil",
        ),
        (PDF, vec![file("file", "l.jpg", SKEWED)], "Send a picture to /api/ocr/process"),
        (PDF, vec![file("file", "l.pdf", broken)], "The document cannot be read"),
        (PDF, vec![file("file", "l.pdf", &long)], "A document may have at most 3 pages"),
    ];
    for (path, parts, message) in cases {
        app.as_staff().form(Method::POST, path, &parts).await.is(400).message(message);
    }
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.ocr_results", &[]).await, 0);
}

#[tokio::test]
async fn a_batch_tells_of_each_document() {
    let app = TestApp::rotc().await;
    let parts = [
        file("files", "first.pdf", &pdf(&["A page about boots"])),
        file("files", "page.html", b"<html>"),
        file("files", "photo.jpg", SKEWED),
    ];
    let read = app.as_staff().form(Method::POST, BATCH, &parts).await.is(200).json()["data"].clone();

    assert_eq!((&read["total"], &read["succeeded"], &read["failed"]), (&json!(3), &json!(2), &json!(1)));
    assert_eq!(read["results"][0]["filename"], "first.pdf");
    assert_eq!(read["results"][0]["text"], "A page about boots");
    assert!(read["results"][1]["error"].as_str().is_some_and(|error| !error.is_empty()), "{read}");
    assert_eq!(read["results"][1].get("text"), None);
    assert!(read["results"][2]["text"].as_str().is_some_and(|text| text.contains("Platoon")), "{read}");

    let many = vec![file("files", "l.jpg", SKEWED); 11];
    app.as_staff().form(Method::POST, BATCH, &many).await.is(400);
    app.as_staff().form(Method::POST, BATCH, &[]).await.is(400);
}

#[tokio::test]
async fn a_result_is_kept_a_day_for_the_one_who_asked() {
    let counted = std::env::temp_dir().join(format!("muster-ocr-runs-{}", std::process::id()));
    let _none = std::fs::remove_file(&counted);
    let app = TestApp::with(|config| {
        config.ocr.tesseract = program("counts.sh");
        config.ocr.environment.push(("COUNT_TO", counted.display().to_string()));
    })
    .await;
    let runs = || std::fs::read_to_string(&counted).unwrap_or_default().lines().count();
    let (one, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let page = [file("file", "l.pdf", &pdf(&["A page about boots"]))];
    let read = async |cadet: &tests::Cadet| {
        app.as_cadet(cadet).form(Method::POST, PDF, &page).await.is(200).json()["data"].clone()
    };

    let first = read(&one).await;
    let after_first = runs();
    assert!(after_first > 0);
    let second = read(&one).await;
    assert_eq!(runs(), after_first, "the program has not run again");
    assert_eq!((&first["cached"], &second["cached"]), (&json!(false), &json!(true)));
    assert_eq!(first["pages"], second["pages"]);
    assert_eq!(read(&other).await["cached"], false, "nobody learns what others have read");

    app.clock.advance(chrono::TimeDelta::hours(25));
    shared::jobs::plan(&app.app, rotc::SYSTEM.jobs).await.expect("the jobs are planned");
    app.work().await;
    assert_eq!(app.value::<i64>("SELECT count(*) FROM muster.ocr_results", &[]).await, 0);
    let _gone = std::fs::remove_file(&counted);
}

#[tokio::test]
async fn everybody_clears_their_own_results_and_an_admin_all() {
    let app = TestApp::rotc().await;
    let (one, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let page = [file("file", "l.pdf", &pdf(&["A page about boots"]))];
    for cadet in [&one, &other] {
        app.as_cadet(cadet).form(Method::POST, PDF, &page).await.is(200);
    }
    app.as_cadet(&one).delete(CACHE).await.is(200).has(json!({ "data": { "cleared": 1 } }));
    app.as_admin().delete(CACHE).await.is(200).has(json!({ "data": { "cleared": 1 } }));
}

#[tokio::test]
async fn only_files_stored_here_are_read_by_address() {
    let app = TestApp::rotc().await;
    let (cadet, other) = (app.add(a_cadet()).await, app.add(a_cadet()).await);
    let parts = [field("type", "excuse_letter"), file("file", "l.pdf", &pdf(&["A page about boots"]))];
    let sent = app.as_cadet(&cadet).form(Method::POST, "/api/upload", &parts).await.is(201).json();
    let url = sent["data"]["url"].clone();

    let read = app.as_cadet(&cadet).post(URL, json!({ "url": url })).await;
    read.is(200).has(json!({ "data": { "text": "A page about boots", "url": url } }));
    app.as_staff().post(URL, json!({ "url": url, "language": "eng+fil" })).await.is(200);
    app.as_cadet(&other).post(URL, json!({ "url": url })).await.is(404);
    let elsewhere =
        ["http://169.254.169.254/latest/meta-data", "https://example.test/a.png", "/etc/passwd", "x"];
    for url in elsewhere {
        let answer = app.as_admin().post(URL, json!({ "url": url })).await;
        answer.is(400).message("url must be the address of a file that is stored here");
    }
    app.as_admin().post(URL, json!({ "url": "/uploads/gone.png" })).await.is(404);
    app.as_admin().post(URL, json!({})).await.is(400);
}

#[tokio::test]
async fn the_text_stands_in_no_audit_row() {
    let app = TestApp::rotc().await;
    let page = [file("file", "l.pdf", &pdf(&["Confidential boots"]))];
    app.as_staff().form(Method::POST, PDF, &page).await.is(200);
    let told = "SELECT count(*) FROM audit_logs WHERE payload::text ILIKE '%boots%'";
    assert_eq!(app.value::<i64>(told, &[]).await, 0);
}
