//! Importing lists.

use std::io::{Cursor, Write};

use http::Method;
use tests::{Answer, Client, Part, TestApp};
use zip::{ZipWriter, write::SimpleFileOptions};

mod attendance;
mod background;
mod bombs;
mod cadets;
mod clean_lists;
mod damaged_lists;
mod field_files;
mod headings;
mod identity;
mod integration;
mod links;
mod malformed;
mod previews;
mod resource;
mod staff;
mod strategies;

/// A file as a part of a form.
pub fn file(field: &str, name: &str, body: impl Into<Vec<u8>>) -> Part {
    Part::File(field.to_owned(), name.to_owned(), "application/octet-stream".to_owned(), body.into())
}

/// Sends one file in the field `file`.
pub async fn send(client: &Client<'_>, url: &str, name: &str, body: impl Into<Vec<u8>>) -> Answer {
    client.form(Method::POST, url, &[file("file", name, body)]).await
}

/// A workbook of one sheet; the first row are the headings.
pub fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |text: &&str| {
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>")
    };
    let row = |cells: &&[&str]| format!("<row>{}</row>", cells.iter().map(cell).collect::<String>());
    workbook_of(&rows.iter().map(row).collect::<String>())
}

/// A workbook whose sheet holds these rows as XML. Style 1 is a date.
pub fn workbook_of(rows: &str) -> Vec<u8> {
    workbook_of_sheets(&[rows])
}

/// The same with several sheets.
pub fn workbook_of_sheets(sheets: &[&str]) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let (mut names, mut relations) = (String::new(), String::new());
    for number in 1..=sheets.len() {
        names.push_str(&format!("<sheet name=\"List {number}\" sheetId=\"{number}\" r:id=\"s{number}\"/>"));
        relations.push_str(&format!(
            "<Relationship Id=\"s{number}\" Type=\"{rel}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        ));
    }
    let parts = [
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned(),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{rel}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!("<workbook xmlns=\"{main}\" xmlns:r=\"{rel}\"><sheets>{names}</sheets></workbook>"),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\">{relations}<Relationship Id=\"styles\" Type=\"{rel}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
    ];
    let sheets = (1..).zip(sheets).map(|(number, rows)| {
        let sheet = format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
        (format!("xl/worksheets/sheet{number}.xml"), sheet)
    });
    let parts = parts.map(|(name, text)| (name.to_owned(), text)).into_iter().chain(sheets);
    archive(&parts.map(|(name, text)| (name, text.into_bytes())).collect::<Vec<_>>())
}

/// A ZIP file.
pub fn archive(parts: &[(impl AsRef<str>, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, body) in parts {
        zip.start_file(name.as_ref(), SimpleFileOptions::default()).expect("a part begins");
        zip.write_all(body).expect("a part is written");
    }
    zip.finish().expect("the archive ends").into_inner()
}

/// How many rows there are of everything that an import may write.
pub async fn counts(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in [
        "cadets",
        "users",
        "grades",
        "training_staff",
        "training_days",
        "attendance_records",
        "merit_demerit_logs",
        "muster.jobs",
        "sync_events",
        "audit_logs",
    ] {
        counts.push(app.value(&format!("SELECT count(*) FROM {table}"), &[]).await);
    }
    counts
}
