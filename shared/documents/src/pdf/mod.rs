//! Documents to print: a small layout layer over printpdf.
//!
//! A [`Report`] is filled from the top: headings, facts, tables, charts; it breaks pages, repeats the headings of tables
//! and numbers its pages. [`certificates`] makes landscape pages, each with a [`Qr`] code. Text may be anything: letters
//! the fonts lack are shown as one mark.

mod certificate;
mod chart;
mod font;
mod logo;
mod qr;
mod report;
mod sheets;
mod table;
#[cfg(test)]
mod tests;
mod text;

use std::fmt;

pub use certificate::{Certificate, Profiled, certificates, profiled_certificate};
pub use chart::{Chart, ChartKind};
pub use font::Weight;
pub use logo::Logo;
pub use qr::Qr;
pub use report::{Letterhead, Report};
pub use sheets::Align;
pub use table::TableColumn;

/// The media type of a PDF.
pub const PDF: &str = "application/pdf";

/// Why a document could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfError(pub(super) String);

impl fmt::Display for PdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PdfError {}
