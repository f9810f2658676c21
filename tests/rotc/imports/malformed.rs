//! Files that are broken, or made to break the server: each is refused with a sentence, and nothing is written.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
    process::Command,
};

use documents::read::{ImportKind, pdf_lines, read_csv, read_docx, read_ods, read_xlsx};
use http::Method;
use serde_json::json;
use tests::{TestApp, a_cadet, a_training_day, field};

use super::{archive, bombs, counts, file, send, workbook, workbook_of, workbook_of_sheets};

const PATH: &str = "/api/admin/import-cadets";
const LIST: &[&[&str]] = &[&["Student ID", "Last Name"], &["2026-7001", "Reyes"]];

/// A PDF of these objects, from number 1 on; the first is the catalogue.
fn pdf(objects: &[String], trailer: &str) -> Vec<u8> {
    let mut body = "%PDF-1.5\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(body.len());
        write!(body, "{} 0 obj\n{object}\nendobj\n", at + 1).expect("a string grows");
    }
    let start = body.len();
    write!(body, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).expect("a string grows");
    for place in places {
        writeln!(body, "{place:010} 00000 n ").expect("a string grows");
    }
    write!(
        body,
        "trailer\n<< /Size {} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    )
    .expect("a string grows");
    body.into_bytes()
}

fn pdf_of_pages(pages: usize, trailer: &str) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned()];
    let kids: String = (0..pages).map(|page| format!("{} 0 R ", page + 3)).collect();
    objects.push(format!("<< /Type /Pages /Count {pages} /Kids [{kids}] >>"));
    objects.extend((0..pages).map(|_| "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_owned()));
    pdf(&objects, trailer)
}

const MB: usize = 1024 * 1024;

/// A workbook whose sheet unpacks to 80 MB of spaces.
fn bomb() -> Vec<u8> {
    let mut rows = "<row><c><v>1</v></c></row>".to_owned();
    rows.push_str(&" ".repeat(80 * MB));
    workbook_of(&rows)
}

/// A workbook of many parts, or of large ones, that are none of its own.
fn parts(count: usize, bytes: usize) -> Vec<u8> {
    let parts: Vec<_> = (0..count).map(|part| (format!("xl/workbook{part}"), vec![b' '; bytes])).collect();
    archive(&parts)
}

/// Five sheets, each of which is within the limits, with something in the last column of each of its rows only.
fn sparse() -> Vec<u8> {
    let row = |number: usize| format!("<row r=\"{number}\"><c r=\"IV{number}\"><v>1</v></c></row>");
    let rows: String = (1..=10_000).map(row).collect();
    workbook_of_sheets(&[rows.as_str(); 5])
}

/// Six full sheets of one column.
fn tall() -> Vec<u8> {
    workbook_of_sheets(&["<row><c><v>1</v></c></row>".repeat(10_000).as_str(); 6])
}

/// Three sheets of 12 MB of text each.
fn wordy() -> Vec<u8> {
    let row = format!("<row><c t=\"inlineStr\"><is><t>{}</t></is></c></row>", "x".repeat(30_000));
    workbook_of_sheets(&[row.repeat(400).as_str(); 3])
}

/// A workbook that claims one of its parts has 500 MB.
fn boastful() -> Vec<u8> {
    let mut body = workbook(LIST);
    let directory: Vec<usize> =
        body.windows(4).enumerate().filter(|(_, mark)| mark == b"PK\x01\x02").map(|(at, _)| at).collect();
    let last = directory[directory.len() - 1];
    body[last + 24..last + 28].copy_from_slice(&(500_u32 * 1024 * 1024).to_le_bytes());
    body
}

/// A small list with millions of texts that no cell uses.
fn idle_texts() -> Vec<u8> {
    let mut zip = zip::ZipWriter::new_append(Cursor::new(workbook(LIST))).expect("a workbook");
    zip.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("a part begins");
    let texts = format!("<sst>{}</sst>", "<si><t>a</t></si>".repeat(60 * MB / 17));
    zip.write_all(texts.as_bytes()).expect("a part is written");
    zip.finish().expect("the archive ends").into_inner()
}

/// A PDF with a part that unpacks to 120 MB.
fn packed_pdf() -> Vec<u8> {
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..120 {
        packed.write_all(&vec![b' '; MB]).expect("it is packed");
    }
    let packed = packed.finish().expect("it is packed");
    let mut body = b"%PDF-1.5\n1 0 obj\n<< /Length ".to_vec();
    body.extend(format!("{} /Filter /FlateDecode >>\nstream\n", packed.len()).into_bytes());
    body.extend(packed);
    body.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    body
}

const DAMAGED: &str = "Failed to process file: The file is damaged or not complete, please open it, save it again and send the new file";
const BOMB: &str = "Failed to process file: The file is too large when it is unpacked";
const WIDE: &str = "Failed to process file: The table has more than 256 columns";
const LONG: &str =
    "Failed to process file: The table has more than 10000 rows, please divide it into several files";
const PDF_BOMB: &str = "Failed to parse PDF: The PDF is too large when it is unpacked";
const BAD_PDF: &str = "Failed to parse PDF: The PDF is damaged or not complete, please open it, save it again and send the new file";

/// A file that is refused: its name, itself, and the words for it.
type Refused = (&'static str, Vec<u8>, &'static str);

/// Every file that is refused.
fn malformed() -> Vec<Refused> {
    let lies = bombs::lying_workbooks().into_iter().map(|(name, body)| (name, body, DAMAGED));
    let pdfs = bombs::endless_pdfs().into_iter().map(|(name, body)| (name, body, PDF_BOMB));
    let more = lies.chain(pdfs).chain([("styles.xlsx", bombs::styled_workbook(), BOMB)]).collect();
    [workbooks(), others(), more].concat()
}

fn workbooks() -> Vec<Refused> {
    let whole = workbook(LIST);
    let cell = |place: &str, row: usize| {
        format!(
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"{row}\"><c r=\"{place}{row}\"><v>1</v></c></row>"
        )
    };
    let long: String = (0..10_002).map(|n| format!("<row><c><v>{n}</v></c></row>")).collect();
    vec![
        ("cut.xlsx", whole[..whole.len() / 2].to_vec(), DAMAGED),
        ("end.xlsx", whole[..whole.len() - 30].to_vec(), DAMAGED),
        ("bomb.xlsx", bomb(), BOMB),
        ("claim.xlsx", boastful(), BOMB),
        ("halves.xlsx", parts(2, 50 * MB), BOMB),
        ("parts.xlsx", parts(2_001, 0), "Failed to process file: The file has too many parts"),
        ("none.xlsx", parts(2_000, 0), DAMAGED),
        ("wide.xlsx", workbook_of(&cell("BDWGN", 1)), WIDE),
        ("corner.xlsx", workbook_of(&cell("XFD", 1_048_576)), WIDE),
        ("far.xlsx", workbook_of(&cell("A", 1_048_576)), LONG),
        ("long.xlsx", workbook_of(&long), LONG),
        (
            "sparse.xlsx",
            sparse(),
            "Failed to process file: The file has too many cells, please divide it into several files",
        ),
        (
            "tall.xlsx",
            tall(),
            "Failed to process file: The file has more than 50000 rows, please divide it into several files",
        ),
        ("wordy.xlsx", wordy(), "Failed to process file: The file holds too much text"),
        (
            "old.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest".to_vec(),
            "Files of Excel and Word 2003 are not read, please save the file as .xlsx or .docx",
        ),
    ]
}

fn others() -> Vec<Refused> {
    let mut end = pdf_of_pages(3, "");
    end.truncate(end.len() - 8);
    let encrypted = format!(
        "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >>",
        "11".repeat(32)
    );
    vec![
        ("pages.pdf", pdf_of_pages(10_000, ""), "Failed to parse PDF: The PDF has more than 300 pages"),
        (
            "secret.pdf",
            pdf_of_pages(1, &encrypted),
            "Failed to parse PDF: The PDF is protected by a password",
        ),
        ("bomb.pdf", packed_pdf(), PDF_BOMB),
        ("cut.pdf", pdf_of_pages(3, "")[..120].to_vec(), BAD_PDF),
        ("end.pdf", end, BAD_PDF),
        ("junk.pdf", b"%PDF-1.7 junk".to_vec(), BAD_PDF),
        (
            "program.csv",
            b"\x7fELF\x02\x01\x01\0\0\0".to_vec(),
            "Failed to process file: The file is not a text file",
        ),
        ("long.csv", format!("Name\n{}", "x\n".repeat(10_001)).into_bytes(), LONG),
    ]
}

#[tokio::test]
async fn broken_and_endless_files_are_refused_before_anything_is_written() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    for (name, body, words) in malformed() {
        let answer = send(&app.as_admin(), PATH, name, body).await;
        assert_eq!(answer.is(400).json()["message"], words, "{name}");
    }
    assert_eq!(counts(&app).await, before);
}

