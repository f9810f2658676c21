//! Documents to print, and certificates.

mod batches;
mod certificates;
mod documents;

use std::{fs, process::Command};

use tests::TestApp;

/// The text of a PDF as poppler reads it, page by page.
fn pages(pdf: &[u8]) -> Vec<String> {
    let told = with_file(pdf, |file| {
        Command::new("pdftotext").args(["-layout", "-enc", "UTF-8", file, "-"]).output()
    });
    let told = told.expect("pdftotext (Debian: poppler-utils)");
    assert!(told.status.success() && told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
    let text = String::from_utf8(told.stdout).expect("UTF-8");
    text.split('\u{c}').map(str::to_owned).filter(|page| !page.is_empty()).collect()
}

/// The text of the QR code on the first page, as a phone reads it.
fn qr_code(pdf: &[u8]) -> String {
    let told = with_file(pdf, |file| {
        Command::new("pdftoppm").args(["-r", "150", "-gray", "-png", "-f", "1", "-l", "1", file]).output()
    });
    let picture =
        image::load_from_memory_with_format(&told.expect("pdftoppm").stdout, image::ImageFormat::Png);
    let picture = picture.expect("a picture").to_luma8();
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let light = |x: usize, y: usize| picture.as_raw()[y * width + x];
    let mut search = rqrr::PreparedImage::prepare_from_greyscale(width, height, light);
    let codes = search.detect_grids();
    assert_eq!(codes.len(), 1, "one code on the page");
    codes[0].decode().expect("a readable code").1
}

fn with_file<T>(pdf: &[u8], look: impl FnOnce(&str) -> T) -> T {
    let name = format!("muster-{}-{:?}.pdf", std::process::id(), std::thread::current().id());
    let file = std::env::temp_dir().join(name);
    fs::write(&file, pdf).expect("a file");
    let seen = look(file.to_str().expect("a path"));
    fs::remove_file(&file).expect("the file");
    seen
}

/// How often a report was logged.
async fn logged(app: &TestApp, operation: &str, report: &str) -> i64 {
    app.value(
        "SELECT count(*) FROM audit_logs WHERE table_name = 'reports' AND operation = $1 AND payload ->> 'report' = $2",
        &[&operation, &report],
    )
    .await
}

/// An activity of this type.
async fn activity(app: &TestApp, title: &str, kind: &str) -> i32 {
    app.value(
        "INSERT INTO activities (title, type, date) VALUES ($1, $2, '2026-01-14') RETURNING id",
        &[&title, &kind],
    )
    .await
}
