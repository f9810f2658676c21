//! Word documents: their text, line by line.

use quick_xml::{Reader, events::Event};

use super::{
    MOST_TEXT_BYTES, Unreadable,
    archive::{self, damaged},
    squeezed, unreadable,
};

/// Lines at most.
const MOST_LINES: usize = 20_000;

/// The lines of a document: one for each paragraph, and one for each row of a table.
///
/// A document that declares entities is refused: Word writes none, and they are how a file reads other files.
pub fn docx_lines(body: &[u8]) -> Result<Vec<String>, Unreadable> {
    let mut archive = archive::open(body, |_, _| Ok(()))?;
    let text = archive::text(&mut archive, "word/document.xml")?.ok_or_else(damaged)?;
    let mut reader = Reader::from_str(&text);
    let mut lines = Lines::default();
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Eof => break,
            Event::DocType(_) => {
                return Err(unreadable("The document declares entities, which are not read"));
            }
            Event::Start(tag) => lines.open(tag.local_name().as_ref()),
            Event::Empty(tag) => lines.mark(tag.local_name().as_ref()),
            Event::End(tag) => lines.close(tag.local_name().as_ref()),
            Event::Text(text) => lines.write(&text),
            Event::GeneralRef(name) => lines.write(&resolved(&name)?),
            _ => {}
        }
        if lines.done.len() > MOST_LINES {
            return Err(unreadable("The document has too many lines"));
        }
        if lines.bytes > MOST_TEXT_BYTES {
            return Err(unreadable("The document holds too much text"));
        }
    }
    lines.end();
    Ok(lines.done)
}

/// The character that `&amp;` or `&#241;` stands for.
fn resolved(name: &quick_xml::events::BytesRef<'_>) -> Result<String, Unreadable> {
    if let Some(character) = name.resolve_char_ref().map_err(|_| damaged())? {
        return Ok(character.to_string());
    }
    let name: &str = name;
    let known = quick_xml::escape::resolve_predefined_entity(name);
    known.map(str::to_owned).ok_or_else(|| unreadable("The document declares entities, which are not read"))
}

#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
    in_text: bool,
    rows: usize,
    bytes: usize,
}

impl Lines {
    fn open(&mut self, tag: &str) {
        match tag {
            "t" => self.in_text = true,
            "tr" => self.rows += 1,
            _ => self.mark(tag),
        }
    }

    /// Tags without contents.
    fn mark(&mut self, tag: &str) {
        match tag {
            "tab" => self.line.push(' '),
            "br" | "cr" => self.end_unless_in_row(),
            _ => {}
        }
    }

    fn close(&mut self, tag: &str) {
        match tag {
            "t" => self.in_text = false,
            "p" => self.end_unless_in_row(),
            "tr" => {
                self.rows = self.rows.saturating_sub(1);
                self.end_unless_in_row();
            }
            _ => {}
        }
    }

    fn write(&mut self, text: &str) {
        if self.in_text {
            self.line.push_str(text);
            self.bytes += text.len();
        }
    }

    /// The cells of a row make one line.
    fn end_unless_in_row(&mut self) {
        if self.rows > 0 { self.line.push(' ') } else { self.end() }
    }

    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = squeezed(&line);
        if !line.is_empty() {
            self.done.push(line);
        }
    }
}
