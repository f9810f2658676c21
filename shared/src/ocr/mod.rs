//! Reading text from pictures and documents with the program tesseract; the pages of a PDF are drawn by pdftoppm.
//!
//! Both run as processes of their own with little time and memory: what strangers send is opened there. They get the
//! document through their input and answer through their output; nothing is written to a disk.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use documents::scan::{self, GrayImage};
use sha2::{Digest, Sha256};
use tokio::{
    sync::{OnceCell, Semaphore, SemaphorePermit},
    time::{Instant, timeout},
};

mod page;
mod pages;
mod program;
mod tsv;

pub use documents::scan::Steps;

use self::pages::Pages;
use crate::{
    Error, Result,
    budget::Budget,
    config::OcrConfig,
    error::{Kind, invalid},
};

/// How long a job waits for a place before it is put off.
const JOB_WAITS: Duration = Duration::from_mins(1);

/// Reads documents. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Ocr {
    config: Arc<OcrConfig>,
    /// Documents that may be read now.
    room: Arc<Semaphore>,
    /// For pictures that are open.
    memory: Budget,
    /// The languages of the installed tesseract, asked once it is there.
    installed: Arc<OnceCell<Vec<String>>>,
}

/// A language that can be read.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
pub enum Language {
    /// English.
    #[serde(rename = "eng")]
    English,
    /// Filipino.
    #[serde(rename = "fil")]
    Filipino,
}

impl Language {
    /// Both.
    pub const ALL: &'static [Self] = &[Self::English, Self::Filipino];

    /// The code of ISO 639-2.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "eng",
            Self::Filipino => "fil",
        }
    }
}

/// What a document says.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Recognised {
    /// Its pages; one for a picture.
    pub pages: Vec<Page>,
    /// Whether it has more pages than are read.
    pub more_pages: bool,
}

/// What a page says.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Page {
    /// Its text: a line feed after each line, an empty line after each paragraph but the last.
    pub text: String,
    /// How sure the reading is, 0 to 100: the mean of its words, 0 without any.
    pub confidence: f64,
    /// Its words in the order they are read.
    pub words: Vec<Word>,
    /// How many they are.
    pub word_count: usize,
}

/// A word of a page.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Word {
    /// Its letters.
    pub text: String,
    /// How sure the reading is, 0 to 100.
    pub confidence: f64,
}

impl Recognised {
    /// The text of all pages, an empty line between two.
    pub fn text(&self) -> String {
        let pages: Vec<&str> = self.pages.iter().map(|page| page.text.trim_end()).collect();
        pages.join("\n\n")
    }

    /// How sure the reading is, 0 to 100: the mean of all words, 0 without any.
    pub fn confidence(&self) -> f64 {
        mean(self.pages.iter().flat_map(|page| &page.words))
    }

    /// Words of all pages.
    pub fn word_count(&self) -> usize {
        self.pages.iter().map(|page| page.word_count).sum()
    }
}

fn mean<'a>(words: impl Iterator<Item = &'a Word>) -> f64 {
    let (count, sum) = words.fold((0.0, 0.0), |(count, sum), word| (count + 1.0, sum + word.confidence));
    if count == 0.0 { 0.0 } else { sum / count }
}

/// What tells a document from every other: its SHA-256.
pub fn digest(document: &[u8]) -> Vec<u8> {
    Sha256::digest(document).to_vec()
}

impl Ocr {
    /// A reader; no program is looked for before it is needed.
    pub fn new(config: OcrConfig, memory: Budget) -> Self {
        let room = Arc::new(Semaphore::new(config.at_once));
        Self { config: Arc::new(config), room, memory, installed: Arc::default() }
    }

    /// What a picture (JPEG, PNG, WebP, GIF) or a PDF says in these languages, within the time of a request.
    ///
    /// 400 for what cannot be opened, 503 when a program is missing (the message names its Debian package), there is no
    /// room for another document for so long, or the document or a page of it takes too long.
    pub async fn read(&self, body: Bytes, media_type: &str, languages: &[Language]) -> Result<Recognised> {
        let (time, started) = (self.config.request_time, Instant::now());
        let _place = self.place(time).await?;
        let left = time.saturating_sub(started.elapsed());
        let reading = self.read_with(body, media_type, languages, Steps::ALL);
        timeout(left, reading).await.map_err(|_| document_too_slow(time))?
    }

    /// The same for a job, which has time for every page: only the wait for a place is short, so that the job comes back
    /// later instead of spending its lease in a queue.
    pub async fn read_in_job(
        &self,
        body: Bytes,
        media_type: &str,
        languages: &[Language],
    ) -> Result<Recognised> {
        let _place = self.place(JOB_WAITS).await?;
        self.read_with(body, media_type, languages, Steps::ALL).await
    }

