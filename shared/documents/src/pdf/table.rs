//! Tables that go on over pages, each with the heading.

use std::borrow::Cow;

use super::{
    Align,
    font::Weight,
    report::{ROOM, Report},
    sheets::{Color, Style},
};

const SIZE: f32 = 8.5;
const LINE: f32 = 10.8;
/// White above and below the lines of a row.
const PADDING: f32 = 3.2;
/// White beside a cell.
const GAP: f32 = 4.0;

/// A column.
#[derive(Clone, Debug)]
pub struct TableColumn {
    /// Its heading.
    pub title: Cow<'static, str>,
    /// Its share of the width; only compared with that of the others.
    pub share: f32,
    /// Where its cells stand.
    pub align: Align,
}

impl TableColumn {
    /// A column of text.
    pub const fn text(title: &'static str, share: f32) -> Self {
        Self { title: Cow::Borrowed(title), share, align: Align::Left }
    }

    /// A column of numbers.
    pub const fn number(title: &'static str, share: f32) -> Self {
        Self { title: Cow::Borrowed(title), share, align: Align::Right }
    }
}

/// The lines of a cell.
type Cell = Vec<String>;

impl Report {
    /// A table. Where there are no rows it says `nothing`.
    pub fn table(&mut self, columns: &[TableColumn], rows: &[Vec<String>], nothing: &str) {
        let all: f32 = columns.iter().map(|column| column.share).sum();
        let widths: Vec<f32> = columns.iter().map(|column| column.share / all * ROOM).collect();
        self.need(4.0 * LINE + 4.0 * PADDING);
        self.table_head(columns, &widths);
        for (at, row) in rows.iter().enumerate() {
            let cells = row
                .iter()
                .zip(&widths)
                .map(|(text, width)| self.fonts().lines(text, Weight::Regular, SIZE, width - 2.0 * GAP));
            let cells: Vec<Cell> = cells.collect();
            self.table_row(columns, &widths, cells, at % 2 == 1);
        }
        if rows.is_empty() {
            let style = Style::regular(SIZE).colored(Color::GREY);
            self.sheets.text((self.left() + GAP, self.y + PADDING + SIZE), nothing, style);
            self.y += LINE + 2.0 * PADDING;
        }
        let (left, y) = (self.left(), self.y);
        self.sheets.rule((left, y), (left + ROOM, y), 0.6, Color::LINE);
        self.space(8.0);
    }

    fn table_head(&mut self, columns: &[TableColumn], widths: &[f32]) {
        let style = Style::bold(SIZE).colored(Color::WHITE);
        let cells: Vec<Cell> = columns
            .iter()
            .zip(widths)
            .map(|(column, width)| self.fonts().lines(&column.title, style.weight, SIZE, width - 2.0 * GAP))
            .collect();
        let high = height(&cells);
        let (left, y) = (self.left(), self.y);
        self.sheets.area((left, y), (ROOM, high), Color::GREEN);
        self.cells(columns, widths, &cells, style);
        self.y += high;
    }

    /// A row; one that is higher than a page is continued on the next.
    fn table_row(&mut self, columns: &[TableColumn], widths: &[f32], mut cells: Vec<Cell>, shaded: bool) {
        if height(&cells) > self.rest() && height(&cells) < self.whole() - 3.0 * LINE {
            self.next_page();
            self.table_head(columns, widths);
        }
        loop {
            let fit = ((self.rest() - 2.0 * PADDING) / LINE).floor().max(1.0) as usize;
            let later: Vec<Cell> = cells.iter_mut().map(|cell| cell.split_off(fit.min(cell.len()))).collect();
            let high = height(&cells);
            let (left, y) = (self.left(), self.y);
            if shaded {
                self.sheets.area((left, y), (ROOM, high), Color::SHADE);
            }
            self.cells(columns, widths, &cells, Style::regular(SIZE));
            self.y += high;
            if later.iter().all(Vec::is_empty) {
                return;
            }
            cells = later;
            self.next_page();
            self.table_head(columns, widths);
        }
    }

    fn cells(&mut self, columns: &[TableColumn], widths: &[f32], cells: &[Cell], style: Style) {
        let mut x = self.left();
        for ((column, width), lines) in columns.iter().zip(widths).zip(cells) {
            for (row, line) in lines.iter().enumerate() {
                let y = self.y + PADDING + SIZE - 0.6 + row as f32 * LINE;
                self.sheets.aligned((x + GAP, y), width - 2.0 * GAP, line, style, column.align);
            }
            x += width;
        }
    }
}

fn height(cells: &[Cell]) -> f32 {
    cells.iter().map(Vec::len).max().unwrap_or(1).max(1) as f32 * LINE + 2.0 * PADDING
}
