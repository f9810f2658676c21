//! Where the text of a page stands: pieces on one height make a line, gaps between them a space.

use lopdf::Object;

use super::{MOST_TEXT_BYTES, number, squeezed};

/// A moving coordinate system, as PDF writes it: `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Clone, Copy)]
struct Matrix([f32; 6]);

impl Default for Matrix {
    fn default() -> Self {
        Self([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    }
}

impl Matrix {
    fn of(operands: &[Object]) -> Self {
        Self(std::array::from_fn(|at| number(operands.get(at))))
    }

    fn moved(x: f32, y: f32) -> Self {
        Self([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First `self`, then `outer`.
    fn within(self, outer: Self) -> Self {
        let ([a, b, c, d, e, f], [oa, ob, oc, od, oe, of]) = (self.0, outer.0);
        Self([
            a * oa + b * oc,
            a * ob + b * od,
            c * oa + d * oc,
            c * ob + d * od,
            e * oa + f * oc + oe,
            e * ob + f * od + of,
        ])
    }
}

/// A piece of text and where it begins.
struct Piece {
    x: f32,
    y: f32,
    size: f32,
    text: String,
}

/// A page while its operations are gone through.
#[derive(Default)]
pub struct Page {
    outer: Matrix,
    saved: Vec<Matrix>,
    line: Matrix,
    text: Matrix,
    leading: f32,
    size: f32,
    pieces: Vec<Piece>,
    bytes: usize,
}

/// Coordinate systems that are kept at most; an honest page nests a few.
const DEEPEST: usize = 256;

/// Bytes of one string at most, before the font says what they mean; what is longer is no line.
const LONGEST_STRING: usize = 32 * 1024;

impl Page {
    /// Bytes of the text so far.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// One operation of the page. `decode` knows the present font.
    pub fn apply(&mut self, operator: &str, operands: &[Object], decode: &dyn Fn(&[u8]) -> Option<String>) {
        let at = |at: usize| number(operands.get(at));
        match operator {
            "q" if self.saved.len() < DEEPEST => self.saved.push(self.outer),
            "Q" => self.outer = self.saved.pop().unwrap_or(self.outer),
            "cm" => self.outer = Matrix::of(operands).within(self.outer),
            "BT" => self.set(Matrix::default()),
            "Tf" => self.size = at(1),
            "TL" => self.leading = at(0),
            "Tm" => self.set(Matrix::of(operands)),
            "Td" => self.step(at(0), at(1)),
            "TD" => {
                self.leading = -at(1);
                self.step(at(0), at(1));
            }
            "T*" => self.step(0.0, -self.leading),
            "Tj" => self.show(operands.first(), decode),
            "'" => {
                self.step(0.0, -self.leading);
                self.show(operands.first(), decode);
            }
            "\"" => {
                self.step(0.0, -self.leading);
                self.show(operands.get(2), decode);
            }
            "TJ" => self.show(operands.first(), decode),
            _ => {}
        }
    }

    fn set(&mut self, matrix: Matrix) {
        self.line = matrix;
        self.text = matrix;
    }

    fn step(&mut self, x: f32, y: f32) {
        self.set(Matrix::moved(x, y).within(self.line));
    }

    fn show(&mut self, shown: Option<&Object>, decode: &dyn Fn(&[u8]) -> Option<String>) {
        let mut text = String::new();
        let decode = |bytes: &[u8]| decode(&bytes[..bytes.len().min(LONGEST_STRING)]);
        match shown {
            Some(Object::String(bytes, _)) => text.extend(decode(bytes)),
            Some(Object::Array(items)) => {
                for item in items {
                    match item {
                        // The page is refused once this one is counted.
                        _ if text.len() > MOST_TEXT_BYTES => break,
                        Object::String(bytes, _) => text.extend(decode(bytes)),
                        // In thousandths of the size, to the left: some writers make their spaces so.
                        _ if number(Some(item)) < -200.0 => text.push(' '),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        if text.is_empty() {
            return;
        }
        let [_, _, c, d, x, y] = self.text.within(self.outer).0;
        let size = self.size.abs() * c.hypot(d);
        // What comes next without a step stands behind; half the size is the usual width of a letter.
        let width = 0.5 * self.size * text.chars().count() as f32;
        self.text = Matrix::moved(width, 0.0).within(self.text);
        self.bytes += text.len();
        self.pieces.push(Piece { x, y, size, text });
    }

    /// The lines from top to bottom, each from left to right.
    pub fn lines(self) -> Vec<String> {
        let mut pieces = self.pieces;
        pieces.retain(|piece| piece.x.is_finite() && piece.y.is_finite());
        // Stable: what stands at the same place keeps the order of the file.
        pieces.sort_by(|a, b| b.y.total_cmp(&a.y));
        let mut lines: Vec<Vec<Piece>> = Vec::new();
        for piece in pieces {
            let near = |line: &Vec<Piece>| {
                line.first().is_some_and(|first| {
                    (first.y - piece.y).abs() <= 0.35 * first.size.max(piece.size).max(1.0)
                })
            };
            match lines.last_mut().filter(|line| near(line)) {
                Some(line) => line.push(piece),
                None => lines.push(vec![piece]),
            }
        }
        lines.into_iter().map(joined).filter(|line| !line.is_empty()).collect()
    }
}

fn joined(mut pieces: Vec<Piece>) -> String {
    pieces.sort_by(|a, b| a.x.total_cmp(&b.x));
    let mut line = String::new();
    let mut end = f32::MIN;
    for piece in pieces {
        // Widths are guessed, so that only a clear gap is a space; a piece of its own word begins with one anyway.
        if !line.is_empty() && piece.x > end - 0.1 * piece.size {
            line.push(' ');
        }
        end = piece.x + 0.5 * piece.size * piece.text.chars().count() as f32;
        line.push_str(&piece.text);
    }
    squeezed(&line)
}
