//! Stored files as tests look at them: what is there, and a storage that is down.

use std::collections::BTreeSet;

use shared::App;
pub use tests::field;
use tests::{Part, TestApp};

/// Pictures and letters that are what their names say.
pub const PNG: &[u8] = include_bytes!("recordings/files/act1.png");
pub const JPEG: &[u8] = include_bytes!("recordings/files/act2.jpg");
pub const PDF: &[u8] = include_bytes!("recordings/files/letter.pdf");

/// A file of a form.
pub fn file(field: &str, name: &str, body: &[u8]) -> Part {
    Part::File(field.to_owned(), name.to_owned(), "application/octet-stream".to_owned(), body.to_vec())
}

/// Every file in the storage of this test, by address.
pub async fn stored(app: &App) -> BTreeSet<String> {
    let mut addresses = BTreeSet::new();
    for store in app.files.stores() {
        let listing = store.list(None).await.expect("the storage lists its files");
        addresses.extend(listing.files.into_iter().map(|file| file.address));
    }
    addresses
}

/// Files that must never be stored, under names of pictures.
pub fn refused_files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec()),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec()),
        ("a.html", b"<!doctype html><script>x()</script>".to_vec()),
        ("a.jpg", b"<!doctype html><script>x()</script>".to_vec()),
        ("a.png", Vec::new()),
        ("a.pdf", PNG.to_vec()),
        ("a.html.png", PNG.to_vec()),
        ("a.png", PNG[..PNG.len() / 2].to_vec()),
    ]
}

/// A system whose storage nobody can reach, and a part of it that can: what comes back later.
pub async fn down() -> (TestApp, App) {
    let closed = std::net::TcpListener::bind(("127.0.0.1", 0)).and_then(|port| port.local_addr());
    let closed = closed.expect("a port that nobody listens to");
    let mut reachable = None;
    let app = TestApp::with(|config| {
        reachable = Some(config.clone());
        config.files.aws.endpoint = Some(format!("http://{closed}"));
    })
    .await;
    let later = App::with_clock(&rotc::SYSTEM, reachable.expect("a configuration"), app.clock.clone());
    (app, later)
}
