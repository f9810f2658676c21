//! Pages to draw on. Lengths are points, counted from the upper left corner.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use printpdf::{
    Color as Ink, Line, LinePoint, OffsetDateTime, Op, PaintMode, PdfDocument, PdfFontHandle, PdfPage,
    PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rgb, TextItem, TextMatrix, WindingOrder, XObjectId,
    XObjectTransform,
};

use super::{
    PdfError,
    font::{Fonts, WEIGHTS, Weight},
    logo::Logo,
};

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

impl Color {
    /// Body text.
    pub const INK: Self = Self(0x1a, 0x1f, 0x16);
    /// Labels and foot lines.
    pub const GREY: Self = Self(0x66, 0x6b, 0x63);
    /// Lines between rows.
    pub const LINE: Self = Self(0xcf, 0xd4, 0xca);
    /// Every second row.
    pub const SHADE: Self = Self(0xf3, 0xf5, 0xf1);
    /// Headings.
    pub const GREEN: Self = Self(0x2f, 0x5d, 0x34);
    /// Ornaments.
    pub const GOLD: Self = Self(0xb0, 0x8d, 0x2e);
    /// Paper.
    pub const WHITE: Self = Self(0xff, 0xff, 0xff);

    fn ink(self) -> Ink {
        let part = |part: u8| f32::from(part) / 255.0;
        Ink::Rgb(Rgb { r: part(self.0), g: part(self.1), b: part(self.2), icc_profile: None })
    }
}

/// How text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub weight: Weight,
    pub size: f32,
    pub color: Color,
}

impl Style {
    pub const fn regular(size: f32) -> Self {
        Self { weight: Weight::Regular, size, color: Color::INK }
    }

    pub const fn bold(size: f32) -> Self {
        Self { weight: Weight::Bold, size, color: Color::INK }
    }

    pub const fn colored(self, color: Color) -> Self {
        Self { color, ..self }
    }
}

/// Where a text stands in its room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// From the left.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// To the right, as numbers are.
    Right,
}

/// A path: straight from point to point; a point marked as steering bends the way (three make a curve).
pub(super) type Path = Vec<(f32, f32, bool)>;

/// The pages of a document.
pub(super) struct Sheets {
    pub fonts: Fonts,
    pub width: f32,
    pub height: f32,
    pages: Vec<Vec<Op>>,
    letters: [BTreeSet<char>; 2],
    pdf: PdfDocument,
}

impl Sheets {
    /// No page yet; `width` times `height`.
    pub fn new(title: &str, made: DateTime<Utc>, (width, height): (f32, f32)) -> Result<Self, PdfError> {
        let mut pdf = PdfDocument::new(title);
        let info = &mut pdf.metadata.info;
        if let Ok(date) = OffsetDateTime::from_unix_timestamp(made.timestamp()) {
            (info.creation_date, info.modification_date) = (date, date);
        }
        info.producer = "Muster".to_owned();
        Ok(Self { fonts: Fonts::load()?, width, height, pages: Vec::new(), letters: Default::default(), pdf })
    }

    /// Begins a page; what follows is drawn on it.
    pub fn page(&mut self) {
        self.pages.push(Vec::new());
    }

    pub fn count(&self) -> usize {
        self.pages.len()
    }

    /// Text of one line on the last page; `x`, `y` is where its base line begins.
    pub fn text(&mut self, (x, y): (f32, f32), text: &str, style: Style) {
        let last = self.count();
        self.text_on(last, (x, y), text, style);
    }

    /// Text on page `number`, from 1.
    pub fn text_on(&mut self, number: usize, (x, y): (f32, f32), text: &str, style: Style) {
        let clean = self.fonts.clean(text).replace('\n', " ");
        if clean.trim().is_empty() {
            return;
        }
        self.letters[style.weight as usize].extend(clean.chars());
        let y = self.height - y;
        self.draw(
            number,
            [
                Op::StartTextSection,
                Op::SetFont { font: PdfFontHandle::External(style.weight.id()), size: Pt(style.size) },
                Op::SetFillColor { col: style.color.ink() },
                Op::SetTextMatrix { matrix: TextMatrix::Raw([1.0, 0.0, 0.0, 1.0, x, y]) },
                Op::ShowText { items: vec![TextItem::Text(clean)] },
                Op::EndTextSection,
            ],
        );
    }

