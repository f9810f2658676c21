//! Reading one page.

use documents::scan::{self, GrayImage, Steps};

use super::{Page, program, tsv};
use crate::{Result, config::OcrConfig};

/// A page that is read worse than this may lie on its side or stand on its head.
const DOUBTFUL: f64 = 70.0;

/// What a page says.
pub async fn read(config: &OcrConfig, picture: GrayImage, languages: &str, steps: Steps) -> Result<Page> {
    let picture = tokio::task::spawn_blocking(move || scan::prepare(picture, steps)).await?;
    let page = recognise(config, &picture, languages).await?;
    if !steps.turn || page.confidence >= DOUBTFUL {
        return Ok(page);
    }
    let Some(turned) = upright(config, picture).await? else { return Ok(page) };
    let other = recognise(config, &turned, languages).await?;
    Ok(if worth(&other) > worth(&page) { other } else { page })
}

async fn recognise(config: &OcrConfig, picture: &GrayImage, languages: &str) -> Result<Page> {
    let table = program::tesseract(config, &scan::encode(picture), &["-l", languages, "tsv"]).await?;
    Ok(tsv::page(&String::from_utf8_lossy(&table)))
}

/// A page that says much and is sure of it is worth more than one sure word.
fn worth(page: &Page) -> f64 {
    page.words.iter().map(|word| word.text.chars().count() as f64 * (word.confidence - 40.0)).sum()
}

/// The page turned the way tesseract believes it stands upright; none if it does, or has too little text to tell.
async fn upright(config: &OcrConfig, picture: GrayImage) -> Result<Option<GrayImage>> {
    let said = program::attempt(config, &scan::encode(&picture), &["--psm", "0", "-l", "osd"]).await?;
    let said = String::from_utf8_lossy(&said).into_owned();
    let degrees = said.lines().find_map(|line| line.strip_prefix("Rotate: ")?.trim().parse::<u16>().ok());
    match degrees {
        None | Some(0) => Ok(None),
        Some(degrees) => Ok(Some(tokio::task::spawn_blocking(move || scan::turn(&picture, degrees)).await?)),
    }
}
