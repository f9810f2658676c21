//! Reports: pages that fill from the top, with a head, a foot and page numbers.

use chrono::{DateTime, Utc};
use printpdf::XObjectId;

use super::{
    PdfError,
    font::{Fonts, Weight},
    logo::Logo,
    sheets::{Color, Sheets, Style},
};

/// A4, upright.
pub(super) const A4: (f32, f32) = (595.28, 841.89);

/// White around everything.
const MARGIN: f32 = 42.0;

/// Where the last line above the foot ends.
const BOTTOM: f32 = A4.1 - 56.0;

/// Width of the text.
pub(super) const ROOM: f32 = A4.0 - 2.0 * MARGIN;

/// Whose documents they are.
#[derive(Clone, Debug, Default)]
pub struct Letterhead {
    /// The emblem.
    pub logo: Option<Logo>,
    /// The school or university.
    pub school: String,
    /// The unit.
    pub unit: String,
}

/// A report that is being written.
pub struct Report {
    pub(super) sheets: Sheets,
    pub(super) y: f32,
    head: Letterhead,
    logo: Option<XObjectId>,
    title: String,
    made: DateTime<Utc>,
}

impl Report {
    /// A report with its first page. `made` stands in the foot.
    pub fn new(head: Letterhead, title: &str, subtitle: &str, made: DateTime<Utc>) -> Result<Self, PdfError> {
        let mut report = Self::empty(head, title, made)?;
        report.section(title, subtitle);
        Ok(report)
    }

    /// A report without a page, for a batch: [`Report::section`] begins each part.
    pub fn empty(head: Letterhead, title: &str, made: DateTime<Utc>) -> Result<Self, PdfError> {
        let mut sheets = Sheets::new(title, made, A4)?;
        let logo = head.logo.as_ref().map(|logo| sheets.keep(logo));
        Ok(Self { sheets, y: BOTTOM, head, logo, title: title.to_owned(), made })
    }

    /// Begins a page with the full head: the names, the title and what it is about.
    pub fn section(&mut self, title: &str, subtitle: &str) {
        self.title = title.to_owned();
        self.sheets.page();
        self.y = MARGIN;
        self.letterhead();
        for (text, style) in [
            (title, Style::bold(17.0).colored(Color::GREEN)),
            (subtitle, Style::regular(10.0).colored(Color::GREY)),
        ] {
            if !text.trim().is_empty() {
                self.lines(text, style, style.size * 1.25);
            }
        }
        self.space(8.0);
    }

    /// A heading; it stays with what follows.
    pub fn heading(&mut self, text: &str) {
        self.need(60.0);
        self.space(10.0);
        self.lines(text, Style::bold(11.5).colored(Color::GREEN), 15.0);
        self.space(1.0);
    }

    /// Text over the full width.
    pub fn paragraph(&mut self, text: &str) {
        self.lines(text, Style::regular(9.5), 13.0);
        self.space(4.0);
    }

    /// Facts with their names, in two columns; what is empty is a dash.
    pub fn facts(&mut self, facts: &[(&str, String)]) {
        const LABEL: f32 = 82.0;
        let column = (ROOM - 16.0) / 2.0;
        for pair in facts.chunks(2) {
            let sides: Vec<Vec<String>> =
                pair.iter().map(|(_, value)| self.fact_lines(value, column - LABEL)).collect();
            let most = sides.iter().map(Vec::len).max().unwrap_or(1) as f32;
            self.need(most * 12.0 + 4.0);
            for (at, ((label, _), lines)) in pair.iter().zip(&sides).enumerate() {
                let x = MARGIN + at as f32 * (column + 16.0);
                let label_style = Style::regular(8.5).colored(Color::GREY);
                self.sheets.text((x, self.y + 9.0), label, label_style);
                for (row, line) in lines.iter().enumerate() {
                    self.sheets.text(
                        (x + LABEL, self.y + 9.0 + row as f32 * 12.0),
                        line,
                        Style::regular(9.5),
                    );
                }
            }
            self.y += most * 12.0 + 3.0;
        }
        self.space(4.0);
    }

