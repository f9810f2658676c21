//! Reading text from pictures and documents.

use std::{path::PathBuf, time::Duration};

use super::Variables;

/// Which programs read, and how much they may use.
#[derive(Clone, Debug)]
pub struct OcrConfig {
    /// `TESSERACT`: the program that reads (default `tesseract`, wherever `PATH` has it). `off` reads nothing.
    pub tesseract: Option<PathBuf>,
    /// `PDFTOPPM`: the program that draws the pages of a PDF (default `pdftoppm`).
    pub pdftoppm: PathBuf,
    /// `OCR_PAGE_SECONDS` (20): the longest a page may take.
    pub page_time: Duration,
    /// `OCR_REQUEST_SECONDS` (25): the longest a request waits for a document; the gateway gives up after 29.
    pub request_time: Duration,
    /// `OCR_PAGE_MB` (1024): address space each program may use.
    pub page_memory_mb: u64,
    /// `OCR_PROCESSES` (2): documents that are read at once.
    pub at_once: usize,
    /// `OCR_PAGES` (20): pages read of one document.
    pub most_pages: usize,
    /// What the programs find in their environment; nothing else, so no secret.
    pub environment: Vec<(&'static str, String)>,
}

/// Where programs, their libraries and the languages of tesseract are looked for.
const PASSED_ON: &[&str] = &["PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX"];

impl Variables<'_> {
    pub(super) fn ocr(&mut self) -> OcrConfig {
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).max(1);
        let program = self.text("TESSERACT").unwrap_or_else(|| "tesseract".to_owned());
        OcrConfig {
            tesseract: (program != "off").then(|| program.into()),
            pdftoppm: self.text("PDFTOPPM").unwrap_or_else(|| "pdftoppm".to_owned()).into(),
            page_time: Duration::from_secs(self.number("OCR_PAGE_SECONDS", 20).max(1)),
            request_time: Duration::from_secs(self.number("OCR_REQUEST_SECONDS", 25).max(1)),
            page_memory_mb: self.number("OCR_PAGE_MB", 1024),
            at_once: count(self.number("OCR_PROCESSES", 2)),
            most_pages: count(self.number("OCR_PAGES", 20)),
            environment: PASSED_ON.iter().filter_map(|&name| Some((name, self.text(name)?))).collect(),
        }
    }
}
