//! The layout, looked at as text, as fields of a code, and as sizes.

use std::{fs, path::PathBuf, process::Command};

use chrono::{DateTime, Utc};

use super::{font::Fonts, *};

fn at() -> DateTime<Utc> {
    "2026-02-02T08:30:00Z".parse().expect("a time")
}

fn head() -> Letterhead {
    Letterhead {
        logo: None,
        school: "Mindanao State University".to_owned(),
        unit: "MSU-SND Student Affairs".to_owned(),
    }
}

fn certificate(name: &str) -> Certificate {
    Certificate {
        head: head(),
        title: "Certificate of Achievement".to_owned(),
        before: "is awarded to".to_owned(),
        name: name.to_owned(),
        text: "for First Place, Marksmanship Competition, held on 14 January 2026.".to_owned(),
        given: "Given on 2 February 2026.".to_owned(),
        signers: vec!["Commandant".to_owned(), "Corps Commander".to_owned()],
        address: "https://school.example.test/verify/7K3M9Q2XB4TNR6WZ8HJD".to_owned(),
        code: "7K3M-9Q2X-B4TN-R6WZ-8HJD".to_owned(),
    }
}

/// Where a look at the documents is left when `PDF_SAMPLES` names a folder.
fn keep(name: &str, pdf: &[u8]) {
    if let Some(folder) = option_env!("PDF_SAMPLES") {
        fs::write(PathBuf::from(folder).join(format!("{name}.pdf")), pdf).expect("a folder");
    }
}