/// The variable that names the file which the test below reads in a process of its own.
const READ: &str = "MALFORMED_FILE";

/// What reading one file may take beside the file itself. The most that was seen is 201 MB, for a workbook with millions of
/// short texts; without the limits for all sheets together it would be gigabytes.
const MOST_MEMORY: usize = 300 * MB;

#[test]
#[ignore = "only as a process of its own, which the next test starts"]
#[expect(clippy::disallowed_methods, reason = "a test that is started with this variable, not a setting")]
fn reading_one_file() {
    let path = std::env::var(READ).expect("the name of a file");
    let name = path.rsplit('/').next().expect("a name");
    let body = std::fs::read(&path).expect("the file");
    let before = peak();
    match ImportKind::of(name, &body) {
        ImportKind::Csv => drop(read_csv(&body)),
        ImportKind::Pdf => drop(pdf_lines(&body)),
        ImportKind::Docx => drop(read_docx(&body)),
        ImportKind::Ods => drop(read_ods(&body)),
        _ => drop(read_xlsx(&body)),
    }
    println!("peak: {} bytes", peak() - before);
}

/// The most memory this process has held.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("a Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the figure");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}

#[test]
fn no_broken_or_endless_file_takes_much_memory() {
    let folder = tempfile::tempdir().expect("a folder");
    let others = bombs::endless_lines().into_iter().chain([("texts.xlsx", idle_texts())]);
    let all = malformed().into_iter().map(|(name, body, _)| (name, body)).chain(others);
    for (name, body) in all {
        let path = folder.path().join(name);
        std::fs::write(&path, body).expect("it is written");
        let child = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "imports::malformed::reading_one_file", "--ignored", "--nocapture"])
            .env(READ, &path)
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&child.stdout).into_owned();
        let figure = said.split_once("peak: ").and_then(|(_, figure)| figure.split(' ').next());
        let peak: usize = figure.and_then(|figure| figure.parse().ok()).expect(&said);
        println!("{name}: {} MB", peak / MB);
        assert!(peak < MOST_MEMORY, "{name}: {} MB", peak / MB);
    }
}

