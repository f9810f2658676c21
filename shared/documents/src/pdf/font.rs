//! The letters documents are written with: DejaVu Sans Condensed, which has all of Latin, Greek and Cyrillic.
//!
//! The fonts are parsed once in a process. A document carries only the letters it uses.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::LazyLock,
};

use allsorts::{
    binary::read::ReadScope,
    font_data::FontData,
    subset::{CmapTarget, SubsetProfile, subset},
};
use printpdf::{FontId, ParsedFont, PdfFont};
use unicode_normalization::UnicodeNormalization;

use super::PdfError;

/// What stands for a letter the font does not have.
const REPLACEMENT: char = '\u{FFFD}';

/// How heavy text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Body text.
    #[default]
    Regular,
    /// Headings, names, totals.
    Bold,
}

/// Both weights.
pub(super) const WEIGHTS: [Weight; 2] = [Weight::Regular, Weight::Bold];

impl Weight {
    /// The name of its font inside a document.
    pub(super) fn id(self) -> FontId {
        FontId(match self {
            Self::Regular => "Regular".to_owned(),
            Self::Bold => "Bold".to_owned(),
        })
    }

    fn name(self) -> &'static str {
        match self {
            // The letters before the plus are the mark of a subset (ISO 32000-1, 9.6.4).
            Self::Regular => "MUSTER+DejaVuSansCondensed",
            Self::Bold => "MUSTER+DejaVuSansCondensed-Bold",
        }
    }
}

static REGULAR: LazyLock<Option<Face>> =
    LazyLock::new(|| Face::parse(include_bytes!("../../fonts/DejaVuSansCondensed.ttf")));
static BOLD: LazyLock<Option<Face>> =
    LazyLock::new(|| Face::parse(include_bytes!("../../fonts/DejaVuSansCondensed-Bold.ttf")));

/// The two fonts.
#[derive(Clone, Copy)]
pub(super) struct Fonts {
    regular: &'static Face,
    bold: &'static Face,
}

/// A parsed font.
struct Face {
    bytes: &'static [u8],
    /// Without its bytes and glyphs: what every subset has in common.
    frame: ParsedFont,
    /// The glyph of each letter and its width.
    glyphs: HashMap<char, (u16, u16)>,
}

impl Fonts {
    /// The fonts; parsed by whoever needs them first.
    pub fn load() -> Result<Self, PdfError> {
        let both = REGULAR.as_ref().zip(BOLD.as_ref());
        let (regular, bold) = both.ok_or_else(|| PdfError("the embedded fonts cannot be read".to_owned()))?;
        Ok(Self { regular, bold })
    }

    fn face(self, weight: Weight) -> &'static Face {
        match weight {
            Weight::Regular => self.regular,
            Weight::Bold => self.bold,
        }
    }

    /// How wide a text is, in points. Only what [`Fonts::clean`] gives has a width.
    pub fn width(self, text: &str, weight: Weight, size: f32) -> f32 {
        let face = self.face(weight);
        let units: u32 =
            text.chars().filter_map(|letter| face.glyphs.get(&letter)).map(|(_, w)| u32::from(*w)).sum();
        units as f32 * size / f32::from(face.frame.units_per_em)
    }

    /// The text as it can be printed: composed, without invisible signs, and with one mark in place of letters the font
    /// lacks. Lines stay.
    pub fn clean(self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        for letter in text.nfc().filter(|letter| !is_invisible(*letter)) {
            match letter {
                '\n' => clean.push('\n'),
                _ if letter.is_whitespace() || letter.is_control() => clean.push(' '),
                _ if self.regular.glyphs.contains_key(&letter) && self.bold.glyphs.contains_key(&letter) => {
                    clean.push(letter);
                }
                _ if clean.ends_with(REPLACEMENT) => {}
                _ => clean.push(REPLACEMENT),
            }
        }
        clean
    }

    /// The font with these letters only, ready to be embedded.
    pub fn embed(self, weight: Weight, letters: &BTreeSet<char>) -> Result<PdfFont, PdfError> {
        self.face(weight).embed(weight, letters).map_err(PdfError)
    }
}

impl Face {
    fn parse(bytes: &'static [u8]) -> Option<Self> {
        let mut frame = ParsedFont::from_bytes(bytes, 0, &mut Vec::new())?;
        frame.original_bytes = Vec::new();
        let widths = std::mem::take(&mut frame.glyph_widths);
        let glyphs = std::mem::take(&mut frame.codepoint_to_glyph);
        let glyphs = glyphs.into_iter().filter_map(|(code, glyph)| {
            Some((char::from_u32(code)?, (glyph, widths.get(&glyph).copied().unwrap_or_default())))
        });
        Some(Self { bytes, glyphs: glyphs.collect(), frame })
    }

    fn embed(&self, weight: Weight, letters: &BTreeSet<char>) -> Result<PdfFont, String> {
        let used: Vec<(char, u16, u16)> = letters
            .iter()
            .filter_map(|letter| self.glyphs.get(letter).map(|(glyph, width)| (*letter, *glyph, *width)))
            .collect();
        // The first glyph stands for what is missing; it belongs into every font.
        let chosen: BTreeSet<u16> = used.iter().map(|(_, glyph, _)| *glyph).chain([0]).collect();
        let chosen: Vec<u16> = chosen.into_iter().collect();
        let data = ReadScope::new(self.bytes).read::<FontData<'_>>().map_err(|cause| cause.to_string())?;
        let tables = data.table_provider(0).map_err(|cause| cause.to_string())?;
        let bytes = subset(&tables, &chosen, &SubsetProfile::Pdf, CmapTarget::Unicode)
            .map_err(|cause| cause.to_string())?;
        // A glyph's number in the subset is its place among the chosen.
        let (mut glyphs, mut widths) = (BTreeMap::new(), BTreeMap::new());
        for (letter, glyph, width) in used {
            let place = chosen.binary_search(&glyph).unwrap_or_default();
            let place = u16::try_from(place).map_err(|cause| cause.to_string())?;
            glyphs.insert(u32::from(letter), place);
            widths.insert(place, width);
        }
        Ok(PdfFont::new(ParsedFont {
            original_bytes: bytes,
            font_name: Some(weight.name().to_owned()),
            codepoint_to_glyph: glyphs,
            glyph_widths: widths,
            ..self.frame.clone()
        }))
    }
}

/// Marks that steer how other letters look and have no look of their own: directions, joiners, variants, tags.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}
