//! Tables as files to keep, written while the database is read, so that memory does not grow with the rows.

use axum::response::Response;
use bytes::Bytes;
use chrono::{NaiveDate, NaiveDateTime};
use documents::{BYTE_ORDER_MARK, Cell, Column, Sheet, csv_rows};
use rust_decimal::prelude::ToPrimitive;
use tokio::io::AsyncReadExt;
use tokio_postgres::{Error as PgError, Row as PgRow, types::Type};

use super::{Money, Pieces, Written, download::download};
use crate::{
    App, Result,
    db::{Row, Rows},
    error::invalid,
};

/// Rows a sheet can hold below its headings.
const SHEET_ROWS: u32 = 1_048_575;

/// Rows of a piece of CSV.
const PIECE: usize = 500;

/// Bytes of a piece of a workbook.
const PIECE_BYTES: usize = 64 * 1024;

/// What a table looks like as a file.
#[derive(Clone, Copy, Debug)]
pub struct Layout<'a> {
    /// The name of the sheet.
    pub title: &'static str,
    /// The headings, and the widths in a sheet.
    pub columns: &'a [Column<'a>],
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Comma-separated values.
    Csv,
    /// A workbook of Excel.
    Excel,
}

impl Kind {
    /// The extension of its name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Excel => "xlsx",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A row whose cells are the columns as they are selected: whole numbers, doubles, amounts, days, times and texts. Of an array
/// of texts each is a cell.
#[derive(Debug)]
pub struct Cells(pub Vec<Cell>);

impl Row for Cells {
    fn from_row(row: &PgRow) -> Result<Self, PgError> {
        let mut cells = Vec::with_capacity(row.columns().len());
        for (at, column) in row.columns().iter().enumerate() {
            cells.push(match *column.type_() {
                Type::INT4 => row.try_get::<_, Option<i32>>(at)?.into(),
                Type::FLOAT8 => row.try_get::<_, Option<f64>>(at)?.into(),
                Type::NUMERIC => amount(row.try_get(at)?),
                Type::DATE => row.try_get::<_, Option<NaiveDate>>(at)?.into(),
                Type::TIMESTAMP => row.try_get::<_, Option<NaiveDateTime>>(at)?.into(),
                Type::TEXT_ARRAY => {
                    cells.extend(row.try_get::<_, Vec<String>>(at)?.into_iter().map(Cell::Text));
                    continue;
                }
                _ => row.try_get::<_, Option<String>>(at)?.into(),
            });
        }
        Ok(Self(cells))
    }
}

fn amount(amount: Option<Money>) -> Cell {
    amount.and_then(|amount| amount.decimal().to_f64()).map_or(Cell::Empty, Cell::Amount)
}

impl IntoIterator for Cells {
    type Item = Cell;
    type IntoIter = std::vec::IntoIter<Cell>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// The answer with the file `<stem>_<YYYYMMDD_HHMMSS>.<extension>`. Where an answer has a limit, a large one is a redirection to
/// the store.
pub async fn answer(app: &App, stem: &str, kind: Kind, file: Written) -> Result<Response> {
    let stamp = app.clock.now().format("%Y%m%d_%H%M%S");
    let name = format!("{stem}_{stamp}.{}", kind.extension());
    download(app, &name, kind.media_type(), file).await
}

/// Writes all rows.
pub async fn write<T: Row, C: IntoIterator<Item = Cell>>(
    kind: Kind,
    layout: Layout<'_>,
    rows: Rows<T>,
    cells: fn(T) -> C,
    pieces: &Pieces,
) -> Result<()> {
    match kind {
        Kind::Csv => csv(layout, rows, cells, pieces).await,
        Kind::Excel => excel(layout, rows, cells, pieces).await,
    }
}

async fn csv<T: Row, C: IntoIterator<Item = Cell>>(
    layout: Layout<'_>,
    mut rows: Rows<T>,
    cells: fn(T) -> C,
    pieces: &Pieces,
) -> Result<()> {
    let mut head = BYTE_ORDER_MARK.to_vec();
    head.extend(csv_rows([layout.columns.iter().map(|column| Cell::Text(column.title.to_owned()))])?);
    pieces.send(head).await?;
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE
            && let Some(row) = rows.next().await?
        {
            piece.push(cells(row));
        }
        if piece.is_empty() {
            return Ok(());
        }
        pieces.send(csv_rows(piece)?).await?;
    }
}

/// The sheet grows in a temporary file, and so does the workbook it is packed into.
async fn excel<T: Row, C: IntoIterator<Item = Cell>>(
    layout: Layout<'_>,
    mut rows: Rows<T>,
    cells: fn(T) -> C,
    pieces: &Pieces,
) -> Result<()> {
    let mut sheet = Sheet::new(layout.title, layout.columns)?;
    let mut count = 0;
    while let Some(row) = rows.next().await? {
        count += 1;
        if count > SHEET_ROWS {
            let advice = "These are too many rows for a workbook: choose fewer, or csv";
            return Err(invalid("too_many_rows", advice));
        }
        sheet.row(cells(row))?;
    }
    drop(rows);
    let file = tokio::task::spawn_blocking(move || sheet.finish_to_file()).await??;
    let mut file = tokio::fs::File::from_std(file);
    loop {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        if (&mut file).take(PIECE_BYTES as u64).read_to_end(&mut piece).await? == 0 {
            return Ok(());
        }
        pieces.send(Bytes::from(piece)).await?;
    }
}