#[tokio::test]
async fn a_word_file_with_entities_is_refused_and_a_clean_one_is_read() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let import = async |text: &str| {
        let body = archive(&[("word/document.xml", text.as_bytes().to_vec())]);
        let day = field("dayId", &day.id.to_string());
        app.as_admin()
            .form(Method::POST, "/api/attendance/import", &[day, file("file", "a.docx", body)])
            .await
    };
    let line = format!("Juan {}", cadet.last_name);
    let evil = format!(
        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><w:document><w:p><w:r><w:t>&e; {line} present</w:t></w:r></w:p></w:document>"
    );
    let refused = import(&evil).await;
    refused.is(400).message("Failed to process file: The document declares entities, which are not read");
    let billion = "<w:document><w:p><w:r><w:t>&lol9; x present</w:t></w:r></w:p></w:document>";
    import(billion).await.is(400);
    let clean = format!(
        "<w:document><w:tbl><w:tr><w:tc><w:p><w:r><w:t>{line}</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Late &amp; Present</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:document>"
    );
    import(&clean).await.is(200).message("Import complete. Success: 1, Skipped: 0, Failed: 0");
    let status = "SELECT status FROM attendance_records WHERE cadet_id = $1";
    assert_eq!(app.value::<String>(status, &[&cadet.id]).await, "late");
}

#[tokio::test]
async fn csv_files_are_read_in_utf_16_and_windows_1252() {
    let app = TestApp::rotc().await;
    let list = |id: &str| format!("Student ID,Last Name,First Name\r\n{id},Peñaranda,Niño\r\n");
    let wide: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(list("2026-7001").encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let narrow: Vec<u8> =
        list("2026-7002").chars().map(|letter| u8::try_from(u32::from(letter)).expect("a byte")).collect();
    for body in [wide, narrow] {
        let answer = send(&app.as_admin(), PATH, "list.csv", body).await;
        answer.is(200).has(json!({ "message": "Import complete. Success: 1, Failed: 0" }));
    }
    let names = "SELECT string_agg(first_name || ' ' || last_name, ',') FROM cadets";
    assert_eq!(app.value::<String>(names, &[]).await, "Niño Peñaranda,Niño Peñaranda");
}
