//! OpenDocument spreadsheets, as Calc and Google Sheets save them.

use std::collections::HashSet;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::{
    Budget, MOST_COLUMNS, MOST_ROWS, Table, TableBuilder, Unreadable,
    archive::{self, damaged},
    number_format::plain,
    too_long, unreadable,
    xlsx::hidden_sheet,
};

/// Sheets at most.
const MOST_SHEETS: usize = 50;

/// The tables of a spreadsheet, one for each sheet, like those of [`super::read_xlsx`] and with its limits.
pub fn read_ods(body: &[u8]) -> Result<Vec<Table>, Unreadable> {
    let mut archive = archive::open(body, |_, _| Ok(()))?;
    let manifest = archive::text(&mut archive, "META-INF/manifest.xml")?.unwrap_or_default();
    if manifest.contains("encryption-data") {
        return Err(unreadable("The spreadsheet is protected by a password, please save it without one"));
    }
    let text = archive::text(&mut archive, "content.xml")?.ok_or_else(damaged)?;
    let mut reader = Reader::from_str(&text);
    let (mut tables, mut budget) = (Vec::new(), Budget::default());
    let mut hidden = HiddenStyles::default();
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Eof => return Ok(tables),
            Event::DocType(_) => {
                return Err(unreadable("The document declares entities, which are not read"));
            }
            Event::Start(tag) if tag.local_name().as_ref() == "table" => {
                if tables.len() == MOST_SHEETS {
                    return Err(unreadable(format!("The spreadsheet has more than {MOST_SHEETS} sheets")));
                }
                let name = attribute(&tag, "name")?.unwrap_or_default();
                let is_hidden =
                    attribute(&tag, "style-name")?.is_some_and(|style| hidden.names.contains(&style));
                let table = sheet(&mut reader, &mut budget)?;
                tables.push(match is_hidden {
                    true => hidden_sheet(name),
                    false => Table { sheet: Some(name), ..table },
                });
            }
            Event::Start(tag) | Event::Empty(tag) => hidden.look_at(&tag)?,
            _ => {}
        }
    }
}

/// The styles of sheets that are not shown.
#[derive(Default)]
struct HiddenStyles {
    current: String,
    names: HashSet<String>,
}

impl HiddenStyles {
    fn look_at(&mut self, tag: &BytesStart<'_>) -> Result<(), Unreadable> {
        match tag.local_name().as_ref() {
            "style" => self.current = attribute(tag, "name")?.unwrap_or_default(),
            "table-properties" if attribute(tag, "display")?.as_deref() == Some("false") => {
                self.names.insert(self.current.clone());
            }
            _ => {}
        }
        Ok(())
    }
}

/// The value of an attribute, whichever name space it is in.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, Unreadable> {
    for one in tag.attributes().with_checks(false) {
        let one = one.map_err(|_| damaged())?;
        if one.key.local_name().as_ref() == name {
            let value = one.normalized_value(XmlVersion::Implicit1_0).map_err(|_| damaged())?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// The rows up to the end of a sheet.
fn sheet(reader: &mut Reader<&[u8]>, budget: &mut Budget) -> Result<Table, Unreadable> {
    let mut table = TableBuilder::new(budget);
    let mut at = 0_usize;
    let mut row = SheetRow::default();
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "table-row" => row = SheetRow::repeated(&tag)?,
                "table-cell" => {
                    let cell = Cell::of(&tag)?;
                    let text = cell_text(reader)?;
                    row.add(cell, text);
                }
                "covered-table-cell" => {
                    row.add(Cell::of(&tag)?, String::new());
                    cell_text(reader)?;
                }
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "table-row" => at += SheetRow::repeated(&tag)?.times,
                "table-cell" | "covered-table-cell" => row.add(Cell::of(&tag)?, String::new()),
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "table-row" => std::mem::take(&mut row).finish(&mut at, &mut table)?,
                "table" => return Ok(table.finish()),
                _ => {}
            },
            Event::Eof => return Err(damaged()),
            _ => {}
        }
    }
}

#[derive(Default)]
struct SheetRow {
    times: usize,
    cells: Vec<String>,
    /// Empty cells that only count if another follows.
    empty: usize,
    problem: Option<String>,
}

