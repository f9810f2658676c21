//! Files that are broken, or made to break the server: each is refused with a sentence, and nothing is written.

use std::fmt::Write;

use http::Method;
use serde_json::json;
use tests::{Part, TestApp, a_cadet, a_training_day};

use super::{archive, counts, file, send, workbook, workbook_of};

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

/// A workbook whose sheet unpacks to 300 MB of spaces.
fn bomb() -> Vec<u8> {
    let mut rows = "<row><c><v>1</v></c></row>".to_owned();
    rows.push_str(&" ".repeat(80 * 1024 * 1024));
    workbook_of(&rows)
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

#[tokio::test]
async fn broken_and_endless_files_are_refused_before_anything_is_written() {
    let app = TestApp::rotc().await;
    app.as_admin().get("/api/attendance/days").await.is(200);
    let before = counts(&app).await;
    let whole = workbook(LIST);
    let wide = "<row><c r=\"A1\"><v>1</v></c><c r=\"BDWGN1\"><v>1</v></c></row>";
    let far = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let long: String = (0..10_002).map(|n| format!("<row><c><v>{n}</v></c></row>")).collect();
    let encrypted = format!(
        "/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}> >>",
        "11".repeat(32)
    );
    for (name, body, words) in [
        ("cut.xlsx", whole[..whole.len() / 2].to_vec(), "damaged or not complete"),
        ("end.xlsx", whole[..whole.len() - 30].to_vec(), "damaged or not complete"),
        ("bomb.xlsx", bomb(), "too large when it is unpacked"),
        ("claim.xlsx", boastful(), "too large when it is unpacked"),
        ("wide.xlsx", workbook_of(wide), "columns"),
        ("far.xlsx", workbook_of(far), "columns"),
        ("long.xlsx", workbook_of(&long), "more than 10000 rows"),
        ("parts.xlsx", archive(&vec![("a", Vec::new()); 1]), "damaged or not complete"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest".to_vec(), "2003"),
        ("pages.pdf", pdf_of_pages(10_000, ""), "more than 300 pages"),
        ("secret.pdf", pdf_of_pages(1, &encrypted), "protected by a password"),
        ("cut.pdf", pdf_of_pages(3, "")[..120].to_vec(), "PDF"),
        ("junk.pdf", b"%PDF-1.7 junk".to_vec(), "PDF"),
        ("program.csv", b"\x7fELF\x02\x01\x01\0\0\0".to_vec(), "not a text file"),
        (
            "long.csv",
            "Name\n".to_owned().into_bytes().into_iter().chain("x\n".repeat(10_001).into_bytes()).collect(),
            "more than 10000 rows",
        ),
    ] {
        let answer = send(&app.as_admin(), PATH, name, body).await;
        let text = answer.is(400).text();
        assert!(text.contains(words), "{name}: {text}");
    }
    assert_eq!(counts(&app).await, before);
}

#[tokio::test]
async fn a_pdf_that_unpacks_to_gigabytes_is_refused() {
    let app = TestApp::rotc().await;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let piece = vec![b' '; 1024 * 1024];
    for _ in 0..120 {
        std::io::Write::write_all(&mut packed, &piece).expect("it is packed");
    }
    let packed = packed.finish().expect("it is packed");
    let mut body = b"%PDF-1.5\n1 0 obj\n<< /Length ".to_vec();
    body.extend(format!("{} /Filter /FlateDecode >>\nstream\n", packed.len()).into_bytes());
    body.extend(packed);
    body.extend(b"\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n");
    let answer = send(&app.as_admin(), PATH, "bomb.pdf", body).await;
    answer.is(400).message("Failed to parse PDF: The PDF is too large when it is unpacked");
}

#[tokio::test]
async fn a_word_file_with_entities_is_refused_and_a_clean_one_is_read() {
    let app = TestApp::rotc().await;
    let (cadet, day) = (app.add(a_cadet()).await, app.add(a_training_day()).await);
    let import = async |text: &str| {
        let body = archive(&[("word/document.xml", text.as_bytes().to_vec())]);
        let day = Part::Field("dayId".to_owned(), day.id.to_string());
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
