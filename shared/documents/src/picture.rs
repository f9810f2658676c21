//! Making stored pictures small: turned upright, at most a screen wide, without what the camera wrote about itself.

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png},
    imageops::FilterType,
    metadata::Orientation,
};

use crate::upload::{LONGEST_SIDE, MOST_PIXELS, is_progressive};

/// Pixels of the longer side of a stored picture.
pub const STORED_SIDE: u32 = 1_200;

/// Pixels of the longer side of a stored picture of a page: 200 to the inch of a sheet of A4, which can still be read by a program.
pub const PAGE_SIDE: u32 = 2_400;

/// Quality of a stored JPEG: no difference is seen on a screen.
const QUALITY: u8 = 82;

/// A picture of the same format with at most `side` pixels on its longer side, or none if the picture is as it should be already.
///
/// A picture loses all its metadata (place, camera, time) and is turned the way the camera was held. One that moves (GIF)
/// stays as it is. Opening needs four bytes a pixel, at most 160 MB.
pub fn shrink(body: &[u8], media_type: &str, side: u32) -> Result<Option<Vec<u8>>, ImageError> {
    let format = match media_type {
        "image/png" => ImageFormat::Png,
        "image/jpeg" => ImageFormat::Jpeg,
        "image/webp" => ImageFormat::WebP,
        _ => return Ok(None),
    };
    let mut reader = ImageReader::with_format(Cursor::new(body), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_PIXELS * 4);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let marked =
        decoder.exif_metadata()?.is_some() || decoder.xmp_metadata()?.is_some() || has_trailer(body, format);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    let (width, height) = picture.dimensions();
    if width.max(height) > 2 * side {
        // In whole numbers, whose steps take no memory; what is left is small enough for the better way.
        picture = picture.thumbnail(2 * side, 2 * side);
    }
    if !marked && orientation == Orientation::NoTransforms && width.max(height) <= side {
        return Ok(None);
    }
    encode(&upright(picture, orientation, side), format).map(Some)
}

/// Bytes that opening a picture takes, by its header.
pub fn memory_to_open(body: &[u8]) -> Result<u64, ImageError> {
    let reader = ImageReader::new(Cursor::new(body)).with_guessed_format()?;
    let is_webp = reader.format() == Some(ImageFormat::WebP);
    let pixels = reader.into_decoder()?.total_bytes();
    Ok(match () {
        // All its coefficients are kept, of two bytes each.
        () if is_progressive(body) => 3 * pixels,
        () if is_webp => 2 * pixels,
        () => pixels,
    })
}

fn upright(mut picture: DynamicImage, orientation: Orientation, side: u32) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if width.max(height) > side {
        picture = picture.resize(side, side, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    picture
}

fn encode(picture: &DynamicImage, format: ImageFormat) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::new();
    match format {
        ImageFormat::Jpeg => {
            picture.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))?
        }
        ImageFormat::Png => picture.write_with_encoder(png::PngEncoder::new_with_quality(
            &mut bytes,
            png::CompressionType::Default,
            png::FilterType::Adaptive,
        ))?,
        _ => picture.write_to(&mut Cursor::new(&mut bytes), format)?,
    }
    Ok(bytes)
}

/// Whether a photo goes on after its end: telephones append films and their own notes.
fn has_trailer(body: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => !body.ends_with(b"\xff\xd9"),
        ImageFormat::Png => !body.ends_with(b"IEND\xaeB`\x82"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use image::{ImageEncoder, Rgb, RgbImage};

    use super::*;

    /// A photo whose left half is red, as a camera writes it that was held on its side (orientation 6).
    fn photo(width: u32, height: u32) -> Vec<u8> {
        let pixels = RgbImage::from_fn(width, height, |x, _| {
            Rgb(if x < width / 2 { [255, 0, 0] } else { [0, 0, 255] })
        });
        let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 90);
        encoder.set_exif_metadata(exif).expect("JPEG takes metadata");
        pixels.write_with_encoder(encoder).expect("a JPEG");
        bytes
    }

    #[test]
    fn a_photo_is_turned_upright_made_small_and_loses_its_metadata() {
        let small =
            shrink(&photo(3_000, 1_500), "image/jpeg", STORED_SIDE).expect("a photo").expect("a smaller one");

        let picture = image::load_from_memory(&small).expect("a picture").to_rgb8();
        assert_eq!(picture.dimensions(), (600, STORED_SIDE), "turned by a quarter");
        let (top, bottom) = (picture.get_pixel(300, 100), picture.get_pixel(300, 1_100));
        assert!(top[0] > 200 && top[2] < 60 && bottom[2] > 200 && bottom[0] < 60, "{top:?} {bottom:?}");
        assert!(!small.windows(4).any(|window| window == b"Exif"));
        assert_eq!(
            shrink(&small, "image/jpeg", STORED_SIDE).expect("a photo"),
            None,
            "the second time nothing changes"
        );
    }

    #[test]
    fn a_small_photo_loses_its_metadata_too() {
        let clean = shrink(&photo(40, 20), "image/jpeg", STORED_SIDE).expect("a photo").expect("a clean one");
        assert_eq!(image::load_from_memory(&clean).expect("a picture").dimensions(), (20, 40));
        let film = [clean.as_slice(), b"a film after the photo"].concat();
        let without = shrink(&film, "image/jpeg", STORED_SIDE).expect("a photo").expect("a clean one");
        assert!(without.ends_with(b"\xff\xd9"));
    }

    #[test]
    fn drawings_keep_their_format() {
        let mut png = Vec::new();
        let drawing = DynamicImage::new_rgba8(2_400, 100);
        drawing.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).expect("a PNG");
        let small = shrink(&png, "image/png", STORED_SIDE).expect("a drawing").expect("a smaller one");
        assert_eq!(image::guess_format(&small).expect("a picture"), ImageFormat::Png);
        assert_eq!(image::load_from_memory(&small).expect("a picture").dimensions(), (1_200, 50));
        assert_eq!(shrink(b"GIF89a", "image/gif", STORED_SIDE).expect("left alone"), None);
        assert!(shrink(b"\xff\xd8\xff broken", "image/jpeg", STORED_SIDE).is_err());
    }
}