    fn fact_lines(&self, value: &str, room: f32) -> Vec<String> {
        let value = if value.trim().is_empty() { "–" } else { value };
        self.fonts().few_lines(value, Weight::Regular, 9.5, room, 6)
    }

    /// The report as a file.
    pub fn finish(mut self) -> Result<Vec<u8>, PdfError> {
        let pages = self.sheets.count();
        let style = Style::regular(8.0).colored(Color::GREY);
        let made = format!("Generated on {} UTC", self.made.format("%-d %B %Y, %H:%M"));
        let y = A4.1 - 30.0;
        for number in 1..=pages {
            let label = format!("Page {number} of {pages}");
            let width = self.fonts().width(&label, style.weight, style.size);
            self.sheets.text_on(number, (MARGIN, y), &made, style);
            self.sheets.text_on(number, (MARGIN + ROOM - width, y), &label, style);
        }
        self.sheets.save()
    }

    pub(super) fn fonts(&self) -> Fonts {
        self.sheets.fonts
    }

    /// The left end of every line.
    pub(super) const fn left(&self) -> f32 {
        MARGIN
    }

    /// What is left of the page.
    pub(super) fn rest(&self) -> f32 {
        BOTTOM - self.y
    }

    /// What a page holds below its short head.
    pub(super) const fn whole(&self) -> f32 {
        BOTTOM - MARGIN - 24.0
    }

    /// Begins a page unless so much is left of this one.
    pub(super) fn need(&mut self, height: f32) {
        if self.rest() < height {
            self.next_page();
        }
    }

    /// Begins a page with the short head.
    pub(super) fn next_page(&mut self) {
        self.sheets.page();
        let style = Style::regular(8.5).colored(Color::GREY);
        let unit = if self.head.unit.is_empty() { &self.head.school } else { &self.head.unit };
        let unit = self.fonts().few_lines(unit, style.weight, style.size, ROOM * 0.45, 1).concat();
        let title = self.fonts().few_lines(&self.title, style.weight, style.size, ROOM * 0.5, 1).concat();
        self.sheets.text((MARGIN, MARGIN + 8.0), &unit, style);
        self.sheets.aligned((MARGIN, MARGIN + 8.0), ROOM, &title, style, super::Align::Right);
        self.sheets.rule((MARGIN, MARGIN + 14.0), (MARGIN + ROOM, MARGIN + 14.0), 0.6, Color::LINE);
        self.y = MARGIN + 24.0;
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// Lines of text below each other, on the next page where this one ends.
    fn lines(&mut self, text: &str, style: Style, height: f32) {
        for line in self.fonts().lines(text, style.weight, style.size, ROOM) {
            self.need(height);
            self.sheets.text((MARGIN, self.y + style.size), &line, style);
            self.y += height;
        }
    }

    fn letterhead(&mut self) {
        const HIGH: f32 = 44.0;
        let mut x = MARGIN;
        if let Some((id, logo)) = self.logo.clone().zip(self.head.logo.clone()) {
            let (width, height) = logo.within(80.0, HIGH);
            self.sheets.place(&id, &logo, (x, self.y), (width, height));
            x += width + 10.0;
        }
        let room = MARGIN + ROOM - x;
        let mut y = self.y + 2.0;
        for (text, style) in [
            (self.head.school.clone(), Style::bold(12.5)),
            (self.head.unit.clone(), Style::regular(10.0).colored(Color::GREY)),
        ] {
            for line in self.fonts().few_lines(&text, style.weight, style.size, room, 2) {
                y += style.size * 1.2;
                self.sheets.text((x, y), &line, style);
            }
        }
        let least = if self.logo.is_some() { self.y + HIGH } else { self.y + 2.0 };
        self.y = least.max(y + 4.0) + 6.0;
        self.sheets.rule((MARGIN, self.y), (MARGIN + ROOM, self.y), 1.4, Color::GREEN);
        self.y += 12.0;
    }
}
