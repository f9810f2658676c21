//! Pictures of written pages, made easier to read for a program.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, imageops};

pub use image::GrayImage;

use crate::upload::LONGEST_SIDE;

/// Pixels of the longer side below which a page is enlarged.
const ENOUGH: u32 = 1_500;

/// The share of dark pixels that stand alone from which on a page has specks.
const SPECKED: f64 = 0.05;

/// Pixels of the longer side from which on a stroke of a letter is wider than a speck.
const FINE: u32 = 800;

/// Pixels of the longer side of what the skew is measured on.
const LOOKED_AT: u32 = 1_000;
pub use crate::upload::MOST_PIXELS;

/// What is done to a page before it is read. `docs/performance.md` says what each step is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// Shadows and the colour of the paper go, ink becomes black.
    pub even: bool,
    /// Specks.
    pub despeckle: bool,
    /// Lines are made level.
    pub straighten: bool,
    /// Small letters are made larger.
    pub enlarge: bool,
    /// A page on its side or its head is turned.
    pub turn: bool,
}

impl Steps {
    /// Everything.
    pub const ALL: Self = Self { even: true, despeckle: true, straighten: true, enlarge: true, turn: true };

    /// Nothing but the turning that the camera has noted.
    pub const NONE: Self =
        Self { even: false, despeckle: false, straighten: false, enlarge: false, turn: false };
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
pub fn prepare(mut picture: GrayImage, steps: Steps) -> GrayImage {
    if steps.even {
        even(&mut picture);
    }
    if steps.despeckle && is_specked(&picture) {
        picture = despeckle(&picture);
    }
    if steps.enlarge {
        picture = enlarge(picture);
    }
    if steps.straighten { straighten(picture) } else { picture }
}

/// Whether much of what is dark has one dark neighbour at most, which hardly any part of a letter has.
fn is_specked(picture: &GrayImage) -> bool {
    let threshold = threshold(&counts(picture));
    let (width, height) = picture.dimensions();
    if width.max(height) < FINE {
        return false;
    }
    let is_dark = |x: u32, y: u32| picture.get_pixel_checked(x, y).is_some_and(|pixel| pixel[0] <= threshold);
    let (mut dark, mut alone) = (0_u32, 0_u32);
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            if is_dark(x, y) {
                dark += 1;
                let near = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
                alone += u32::from(near.filter(|&(x, y)| is_dark(x, y)).count() <= 2);
            }
        }
    }
    f64::from(alone) > f64::from(dark) * SPECKED
}

fn enlarge(picture: GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    if longer >= ENOUGH {
        return picture;
    }
    let factor = (f64::from(ENOUGH) / f64::from(longer)).min(3.0);
    let scaled = |side: u32| (f64::from(side) * factor).round() as u32;
    imageops::resize(&picture, scaled(width), scaled(height), imageops::FilterType::CatmullRom)
}

/// Divides by the brightness of the paper around: the brightest tenth of each patch, smoothed.
fn even(picture: &mut GrayImage) {
    let (width, height) = picture.dimensions();
    let patch = (width.max(height) / 48).max(8);
    let (columns, rows) = (width.div_ceil(patch), height.div_ceil(patch));
    let mut paper = GrayImage::new(columns, rows);
    for (column, row, brightness) in paper.enumerate_pixels_mut() {
        let mut counts = [0_u32; 256];
        let (left, top) = (column * patch, row * patch);
        for y in top..(top + patch).min(height) {
            for x in left..(left + patch).min(width) {
                counts[usize::from(picture.get_pixel(x, y)[0])] += 1;
            }
        }
        brightness.0 = [share(&counts, 0.9).max(1)];
    }
    let paper = imageops::blur(&paper, 1.5);
    let paper = imageops::resize(&paper, width, height, imageops::FilterType::Triangle);
    for (pixel, paper) in picture.pixels_mut().zip(paper.pixels()) {
        let brightness = u32::from(pixel[0]) * 255 / u32::from(paper[0].max(1));
        pixel.0 = [u8::try_from(brightness).unwrap_or(u8::MAX)];
    }
}

/// The brightness below which this share of the pixels lies.
fn share(counts: &[u32; 256], share: f64) -> u8 {
    let total: u32 = counts.iter().sum();
    let wanted = (f64::from(total) * share) as u32;
    let mut below = 0;
    for (brightness, count) in (0..=u8::MAX).zip(counts) {
        below += count;
        if below > wanted {
            return brightness;
        }
    }
    u8::MAX
}

fn counts(picture: &GrayImage) -> [u32; 256] {
    let mut counts = [0; 256];
    for pixel in picture.pixels() {
        counts[usize::from(pixel[0])] += 1;
    }
    counts
}

