//! What the server holds while people send as much as they can.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tests::{Server, TestApp, a_cadet, field};

use super::file;

const MB: usize = 1024 * 1024;

/// What ROTC may hold, without the database; a build without optimization holds some tens of megabytes more, as more of it runs
/// at once where tests compete for the processors. The most that was seen is noted in `docs/security.md`.
const MOST: usize = if cfg!(debug_assertions) { 350 * MB } else { 300 * MB };

/// A plain picture of 39.7 megapixels in some hundred kilobytes.
fn large_picture() -> Vec<u8> {
    use image::{ImageEncoder, codecs::jpeg::JpegEncoder};
    let mut bytes = Vec::new();
    let pixels = image::RgbImage::from_pixel(7_968, 4_984, image::Rgb([200, 60, 60]));
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 40);
    encoder.write_image(&pixels, 7_968, 4_984, image::ExtendedColorType::Rgb8).expect("a JPEG");
    bytes
}

#[tokio::test]
async fn large_pictures_and_many_large_forms_at_once_stay_within_the_memory_of_a_small_host() {
    let app = TestApp::rotc().await;
    let folder = tempfile::tempdir().expect("a folder");
    let variables = vec![
        ("DATABASE_URL", app.database_url().to_owned()),
        ("MUSTER_ENV", "production".to_owned()),
        ("FILES_DIR", folder.path().display().to_string()),
    ];
    let server = Server::start_system("muster", "rotc", variables).await;
    let mut tokens = Vec::new();
    for _ in 0..20 {
        let cadet = app.add(a_cadet().with_password("secret")).await;
        let login = json!({ "username": cadet.student_id, "password": "secret" });
        let signed_in = server.post("/api/auth/login", None, &login).await;
        tokens.push((signed_in["token"].as_str().expect("a token").to_owned(), cadet.id));
    }

    // Whoever has handed in their profile cannot change the picture any more.
    app.execute("UPDATE cadets SET is_profile_completed = FALSE", &[]).await;
    let picture = large_picture();
    let (token, cadet) = &tokens[0];
    let form = [
        field("type", "profile_pic"),
        field("entity_id", &cadet.to_string()),
        file("file", "a.jpg", &picture),
    ];
    let pictures = join_all((0..8).map(|_| server.form("/api/upload", token, &form))).await;
    assert!(pictures.contains(&201), "{pictures:?}");
    let waiting = "SELECT count(*) FROM muster.jobs WHERE status IN ('queued', 'running')";
    let done = async {
        while app.value::<i64>(waiting, &[]).await > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(120), done).await.expect("the pictures are made small");

    let letter = [&b"%PDF-1.4\n"[..], &vec![b' '; 19 * MB], b"%%EOF"].concat();
    let form = [field("type", "excuse_letter"), file("file", "a.pdf", &letter)];
    let letters = join_all(tokens.iter().map(|(token, _)| server.form("/api/upload", token, &form))).await;
    assert!(letters.iter().all(|status| [201, 503].contains(status)), "{letters:?}");
    assert!(letters.contains(&201), "{letters:?}");

    let peak = server.peak_memory();
    println!("peak: {} MB", peak / MB);
    assert!(peak < MOST, "{} MB", peak / MB);
}
