//! Certificates: one landscape page with a border, a name and a code to check it by.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use printpdf::XObjectId;

use super::{
    Align, PdfError,
    font::Weight,
    qr::Qr,
    report::{A4, Letterhead},
    sheets::{Color, Sheets, Style},
};

const WIDE: f32 = A4.1;
const HIGH: f32 = A4.0;
const LEFT: f32 = 74.0;
const ROOM: f32 = WIDE - 2.0 * LEFT;

/// What stands on a certificate.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Whose it is.
    pub head: Letterhead,
    /// `Certificate of Achievement`.
    pub title: String,
    /// The line above the name.
    pub before: String,
    /// Who gets it.
    pub name: String,
    /// What for, in a few lines.
    pub text: String,
    /// The line below.
    pub given: String,
    /// The lines over which people sign, with what stands below each.
    pub signers: Vec<String>,
    /// Where it can be checked.
    pub address: String,
    /// The code at that address, as people read it.
    pub code: String,
}

/// The pages of these certificates, one each.
pub fn certificates(all: &[Certificate], title: &str, made: DateTime<Utc>) -> Result<Vec<u8>, PdfError> {
    draw(all, title, made)?.save()
}

/// What the parts of a document cost.
#[derive(Clone, Copy, Debug)]
pub struct Profiled {
    /// Placing everything.
    pub layout: Duration,
    /// Making the subsets of the fonts.
    pub fonts: Duration,
    /// Writing the file, which is the library's.
    pub save: Duration,
    /// The size of the file.
    pub bytes: usize,
}

/// Writes a certificate and tells what its parts cost, for the bench.
pub fn profiled_certificate(certificate: &Certificate, made: DateTime<Utc>) -> Result<Profiled, PdfError> {
    let started = Instant::now();
    let mut sheets = draw(std::slice::from_ref(certificate), "Certificate", made)?;
    let layout = started.elapsed();
    sheets.embed()?;
    let fonts = started.elapsed() - layout;
    let bytes = sheets.write().len();
    Ok(Profiled { layout, fonts, save: started.elapsed() - fonts - layout, bytes })
}

fn draw(all: &[Certificate], title: &str, made: DateTime<Utc>) -> Result<Sheets, PdfError> {
    let mut sheets = Sheets::new(title, made, (WIDE, HIGH))?;
    // One picture for all pages: they are of one unit.
    let logo = all.first().and_then(|first| first.head.logo.as_ref()).map(|logo| sheets.keep(logo));
    for certificate in all {
        sheets.page();
        border(&mut sheets);
        letterhead(&mut sheets, certificate, logo.as_ref());
        body(&mut sheets, certificate);
        signers(&mut sheets, certificate);
        proof(&mut sheets, certificate)?;
    }
    Ok(sheets)
}

fn border(sheets: &mut Sheets) {
    for (inset, thickness, color) in
        [(22.0, 3.0, Color::GREEN), (28.0, 0.8, Color::GOLD), (31.0, 0.8, Color::GOLD)]
    {
        sheets.frame((inset, inset), (WIDE - 2.0 * inset, HIGH - 2.0 * inset), thickness, color);
    }
    // A diamond on each corner.
    let corner = |x: f32, y: f32| {
        vec![(x - 7.0, y, false), (x, y - 7.0, false), (x + 7.0, y, false), (x, y + 7.0, false)]
    };
    let (near, far, low) = (29.5, WIDE - 29.5, HIGH - 29.5);
    sheets
        .fill(vec![corner(near, near), corner(far, near), corner(near, low), corner(far, low)], Color::GOLD);
}

fn letterhead(sheets: &mut Sheets, certificate: &Certificate, id: Option<&XObjectId>) {
    if let Some((logo, id)) = certificate.head.logo.as_ref().zip(id) {
        let size = logo.within(90.0, 54.0);
        sheets.place(id, logo, ((WIDE - size.0) / 2.0, 46.0), size);
    }
    let mut y = 122.0;
    for (text, style) in [
        (&certificate.head.school, Style::bold(14.0)),
        (&certificate.head.unit, Style::regular(11.0).colored(Color::GREY)),
    ] {
        y = centered(sheets, y, text, style, 1.25, 1);
    }
}

fn body(sheets: &mut Sheets, certificate: &Certificate) {
    let fonts = sheets.fonts;
    let title = certificate.title.to_uppercase();
    let size = fonts.fitting(&title, Weight::Bold, ROOM, 18..=32);
    centered(sheets, 200.0, &title, Style::bold(size).colored(Color::GREEN), 1.2, 2);
    centered(sheets, 246.0, &certificate.before, Style::regular(12.0).colored(Color::GREY), 1.3, 1);
    let size = fonts.fitting(&certificate.name, Weight::Bold, ROOM - 40.0, 18..=34);
    let below = centered(sheets, 296.0, &certificate.name, Style::bold(size), 1.15, 2) - size * 1.15 + 10.0;
    sheets.rule((WIDE / 2.0 - 190.0, below), (WIDE / 2.0 + 190.0, below), 1.0, Color::GOLD);
    let y = centered(sheets, below + 32.0, &certificate.text, Style::regular(13.0), 1.45, 5);
    centered(sheets, y + 10.0, &certificate.given, Style::regular(11.0).colored(Color::GREY), 1.3, 2);
}

/// Lines in the middle from `y` down; gives where the next would stand.
fn centered(sheets: &mut Sheets, mut y: f32, text: &str, style: Style, spacing: f32, most: usize) -> f32 {
    for line in sheets.fonts.few_lines(text, style.weight, style.size, ROOM, most) {
        sheets.aligned((LEFT, y), ROOM, &line, style, Align::Center);
        y += style.size * spacing;
    }
    y
}

fn signers(sheets: &mut Sheets, certificate: &Certificate) {
    const LINE: f32 = 170.0;
    let y = HIGH - 84.0;
    for (at, signer) in certificate.signers.iter().take(2).enumerate() {
        let x = LEFT + 6.0 + at as f32 * (LINE + 40.0);
        sheets.rule((x, y), (x + LINE, y), 0.8, Color::INK);
        let style = Style::regular(10.0).colored(Color::GREY);
        let label = sheets.fonts.few_lines(signer, style.weight, style.size, LINE, 1).concat();
        sheets.aligned((x, y + 13.0), LINE, &label, style, Align::Center);
    }
}

/// The code and where it leads, in the lower right corner.
fn proof(sheets: &mut Sheets, certificate: &Certificate) -> Result<(), PdfError> {
    const SIDE: f32 = 74.0;
    let (x, y) = (WIDE - LEFT - SIDE, HIGH - 58.0 - SIDE);
    Qr::of(&certificate.address)?.draw(sheets, (x, y), SIDE);
    let style = Style::regular(7.5).colored(Color::GREY);
    let room = 126.0;
    let address = certificate.address.trim_start_matches("https://").trim_start_matches("http://");
    let mut lines = vec!["Verify this certificate:".to_owned()];
    lines.extend(sheets.fonts.few_lines(address, style.weight, style.size, room, 3));
    lines.push(certificate.code.clone());
    let mut line_y = y + SIDE - 2.0 - (lines.len() - 1) as f32 * 10.0;
    for (at, line) in lines.iter().enumerate() {
        let style = if at + 1 == lines.len() { Style::bold(7.5) } else { style };
        sheets.aligned((x - 8.0 - room, line_y), room, line, style, Align::Right);
        line_y += 10.0;
    }
    Ok(())
}