/// The text of a document, page by page, as poppler reads it.
fn text(pdf: &[u8]) -> Vec<String> {
    let file = std::env::temp_dir().join(format!(
        "muster-{}-{:?}.pdf",
        std::process::id(),
        std::thread::current().id()
    ));
    fs::write(&file, pdf).expect("a file");
    let told = Command::new("pdftotext").args(["-layout", "-enc", "UTF-8"]).arg(&file).arg("-").output();
    fs::remove_file(&file).expect("the file");
    let told = told.expect("pdftotext (Debian: poppler-utils)");
    assert!(told.status.success() && told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
    let text = String::from_utf8(told.stdout).expect("UTF-8");
    text.split('\u{c}').map(str::to_owned).filter(|page| !page.is_empty()).collect()
}

#[test]
fn a_table_goes_on_over_pages_with_its_heading_and_the_pages_are_numbered() {
    let mut report = Report::new(head(), "Yearly report", "First floor", at()).expect("a report");
    let columns = [TableColumn::text("Name", 3.0), TableColumn::number("Total", 1.0)];
    let rows: Vec<Vec<String>> = (1..=100).map(|n| vec![format!("Person {n}"), format!("{n}.5")]).collect();
    report.table(&columns, &rows, "No people");
    let pdf = report.finish().expect("a document");
    keep("table", &pdf);

    let pages = text(&pdf);

    assert_eq!(pages.len(), 3);
    for (at, page) in pages.iter().enumerate() {
        assert_eq!(page.matches("Total").count(), 1, "{page}");
        assert!(page.contains(&format!("Page {} of 3", at + 1)), "{page}");
        assert!(page.contains("Generated on 2 February 2026, 08:30 UTC"), "{page}");
    }
    for n in 1..=100 {
        assert_eq!(
            pages
                .iter()
                .filter(|page| page.lines().any(|line| line.contains(&format!("Person {n} "))))
                .count(),
            1
        );
    }
}

#[test]
fn a_row_longer_than_a_page_loses_nothing() {
    let mut report = Report::new(head(), "Notes", "", at()).expect("a report");
    let words: Vec<String> = (0..3000).map(|n| format!("word{n}")).collect();
    report.table(&[TableColumn::text("Note", 1.0)], &[vec![words.join(" ")], vec!["x".repeat(9000)]], "-");
    let pdf = report.finish().expect("a document");
    keep("long", &pdf);

    let all = text(&pdf).join(" ");

    assert!(words.iter().all(|word| all.split_whitespace().any(|found| found == word)));
    assert_eq!(all.matches('x').count(), 9000);
}

#[test]
fn names_of_every_latin_language_are_written_and_what_is_missing_is_one_mark() {
    let fonts = Fonts::load().expect("fonts");
    for name in
        ["Ñoño Peñaranda", "Nguyễn Thị Mỹ Hạnh", "Żółć Gęślą Jaźń", "Çağrı Şimşek", "Łukasz Öhman", "₱ 1,000"]
    {
        assert_eq!(fonts.clean(name), name);
    }
    assert_eq!(fonts.clean("Pen\u{303}a"), "Peña");
    assert_eq!(fonts.clean("Ana 👩🏽‍🚀\u{FE0F} Cruz"), "Ana \u{FFFD} Cruz");
    assert_eq!(fonts.clean("a\u{0}b\tc\u{202E}d"), "a b cd");

    let names = ["Cdt Ñoño Peñaranda-Nguyễn Żółć", "👩🏽‍🚀", "", "日本語", "مرحبا"];
    let pdf = certificates(&names.map(certificate), "Certificates", at()).expect("a document");
    keep("names", &pdf);
    let pages = text(&pdf);
    assert_eq!(pages.len(), names.len());
    assert!(pages[0].contains("Cdt Ñoño Peñaranda-Nguyễn Żółć"), "{}", pages[0]);
}

#[test]
fn charts_of_one_value_of_none_and_of_nonsense_are_drawn() {
    let mut report = Report::new(head(), "Charts", "", at()).expect("a report");
    let kinds = [ChartKind::Bars, ChartKind::Line, ChartKind::Pie];
    let sets: [Vec<(String, f64)>; 5] = [
        vec![],
        vec![("Only".to_owned(), 7.0)],
        vec![("Zero".to_owned(), 0.0), ("None".to_owned(), 0.0)],
        vec![
            ("Odd".to_owned(), f64::NAN),
            ("Endless".to_owned(), f64::INFINITY),
            ("Less".to_owned(), -3.0),
            ("Fine".to_owned(), 2.0),
        ],
        (1..=20).map(|n| (format!("A rather long name {n}"), f64::from(n * n))).collect(),
    ];
    for values in sets {
        let chart = |kind| Chart {
            title: format!("{kind:?} of {}", values.len()),
            kind,
            values: values.clone(),
            most: None,
        };
        report.charts(&kinds.map(chart));
    }
    let pdf = report.finish().expect("a document");
    keep("charts", &pdf);

    let all = text(&pdf).join(" ");

    assert_eq!(all.matches("No data").count(), 4, "{all}");
    assert!(all.contains("Only: 7 (100%)"), "{all}");
}

#[test]
fn a_report_has_facts_headings_and_text_beside_a_logo() {
    let picture = image::DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(
        400,
        300,
        image::Rgba([200, 30, 30, 128]),
    ));
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, image::ImageFormat::Png).expect("a picture");
    let logo = Logo::read(file.get_ref()).expect("a logo");
    assert!(Logo::read(b"no picture").is_err());
    let mut report = Report::new(Letterhead { logo: Some(logo), ..head() }, "Student profile", "", at())
        .expect("a report");
    report.facts(&[
        ("Name", "Juan dela Cruz".to_owned()),
        ("Address", "a long address ".repeat(20)),
        ("Language", String::new()),
    ]);
    report.heading("Conduct");
    report.paragraph(&"Words that fill a line and then another one. ".repeat(9));
    let pdf = report.finish().expect("a document");
    keep("facts", &pdf);

    let all = text(&pdf).join(" ");

    assert!(
        ["Mindanao State University", "Student profile", "Juan dela Cruz", "Conduct"]
            .iter()
            .all(|part| all.contains(part))
    );
}

#[test]
fn a_document_carries_only_the_letters_it_uses() {
    let pdf = certificates(&[certificate("Juan dela Cruz")], "Certificate", at()).expect("a document");

    assert!(pdf.len() < 40_000, "{} bytes", pdf.len());
}