    /// Text of one line in a room `width` wide.
    pub fn aligned(&mut self, (x, y): (f32, f32), width: f32, text: &str, style: Style, align: Align) {
        let wide = self.fonts.width(&self.fonts.clean(text), style.weight, style.size);
        let before = match align {
            Align::Left => 0.0,
            Align::Center => (width - wide) / 2.0,
            Align::Right => width - wide,
        };
        self.text((x + before, y), text, style);
    }

    /// A filled rectangle.
    pub fn area(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), color: Color) {
        self.fill(vec![rectangle(x, y, width, height)], color);
    }

    /// Filled shapes of one colour.
    pub fn fill(&mut self, shapes: Vec<Path>, color: Color) {
        let rings = shapes.into_iter().map(|path| PolygonRing { points: self.points(path) }).collect();
        let polygon = Polygon { rings, mode: PaintMode::Fill, winding_order: WindingOrder::NonZero };
        let last = self.count();
        self.draw(last, [Op::SetFillColor { col: color.ink() }, Op::DrawPolygon { polygon }]);
    }

    /// A line along a path.
    pub fn line(&mut self, path: Path, thickness: f32, color: Color, is_closed: bool) {
        let line = Line { points: self.points(path), is_closed };
        let last = self.count();
        self.draw(
            last,
            [
                Op::SetOutlineColor { col: color.ink() },
                Op::SetOutlineThickness { pt: Pt(thickness) },
                Op::DrawLine { line },
            ],
        );
    }

    /// A straight line.
    pub fn rule(&mut self, (x1, y1): (f32, f32), (x2, y2): (f32, f32), thickness: f32, color: Color) {
        self.line(vec![(x1, y1, false), (x2, y2, false)], thickness, color, false);
    }

    /// The outline of a rectangle.
    pub fn frame(&mut self, corner: (f32, f32), size: (f32, f32), thickness: f32, color: Color) {
        self.line(rectangle(corner.0, corner.1, size.0, size.1), thickness, color, true);
    }

    /// A picture that can be placed on pages.
    pub fn keep(&mut self, logo: &Logo) -> XObjectId {
        self.pdf.add_image(&logo.image)
    }

    /// Places a picture.
    pub fn place(&mut self, id: &XObjectId, logo: &Logo, (x, y): (f32, f32), (width, height): (f32, f32)) {
        let transform = XObjectTransform {
            translate_x: Some(Pt(x)),
            translate_y: Some(Pt(self.height - y - height)),
            // One point for each pixel, then scaled.
            dpi: Some(72.0),
            scale_x: Some(width / logo.image.width as f32),
            scale_y: Some(height / logo.image.height as f32),
            ..XObjectTransform::default()
        };
        let last = self.count();
        self.draw(last, [Op::UseXobject { id: id.clone(), transform }]);
    }

    /// The document as a file.
    pub fn save(mut self) -> Result<Vec<u8>, PdfError> {
        self.embed()?;
        Ok(self.write())
    }

    /// Adds the fonts with the letters that were used.
    pub fn embed(&mut self) -> Result<(), PdfError> {
        for (weight, letters) in WEIGHTS.into_iter().zip(&self.letters) {
            if !letters.is_empty() {
                self.pdf.resources.fonts.map.insert(weight.id(), self.fonts.embed(weight, letters)?);
            }
        }
        Ok(())
    }

    /// The file; fonts are embedded before.
    pub fn write(mut self) -> Vec<u8> {
        let (width, height) = (Pt(self.width).into(), Pt(self.height).into());
        self.pdf.pages = self.pages.into_iter().map(|ops| PdfPage::new(width, height, ops)).collect();
        // The fonts are subsets already, and pictures small.
        let options =
            PdfSaveOptions { optimize: true, subset_fonts: false, secure: true, image_optimization: None };
        self.pdf.save(&options, &mut Vec::new())
    }

    fn draw<const N: usize>(&mut self, number: usize, ops: [Op; N]) {
        if let Some(page) = number.checked_sub(1).and_then(|at| self.pages.get_mut(at)) {
            page.extend(ops);
        }
    }

    fn points(&self, path: Path) -> Vec<LinePoint> {
        let point = |(x, y, bezier)| LinePoint { p: Point { x: Pt(x), y: Pt(self.height - y) }, bezier };
        path.into_iter().map(point).collect()
    }
}

/// The corners of a rectangle.
pub(super) fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Path {
    vec![(x, y, false), (x + width, y, false), (x + width, y + height, false), (x, y + height, false)]
}
