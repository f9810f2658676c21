//! The emblem in the head of a document.

use std::io::Cursor;

use image::{ImageReader, Limits, Rgb, RgbImage};
use printpdf::{RawImage, RawImageData, RawImageFormat};

use super::PdfError;

/// Pixels along the longer side: three for each point of the largest place it has.
const LARGEST: u32 = 240;

/// Pixels along a side from which on a picture is not read.
const TOO_LARGE: u32 = 8_000;

/// A picture, small and on white.
#[derive(Clone, Debug)]
pub struct Logo {
    pub(super) image: RawImage,
}

impl Logo {
    /// A PNG or JPEG file.
    pub fn read(file: &[u8]) -> Result<Self, PdfError> {
        let failed = |cause: &dyn std::fmt::Display| PdfError(format!("the logo cannot be read: {cause}"));
        let mut reader =
            ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|cause| failed(&cause))?;
        let mut limits = Limits::default();
        limits.max_image_width = Some(TOO_LARGE);
        limits.max_image_height = Some(TOO_LARGE);
        limits.max_alloc = Some(64 * 1024 * 1024);
        reader.limits(limits);
        let picture = reader.decode().map_err(|cause| failed(&cause))?;
        let small = if picture.width().max(picture.height()) > LARGEST {
            picture.thumbnail(LARGEST, LARGEST)
        } else {
            picture
        };
        let small = small.to_rgba8();
        let mut flat = RgbImage::new(small.width(), small.height());
        for (place, pixel) in small.enumerate_pixels().map(|(x, y, pixel)| ((x, y), pixel.0)) {
            let alpha = u16::from(pixel[3]);
            let on_white =
                |part: u8| u8::try_from((u16::from(part) * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
            flat.put_pixel(
                place.0,
                place.1,
                Rgb([on_white(pixel[0]), on_white(pixel[1]), on_white(pixel[2])]),
            );
        }
        Ok(Self {
            image: RawImage {
                width: flat.width() as usize,
                height: flat.height() as usize,
                pixels: RawImageData::U8(flat.into_raw()),
                data_format: RawImageFormat::RGB8,
                tag: Vec::new(),
            },
        })
    }

    /// Its size in a room of this size, not distorted.
    pub(super) fn within(&self, width: f32, height: f32) -> (f32, f32) {
        let (wide, high) = (self.image.width.max(1) as f32, self.image.height.max(1) as f32);
        let scale = (width / wide).min(height / high);
        (wide * scale, high * scale)
    }
}
