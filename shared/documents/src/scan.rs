//! Pictures of written pages, made easier to read for a program.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, imageops};

pub use image::GrayImage;

use crate::upload::LONGEST_SIDE;
pub use crate::upload::MOST_PIXELS;

/// What is done to a page before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// A page on its side or its head is turned.
    pub turn: bool,
}

impl Steps {
    /// Everything.
    pub const ALL: Self = Self { turn: true };

    /// Nothing but the turning that the camera has noted.
    pub const NONE: Self = Self { turn: false };
}

/// The picture in grey, turned the way the camera was held; what is transparent is paper.
///
/// At most [`MOST_PIXELS`], looked up before the pixels are decoded.
pub fn open(body: &[u8]) -> Result<GrayImage, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(body)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_PIXELS * 4);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let orientation = decoder.orientation()?;
    let mut picture = on_paper(DynamicImage::from_decoder(decoder)?);
    picture.apply_orientation(orientation);
    Ok(picture.into_luma8())
}

fn on_paper(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut pixels = picture.into_luma_alpha8();
    for pixel in pixels.pixels_mut() {
        let [grey, opaque] = pixel.0.map(u16::from);
        let seen = (grey * opaque + 255 * (255 - opaque)) / 255;
        pixel.0 = [u8::try_from(seen).unwrap_or(u8::MAX), u8::MAX];
    }
    pixels.into()
}

/// Does these steps, except for the turning, which needs somebody who can read.
pub fn prepare(picture: GrayImage, _steps: Steps) -> GrayImage {
    picture
}

/// The picture turned clockwise by 90, 180 or 270 degrees.
pub fn turn(picture: &GrayImage, degrees: u16) -> GrayImage {
    match degrees {
        90 => imageops::rotate90(picture),
        180 => imageops::rotate180(picture),
        270 => imageops::rotate270(picture),
        _ => picture.clone(),
    }
}

/// The picture as a PGM file, which costs nothing to write and to read.
pub fn encode(picture: &GrayImage) -> Vec<u8> {
    let mut file = format!("P5\n{} {}\n255\n", picture.width(), picture.height()).into_bytes();
    file.extend_from_slice(picture.as_raw());
    file
}
