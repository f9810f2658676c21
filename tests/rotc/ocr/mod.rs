//! Reading text from pictures and PDFs, with the real tesseract.

mod letters;
mod limits;
mod reading;

use tests::{Part, field};

/// A page whose lines rise, as a telephone sees it; what it says stands in `samples/skewed.txt`.
const SKEWED: &[u8] = include_bytes!("samples/skewed.jpg");

/// A page in Filipino.
const FILIPINO: &[u8] = include_bytes!("samples/filipino.jpg");

/// A page on its head.
const UPSIDE_DOWN: &[u8] = include_bytes!("samples/upside_down.jpg");

/// A program of this folder that stands in for tesseract.
fn program(name: &str) -> Option<std::path::PathBuf> {
    Some(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rotc/ocr/programs").join(name))
}

fn file(field: &str, name: &str, body: &[u8]) -> Part {
    Part::File(field.to_owned(), name.to_owned(), "application/octet-stream".to_owned(), body.to_vec())
}

/// A PDF of which each page says one of the texts.
fn pdf(pages: &[&str]) -> Vec<u8> {
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        String::new(),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut kids = String::new();
    for text in pages {
        let content = format!("BT /F1 24 Tf 60 700 Td ({text}) Tj ET");
        objects.push(format!("<</Length {}>>stream\n{content}\nendstream", content.len()));
        let (contents, page) = (objects.len(), objects.len() + 1);
        objects.push(format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {contents} 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
        ));
        kids.push_str(&format!("{page} 0 R "));
    }
    objects[1] = format!("<</Type/Pages/Kids[{kids}]/Count {}>>", pages.len());
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (at, object) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", file.len()));
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let (start, size) = (file.len(), objects.len() + 1);
    file.push_str(&format!(
        "xref\n0 {size}\n0000000000 65535 f \n{places}trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    ));
    file.into_bytes()
}
