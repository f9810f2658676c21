//! Making stored pictures small: turned upright, at most a screen wide, without what the camera wrote about itself.

use std::io::Cursor;

use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits,
    codecs::{jpeg::JpegEncoder, png},
    imageops::FilterType,
    metadata::Orientation,
};

use crate::upload::{LONGEST_SIDE, MOST_PIXELS};

/// Pixels of the longer side of a stored picture.
pub const STORED_SIDE: u32 = 1_200;

/// Quality of a stored JPEG: no difference is seen on a screen.
const QUALITY: u8 = 82;

/// A smaller picture of the same format, or none if the picture is as it should be already.
///
/// A picture loses all its metadata (place, camera, time) and is turned the way the camera was held. One that moves (GIF)
/// stays as it is. Opening needs four bytes a pixel, at most 160 MB.
pub fn shrink(body: &[u8], media_type: &str) -> Result<Option<Vec<u8>>, ImageError> {
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
    let picture = DynamicImage::from_decoder(decoder)?;
    let (width, height) = picture.dimensions();
    if !marked && orientation == Orientation::NoTransforms && width.max(height) <= STORED_SIDE {
        return Ok(None);
    }
    encode(&upright(picture, orientation), format).map(Some)
}

fn upright(mut picture: DynamicImage, orientation: Orientation) -> DynamicImage {
    let (width, height) = picture.dimensions();
    if width.max(height) > STORED_SIDE {
        picture = picture.resize(STORED_SIDE, STORED_SIDE, FilterType::Triangle);
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

/// Whether a JPEG goes on after its end: telephones append films and their own notes.
fn has_trailer(body: &[u8], format: ImageFormat) -> bool {
    format == ImageFormat::Jpeg && !body.ends_with(b"\xff\xd9")
}
