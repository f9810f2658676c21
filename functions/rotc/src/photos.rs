//! Pictures people upload: what they are is read from their bytes, never from a name or a claimed type.

use std::io::Cursor;

use bytes::Bytes;
use image::{ImageFormat, ImageReader, Limits};
use shared::{
    App, Error, Result,
    error::{invalid, too_large},
};

/// Bytes of one picture.
pub const LIMIT_BYTES: usize = 20 * 1024 * 1024;

/// Bytes of a form that carries one picture: for `DefaultBodyLimit::max` on its route.
pub const FORM_LIMIT_BYTES: usize = LIMIT_BYTES + 1024 * 1024;

/// Pixels of one side, so that no viewer is asked to open a bomb.
const LONGEST_SIDE: u32 = 8_000;

/// Pixels of the whole picture.
const MOST_PIXELS: u64 = 50_000_000;

/// Stores a picture and tells its path, `/uploads/<prefix>-<32 hex digits>.<extension>`.
///
/// PNG, JPEG, WebP and GIF only: anything a browser would run (SVG, HTML) is refused with 400, more than
/// [`LIMIT_BYTES`] with 413. Store before the change of the database, and [`forget`] if that fails.
pub async fn store(app: &App, prefix: &'static str, body: Bytes) -> Result<String> {
    if body.len() > LIMIT_BYTES {
        return Err(too_large("File too large"));
    }
    let format = checked(&body)?;
    let extension = if format == ImageFormat::Jpeg { "jpg" } else { format.extensions_str()[0] };
    let path = format!("/uploads/{prefix}-{}.{extension}", app.ids.uuid().simple());
    app.files.put(key(&path), body, format.to_mime_type()).await?;
    Ok(path)
}

/// The outcome of the change that was to refer to a picture; when it failed, the picture is removed again.
pub async fn kept_if<T>(app: &App, path: Option<&str>, outcome: Result<T>) -> Result<T> {
    if let (Err(_), Some(path)) = (&outcome, path) {
        forget(app, path).await;
    }
    outcome
}

/// Removes a picture whose row could not be written. Only logs when that fails too: the caller has an error
/// of its own to answer.
pub async fn forget(app: &App, path: &str) {
    if let Err(cause) = app.files.delete(key(path)).await {
        tracing::warn!(path, %cause, "a picture that nobody refers to could not be removed");
    }
}

/// The key in the file store of a path like `/uploads/profile-0a1b.png`.
fn key(path: &str) -> &str {
    path.trim_start_matches('/')
}

/// The format of a picture whose header holds and whose size is sane. The pixels are not decoded.
fn checked(body: &[u8]) -> Result<ImageFormat> {
    let format = image::guess_format(body).map_err(|_| refused("Only image files are allowed"))?;
    if !matches!(format, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(refused("Only image files are allowed"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(body), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    reader.limits(limits);
    let (width, height) = reader.into_dimensions().map_err(|_| refused("The image cannot be read"))?;
    let too_long = width.max(height) > LONGEST_SIDE;
    if too_long || width.min(height) == 0 || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(refused("The image has too many pixels"));
    }
    Ok(format)
}

fn refused(why: &str) -> Error {
    invalid("bad_image", format!("Image upload failed: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG with this size in its header and nothing after it.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, 2, 0, 0, 0]);
        let mut crc = !0_u32;
        for byte in &bytes[12..] {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
            }
        }
        bytes.extend((!crc).to_be_bytes());
        bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        bytes
    }

    #[test]
    fn pictures_are_known_by_their_bytes() {
        assert_eq!(checked(&png(8, 8)).unwrap(), ImageFormat::Png);
        assert_eq!(checked(b"GIF89a\x01\0\x01\0\0\0\0;").unwrap(), ImageFormat::Gif);
    }

    #[test]
    fn pages_and_drawings_are_refused() {
        for body in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"<!doctype html>", b"BM", b""] {
            assert!(checked(body).is_err());
        }
    }

    #[test]
    fn bombs_are_refused_before_they_are_opened() {
        assert!(checked(&png(8_001, 10)).is_err());
        assert!(checked(&png(7_900, 7_900)).is_err());
        assert!(checked(&png(0, 10)).is_err());
    }
}
