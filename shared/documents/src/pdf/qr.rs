//! QR codes as shapes, sharp at every size.

use qrcode::{EcLevel, QrCode};

use super::{
    PdfError,
    sheets::{Color, Path, Sheets, rectangle},
};

/// A code: its dark fields, row by row.
#[derive(Clone, Debug)]
pub struct Qr {
    width: usize,
    dark: Vec<bool>,
}

impl Qr {
    /// The code of a text; a quarter of it may be covered or torn.
    pub fn of(text: &str) -> Result<Self, PdfError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::Q)
            .map_err(|cause| PdfError(format!("no QR code: {cause}")))?;
        Ok(Self {
            width: code.width(),
            dark: code.to_colors().into_iter().map(|color| color == qrcode::Color::Dark).collect(),
        })
    }

    /// Fields of a side.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether a field is dark.
    pub fn is_dark(&self, column: usize, row: usize) -> bool {
        column < self.width && self.dark.get(row * self.width + column).copied().unwrap_or_default()
    }

    /// Draws it in a square; the light border it needs is around it.
    pub(super) fn draw(&self, sheets: &mut Sheets, (x, y): (f32, f32), side: f32) {
        let field = side / self.width as f32;
        let mut shapes: Vec<Path> = Vec::new();
        for (row, fields) in self.dark.chunks(self.width.max(1)).enumerate() {
            let mut column = 0;
            for run in fields.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    let (left, top) = (x + column as f32 * field, y + row as f32 * field);
                    shapes.push(rectangle(left, top, run.len() as f32 * field, field));
                }
                column += run.len();
            }
        }
        sheets.fill(shapes, Color(0, 0, 0));
    }
}
