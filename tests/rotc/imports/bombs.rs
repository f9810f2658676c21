//! Small files that claim or unpack to far more than they are: each made one server or another reserve gigabytes.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};

use super::{archive, workbook_of};

/// Workbooks whose counts and addresses are lies; all are damaged.
pub fn lying_workbooks() -> Vec<(&'static str, Vec<u8>)> {
    let sheet = |address: &str| workbook_of(&format!("<row r=\"1\"><c r=\"{address}\"><v>1</v></c></row>"));
    vec![
        (
            "count.xlsx",
            with_part("xl/sharedStrings.xml", "<sst uniqueCount=\"4294967295\"><si><t>a</t></si></sst>"),
        ),
        ("address.xlsx", sheet(&format!("{}{}", "Z".repeat(20), "9".repeat(30)))),
        ("row.xlsx", workbook_of("<row r=\"99999999999999\"><c><v>1</v></c></row>")),
        ("first.xlsx", sheet("A0")),
    ]
}

/// A workbook with a million styles, of some bytes each.
pub fn styled_workbook() -> Vec<u8> {
    let styles = format!("<styleSheet><cellXfs>{}</cellXfs></styleSheet>", "<xf/>".repeat(1_000_000));
    with_part("xl/styles2.xml", &styles)
}

fn with_part(name: &str, part: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new_append(std::io::Cursor::new(workbook_of("<row><c><v>1</v></c></row>")))
        .expect("a workbook");
    zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part begins");
    zip.write_all(part.as_bytes()).expect("a part is written");
    zip.finish().expect("the archive ends").into_inner()
}

/// PDF files that are small and make millions of objects.
pub fn endless_pdfs() -> Vec<(&'static str, Vec<u8>)> {
    let table = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange \
                 <00000000> <FFFFFFFF> endcodespacerange 1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange endcmap \
                 CMapName currentdict /CMap defineresource pop end end";
    let show = b"BT /F1 9 Tf (abcd) Tj ET";
    let page = "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>";
    let font = b"<< /Type /Font /ToUnicode 6 0 R >>".to_vec();
    vec![
        ("operators.pdf", pdf(page, &[packed(&b"q\n".repeat(7_500_000)), font.clone()])),
        ("operands.pdf", pdf(page, &[packed(&b"0 ".repeat(7_500_000)), font.clone()])),
        ("letters.pdf", pdf(page, &[packed(show), font.clone(), packed(table.as_bytes())])),
        ("array.pdf", pdf(page, &[packed(show), font, [&b"["[..], &b"0 ".repeat(8_000_000), b"]"].concat()])),
    ]
}

/// A PDF of one page, and these objects from number 4 on.
fn pdf(page: &str, objects: &[Vec<u8>]) -> Vec<u8> {
    let first = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page];
    let all = first.iter().map(|object| object.as_bytes()).chain(objects.iter().map(Vec::as_slice));
    let (mut body, mut offsets) = (b"%PDF-1.5\n".to_vec(), Vec::new());
    for (number, object) in (1..).zip(all) {
        offsets.push(body.len());
        body.extend(format!("{number} 0 obj\n").into_bytes());
        body.extend_from_slice(object);
        body.extend(b"\nendobj\n");
    }
    let start = body.len();
    body.extend(format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1).into_bytes());
    offsets.iter().for_each(|offset| body.extend(format!("{offset:010} 00000 n \n").into_bytes()));
    let size = offsets.len() + 1;
    body.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    body
}

/// A packed part.
fn packed(content: &[u8]) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(content).expect("it is packed");
    let packed = packed.finish().expect("it is packed");
    let head = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", packed.len());
    [head.as_bytes(), &packed, b"\nendstream"].concat()
}

/// A Word file of one line of thirty million words, and a list of twenty million empty cells in one row.
pub fn endless_lines() -> Vec<(&'static str, Vec<u8>)> {
    let text =
        format!("<w:document><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:document>", "a ".repeat(30_000_000));
    vec![
        ("line.docx", archive(&[("word/document.xml", text.into_bytes())])),
        ("commas.csv", [&b"Name\n"[..], &b",".repeat(20_000_000)].concat()),
    ]
}