/// The middle of each pixel and its eight neighbours.
fn despeckle(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    GrayImage::from_fn(width, height, |x, y| {
        let mut around = [0_u8; 9];
        let near = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (dx, dy)));
        for (slot, (dx, dy)) in around.iter_mut().zip(near) {
            let at = |value: u32, by: i32, size: u32| value.saturating_add_signed(by).min(size - 1);
            *slot = picture.get_pixel(at(x, dx, width), at(y, dy, height))[0];
        }
        around.sort_unstable();
        image::Luma([around[4]])
    })
}

/// The brightness that best parts ink from paper (Otsu).
fn threshold(counts: &[u32; 256]) -> u8 {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let all: f64 = (0..).zip(counts).map(|(at, &count)| f64::from(at) * f64::from(count)).sum();
    let (mut below, mut sum, mut best, mut threshold) = (0.0, 0.0, -1.0, 0);
    for (brightness, &count) in (0..=u8::MAX).zip(counts) {
        below += f64::from(count);
        sum += f64::from(brightness) * f64::from(count);
        let above = total - below;
        if below == 0.0 || above == 0.0 {
            continue;
        }
        let apart = below * above * (sum / below - (all - sum) / above).powi(2);
        if apart > best {
            (best, threshold) = (apart, brightness);
        }
    }
    threshold
}

fn straighten(picture: GrayImage) -> GrayImage {
    let angle = skew(&picture);
    if angle.abs() < 0.2 { picture } else { rotate(&picture, angle) }
}

/// By how many degrees the lines fall to the right, -10 to 10: with the right angle, rows are either ink or paper.
fn skew(picture: &GrayImage) -> f64 {
    let (width, height) = picture.dimensions();
    let factor = (f64::from(LOOKED_AT) / f64::from(width.max(height))).min(1.0);
    let scaled = |side: u32| ((f64::from(side) * factor).round() as u32).max(1);
    let small = imageops::resize(picture, scaled(width), scaled(height), imageops::FilterType::Triangle);
    let threshold = threshold(&counts(&small));
    let middle = f64::from(small.width()) / 2.0;
    let ink: Vec<(f64, f64)> = small
        .enumerate_pixels()
        .filter(|(.., pixel)| pixel[0] <= threshold)
        .map(|(x, y, _)| (f64::from(x) - middle, f64::from(y)))
        .collect();
    let sharpness = |angle: f64| sharpness(&ink, angle, small.height() + small.width());
    let best = |angles: &mut dyn Iterator<Item = f64>| {
        angles
            .map(|angle| (angle, sharpness(angle)))
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(0.0, |best| best.0)
    };
    let coarse = best(&mut (-20..=20).map(|half| f64::from(half) / 2.0));
    best(&mut (-5..=5).map(|tenth| coarse + f64::from(tenth) / 10.0))
}

fn sharpness(ink: &[(f64, f64)], angle: f64, rows: u32) -> f64 {
    let slope = angle.to_radians().tan();
    let offset = f64::from(rows) / 4.0;
    let mut profile = vec![0.0_f64; rows as usize * 2];
    for (x, y) in ink {
        let row = y - x * slope + offset;
        if let Some(count) = profile.get_mut(row as usize) {
            *count += 1.0;
        }
    }
    profile.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum()
}

/// Turned so that lines which fall by this many degrees are level; what comes in from outside is paper.
fn rotate(picture: &GrayImage, angle: f64) -> GrayImage {
    let (sin, cos) = angle.to_radians().sin_cos();
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let new_width = (width * cos.abs() + height * sin.abs()).ceil();
    let new_height = (width * sin.abs() + height * cos.abs()).ceil();
    GrayImage::from_fn(new_width as u32, new_height as u32, |x, y| {
        let (x, y) = (f64::from(x) - new_width / 2.0, f64::from(y) - new_height / 2.0);
        let (from_x, from_y) = (x * cos - y * sin + width / 2.0, x * sin + y * cos + height / 2.0);
        image::Luma([sample(picture, from_x, from_y)])
    })
}

fn sample(picture: &GrayImage, x: f64, y: f64) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let at = |x: f64, y: f64| -> f64 {
        if x < 0.0 || y < 0.0 {
            return 255.0;
        }
        picture.get_pixel_checked(x as u32, y as u32).map_or(255.0, |pixel| f64::from(pixel[0]))
    };
    let (right, down) = (x - left, y - top);
    let upper = at(left, top) * (1.0 - right) + at(left + 1.0, top) * right;
    let lower = at(left, top + 1.0) * (1.0 - right) + at(left + 1.0, top + 1.0) * right;
    (upper * (1.0 - down) + lower * down).round() as u8
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