impl SheetRow {
    fn repeated(tag: &BytesStart<'_>) -> Result<Self, Unreadable> {
        Ok(Self { times: count(tag, "number-rows-repeated")?, ..Self::default() })
    }

    fn add(&mut self, cell: Cell, shown: String) {
        let column = self.cells.len() + self.empty;
        let text = match cell.value(shown) {
            Ok(text) => text,
            Err(fault) => {
                self.problem = Some(format!("Column {} holds {fault}", column + 1));
                String::new()
            }
        };
        if text.is_empty() {
            self.empty = self.empty.saturating_add(cell.times);
            return;
        }
        // One more than there may be is enough for the refusal.
        let room = (MOST_COLUMNS + 1).saturating_sub(self.cells.len());
        let empty = std::mem::take(&mut self.empty).min(room);
        self.cells.resize(self.cells.len() + empty, String::new());
        let room = (MOST_COLUMNS + 1).saturating_sub(self.cells.len());
        self.cells.resize(self.cells.len() + cell.times.min(room), text);
    }

    fn finish(self, at: &mut usize, table: &mut TableBuilder<'_>) -> Result<(), Unreadable> {
        let Self { times, cells, problem, .. } = self;
        if cells.is_empty() && problem.is_none() {
            *at = at.saturating_add(times);
            return Ok(());
        }
        for _ in 0..times {
            if *at > 4 * MOST_ROWS {
                return Err(too_long());
            }
            *at += 1;
            table.push(*at, cells.clone(), problem.clone())?;
        }
        Ok(())
    }
}

fn count(tag: &BytesStart<'_>, name: &str) -> Result<usize, Unreadable> {
    Ok(attribute(tag, name)?.and_then(|times| times.parse().ok()).unwrap_or(1).max(1))
}

/// What the tag of a cell says.
struct Cell {
    times: usize,
    kind: String,
    value: Option<String>,
    has_formula: bool,
}

impl Cell {
    fn of(tag: &BytesStart<'_>) -> Result<Self, Unreadable> {
        let kind = attribute(tag, "value-type")?.unwrap_or_default();
        let name = match kind.as_str() {
            "date" => "date-value",
            "time" => "time-value",
            "boolean" => "boolean-value",
            _ => "value",
        };
        let (value, formula) = (attribute(tag, name)?, attribute(tag, "formula")?);
        let has_formula = formula.is_some();
        Ok(Self { times: count(tag, "number-columns-repeated")?, kind, value, has_formula })
    }

    /// The value, or the fault that a formula came to; `shown` is what the sheet shows.
    fn value(&self, shown: String) -> Result<String, String> {
        let is_fault = shown.starts_with('#') || shown.starts_with("Err:");
        if self.has_formula && is_fault {
            return Err(shown);
        }
        let Some(value) = &self.value else { return Ok(shown) };
        Ok(match self.kind.as_str() {
            // As it is shown, where it is shown with zeros that a number does not have.
            "float"
                if shown.starts_with('0') && shown.len() > 1 && shown.bytes().all(|b| b.is_ascii_digit()) =>
            {
                shown
            }
            "float" | "currency" => value.parse().map_or(shown, plain),
            "percentage" => {
                value.parse::<f64>().map_or(shown, |number| format!("{}%", plain(number * 100.0)))
            }
            "boolean" => value.to_uppercase(),
            "date" => value.replacen('T', " ", 1),
            "time" => clock(value).unwrap_or(shown),
            _ => shown,
        })
    }
}

/// `PT07H05M00S` as `07:05`.
fn clock(duration: &str) -> Option<String> {
    let (hours, rest) = duration.strip_prefix("PT")?.split_once('H')?;
    let (minutes, _) = rest.split_once('M')?;
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    Some(format!("{hours:02}:{minutes:02}"))
}