    async fn place(&self, time: Duration) -> Result<SemaphorePermit<'_>> {
        Ok(timeout(time, self.room.acquire()).await.map_err(|_| busy())??)
    }

    /// The same with only some of the steps that prepare a page, to measure what each of them is worth; at once, and for as
    /// long as it takes.
    pub async fn read_with(
        &self,
        body: Bytes,
        media_type: &str,
        languages: &[Language],
        steps: Steps,
    ) -> Result<Recognised> {
        let languages = self.codes(languages).await?;
        match media_type {
            "application/pdf" => self.read_pdf(body, &languages, steps).await,
            "image/jpeg" | "image/png" | "image/webp" | "image/gif" => {
                let bytes = documents::picture::memory_to_open(&body).unwrap_or_default();
                let memory = self.memory.share(bytes).await?;
                let opened = tokio::task::spawn_blocking(move || scan::open(&body)).await?;
                drop(memory);
                let picture = opened.map_err(|cause| {
                    invalid("unreadable_picture", "The image cannot be read").caused_by(cause)
                })?;
                let page = self.read_page(picture, &languages, steps).await?;
                Ok(Recognised { pages: vec![page], more_pages: false })
            }
            _ => Err(invalid("unsupported_type", "Only JPEG, PNG, WebP, GIF and PDF can be read")),
        }
    }

    /// The languages that can be read here. 503 when a program is missing.
    pub async fn languages(&self) -> Result<Vec<Language>> {
        let mut present = Vec::new();
        for &language in Language::ALL {
            if self.codes(&[language]).await.is_ok() {
                present.push(language);
            }
        }
        if present.is_empty() { self.codes(&[Language::English]).await.map(|_| present) } else { Ok(present) }
    }

    async fn read_pdf(&self, body: Bytes, languages: &str, steps: Steps) -> Result<Recognised> {
        let mut document = Pages::open(&self.config, body)?;
        let mut pages = Vec::new();
        while let Some(picture) = document.next().await? {
            if pages.len() == self.config.most_pages {
                return Ok(Recognised { pages, more_pages: true });
            }
            pages.push(self.read_page(picture, languages, steps).await?);
        }
        Ok(Recognised { pages, more_pages: false })
    }

    async fn read_page(&self, picture: GrayImage, languages: &str, steps: Steps) -> Result<Page> {
        let time = self.config.page_time;
        let reading = page::read(&self.config, picture, languages, steps);
        tokio::time::timeout(time, reading).await.map_err(|_| too_slow(time))?
    }

    /// The languages in tesseract's words, if it has them.
    ///
    /// Filipino is read together with English, which letters mix it with, and Spanish: `fil` alone takes `ñ` for `n` or `fi`.
    async fn codes(&self, languages: &[Language]) -> Result<String> {
        let codes: &[&str] =
            if languages.contains(&Language::Filipino) { &["eng", "fil", "spa"] } else { &["eng"] };
        let installed = self.installed.get_or_try_init(|| program::languages(&self.config)).await?;
        let missing = codes.iter().find(|code| !installed.iter().any(|installed| installed == *code));
        match missing {
            Some(code) => Err(missing_package("a language of tesseract", &format!("tesseract-ocr-{code}"))),
            None => Ok(codes.join("+")),
        }
    }
}

fn too_slow(time: Duration) -> Error {
    let message = format!("A page took longer than {} to read", seconds(time));
    Error::new(Kind::Unavailable, "page_too_slow", message)
}

/// The code of the error of a document that takes longer than a request may.
pub const DOCUMENT_TOO_SLOW: &str = "document_too_slow";

fn document_too_slow(time: Duration) -> Error {
    let message =
        format!("The document could not be read within {}: send fewer pages at a time", seconds(time));
    Error::new(Kind::Unavailable, DOCUMENT_TOO_SLOW, message)
}

fn busy() -> Error {
    Error::new(Kind::Unavailable, "ocr_busy", "Other documents are being read, please try again in a minute")
}

/// `1 second`, `20 seconds`.
fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64().ceil();
    if seconds == 1.0 { "1 second".to_owned() } else { format!("{seconds} seconds") }
}

/// 503 that tells the administrator what to install.
fn missing_package(what: &str, package: &str) -> Error {
    let message = format!("Text recognition needs {what}: install the Debian package {package}");
    Error::new(Kind::Unavailable, "ocr_missing", message)
}

/// 503 of an installation that does not want to read.
fn switched_off() -> Error {
    Error::new(Kind::Unavailable, "ocr_off", "Text recognition is switched off here")
}
