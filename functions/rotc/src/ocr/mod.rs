//! Text recognition: what pictures and PDF documents say.

use axum::extract::DefaultBodyLimit;
use serde::{Deserialize, Serialize};
use shared::{
    App, Error, Result,
    auth::rate_limit::Limit,
    error::invalid_field,
    ocr::{Language, Page, Recognised, Word},
    system::{Group, Need},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::uploads::FORM_LIMIT_BYTES;

pub mod batch;
pub mod cache;
pub mod document_url;
pub mod form;
pub mod pdf;
pub mod process;
mod read;
pub mod status;

/// Text recognition.
pub const GROUP: Group = Group {
    name: "ocr",
    about: "Reading the text of scanned pictures and documents.",
    prefixes: &["/api/ocr"],
    needs: &[Need::Database, Need::Files, Need::Ocr],
    memory_mb: 1769,
    routes: router,
};

fn router() -> OpenApiRouter<App> {
    let forms = OpenApiRouter::new()
        .routes(routes!(process::process_image))
        .routes(routes!(pdf::process_pdf))
        .routes(routes!(batch::process_batch))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES));
    OpenApiRouter::new()
        .routes(routes!(document_url::process_document_url))
        .routes(routes!(status::show_ocr_status))
        .routes(routes!(cache::clear_ocr_cache))
        .merge(forms)
}

/// Documents one person may send in a minute: each costs seconds of computing.
const PER_MINUTE: Limit = Limit { name: "ocr", hits: 10, seconds: 60 };

/// The languages of a document, as requests name them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
pub enum Languages {
    /// English.
    #[default]
    #[serde(rename = "eng")]
    English,
    /// Filipino, with the English that is mixed into it.
    #[serde(rename = "fil")]
    Filipino,
    /// Both.
    #[serde(rename = "eng+fil")]
    Both,
}

impl Languages {
    /// The languages a word names; English for none.
    fn parse(text: &str) -> Result<Self> {
        match text.trim() {
            "" | "eng" | "en" => Ok(Self::English),
            "fil" | "tl" => Ok(Self::Filipino),
            "eng+fil" | "fil+eng" => Ok(Self::Both),
            _ => Err(invalid_field("language", "language must be eng, fil or eng+fil")),
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::English => "eng",
            Self::Filipino => "fil",
            Self::Both => "eng+fil",
        }
    }

    const fn list(self) -> &'static [Language] {
        match self {
            Self::English => &[Language::English],
            Self::Filipino => &[Language::Filipino],
            Self::Both => Language::ALL,
        }
    }
}

/// A word and how sure its reading is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReadWord {
    /// Its letters.
    pub text: String,
    /// 0 to 100.
    pub confidence: f64,
}

/// What a document says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentText {
    /// Its text.
    pub text: String,
    /// How sure the reading is: the mean of all words, 0 to 100; 0 without any.
    pub confidence: f64,
    /// Words.
    pub word_count: usize,
    /// The languages it was read in.
    pub language: Languages,
    /// Whether it had been read before, within a day.
    pub cached: bool,
    /// The address it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Each word.
    pub words: Vec<ReadWord>,
}

/// What one page says.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageText {
    /// Its text.
    pub text: String,
    /// How sure the reading is, 0 to 100.
    pub confidence: f64,
    /// Words.
    pub word_count: usize,
    /// From 1.
    pub page_number: usize,
}

/// What the pages of a PDF say.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PdfText {
    /// The text of all pages.
    pub text: String,
    /// Each page.
    pub pages: Vec<PageText>,
    /// How many they are.
    pub total_pages: usize,
    /// The mean of the pages' confidence, 0 to 100.
    pub avg_confidence: f64,
    /// Words of all pages.
    pub word_count: usize,
    /// The languages it was read in.
    pub language: Languages,
    /// Whether it had been read before, within a day.
    pub cached: bool,
}

impl DocumentText {
    fn of(read: Recognised, language: Languages, cached: bool) -> Self {
        Self {
            text: read.text(),
            confidence: tenths(read.confidence()),
            word_count: read.word_count(),
            language,
            cached,
            url: None,
            words: read.pages.into_iter().flat_map(|page| page.words).map(ReadWord::from).collect(),
        }
    }
}

impl PdfText {
    fn of(read: &Recognised, language: Languages, cached: bool) -> Self {
        let sum: f64 = read.pages.iter().map(|page| page.confidence).sum();
        Self {
            text: read.text(),
            pages: (1..).zip(&read.pages).map(|(number, page)| PageText::of(number, page)).collect(),
            total_pages: read.pages.len(),
            avg_confidence: tenths(sum / read.pages.len().max(1) as f64),
            word_count: read.word_count(),
            language,
            cached,
        }
    }
}

impl PageText {
    fn of(page_number: usize, page: &Page) -> Self {
        let confidence = tenths(page.confidence);
        Self { text: page.text.clone(), confidence, word_count: page.word_count, page_number }
    }
}

impl From<Word> for ReadWord {
    fn from(word: Word) -> Self {
        Self { confidence: tenths(word.confidence), text: word.text }
    }
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// What a request without a file is told.
fn nothing_sent(field: &str) -> Error {
    invalid_field(field, "No file was submitted.")
}