/// What a cell shows: its paragraphs, without comments on it.
fn cell_text(reader: &mut Reader<&[u8]>) -> Result<String, Unreadable> {
    let (mut text, mut depth, mut comment) = (String::new(), 1_usize, 0_usize);
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Start(tag) => {
                depth += 1;
                match tag.local_name().as_ref() {
                    "annotation" => comment = depth,
                    "p" if comment == 0 && !text.is_empty() => text.push('\n'),
                    _ => {}
                }
            }
            Event::End(_) => {
                if comment == depth {
                    comment = 0;
                }
                depth -= 1;
                if depth == 0 {
                    return Ok(text);
                }
            }
            Event::Empty(tag) if comment == 0 => match tag.local_name().as_ref() {
                "s" | "tab" => text.push(' '),
                "line-break" => text.push('\n'),
                _ => {}
            },
            Event::Text(piece) if comment == 0 => text.push_str(&piece),
            Event::GeneralRef(name) if comment == 0 => text.push_str(&super::docx::resolved(&name)?),
            Event::Eof => return Err(damaged()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::{ZipWriter, write::SimpleFileOptions};

    use super::*;

    fn spreadsheet(body: &str) -> Vec<u8> {
        let content = format!(
            "<o:document-content xmlns:o=\"o\" xmlns:table=\"t\" xmlns:text=\"x\" xmlns:style=\"s\">\
             <style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/></style:style>{body}\
             </o:document-content>"
        );
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in
            [("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &content)]
        {
            zip.start_file(
                name,
                SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored),
            )
            .unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn cell(attributes: &str, text: &str) -> String {
        format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
    }

    fn row(cells: &[String]) -> String {
        format!("<table:table-row>{}</table:table-row>", cells.concat())
    }

    fn sheet(name: &str, style: &str, rows: &str) -> String {
        format!("<table:table table:name=\"{name}\" table:style-name=\"{style}\">{rows}</table:table>")
    }

    #[test]
    fn cells_are_read_as_the_sheet_means_them() {
        let heading =
            ["ID", "Score", "Born", "In", "Ok", "Sum"].map(|text| cell("o:value-type=\"string\"", text));
        let values = [
            cell("o:value-type=\"float\" o:value=\"7654321\"", "0007654321"),
            cell("o:value-type=\"percentage\" o:value=\"0.85\"", "85%"),
            cell("o:value-type=\"date\" o:date-value=\"2005-02-01\"", "01/02/05"),
            cell("o:value-type=\"time\" o:time-value=\"PT07H05M00S\"", "07:05:00 AM"),
            cell("o:value-type=\"boolean\" o:boolean-value=\"true\"", "WAHR"),
            cell("o:value-type=\"float\" o:value=\"1234.5\"", "1,234.50"),
        ];
        let file = spreadsheet(&sheet("List", "ta1", &(row(&heading) + &row(&values))));
        let tables = read_ods(&file).unwrap();
        assert_eq!(tables[0].headings, ["ID", "Score", "Born", "In", "Ok", "Sum"]);
        assert_eq!(tables[0].rows[0].cells, ["0007654321", "85%", "2005-02-01", "07:05", "TRUE", "1234.5"]);
    }

    #[test]
    fn hidden_sheets_comments_and_endless_repetitions_are_not_read() {
        let comment = "<table:table-cell><o:annotation><text:p>no</text:p></o:annotation><text:p>A &amp; B</text:p></table:table-cell>";
        let rows = row(&[
            comment.to_owned(),
            "<table:table-cell table:number-columns-repeated=\"16000\"/>".to_owned(),
        ]) + &row(&[cell("", "last")])
            + "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell/></table:table-row>";
        let file = spreadsheet(&(sheet("Old", "ta2", &row(&[cell("", "x")])) + &sheet("New", "ta1", &rows)));
        let tables = read_ods(&file).unwrap();
        assert_eq!(tables[0].notes, ["The hidden sheet \"Old\" was not read."]);
        assert!(tables[0].headings.is_empty());
        assert_eq!(tables[1].headings, ["A & B"]);
        assert_eq!(tables[1].rows[0].cells, ["last"]);
        let endless = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>";
        assert!(read_ods(&spreadsheet(&sheet("All", "ta1", endless))).is_err());
        let wide = "<table:table-row><table:table-cell table:number-columns-repeated=\"99999999\"><text:p>x</text:p></table:table-cell></table:table-row>";
        assert!(read_ods(&spreadsheet(&sheet("All", "ta1", wide))).is_err());
        assert!(read_ods(b"PK").is_err());
    }
}
