//! Files people send, and what becomes of them.

mod cloudinary;
mod direct;
mod images;
mod jobs;
mod memory;
mod refused;
mod systems;
mod upload;

use tests::{Part, TestApp, field};

/// A small picture.
const AVATAR: &[u8] = include_bytes!("../recordings/files/avatar.png");

/// The smallest letter.
const LETTER: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/// A file part.
fn file(field: &str, name: &str, body: &[u8]) -> Part {
    Part::File(field.to_owned(), name.to_owned(), "application/octet-stream".to_owned(), body.to_vec())
}

/// The addresses of everything that is stored.
async fn stored(app: &TestApp) -> Vec<String> {
    let store = app.app.files.stores().next().expect("a store");
    let listing = store.list(None).await.expect("the store answers");
    listing.files.into_iter().map(|file| file.address).collect()
}

/// A photo as a camera writes it: large, on its side, with notes about itself.
fn photo(width: u32, height: u32) -> Vec<u8> {
    use image::{ImageEncoder, codecs::jpeg::JpegEncoder};
    let pixels = image::RgbImage::from_fn(width, height, |x, y| {
        image::Rgb([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8])
    });
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
    encoder.set_exif_metadata(exif).expect("JPEG takes metadata");
    pixels.write_with_encoder(encoder).expect("a JPEG");
    bytes
}
