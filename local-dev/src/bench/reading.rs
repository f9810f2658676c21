//! What the steps that prepare a page are worth: how many words of each sample scan are read right, with and without.

use std::{
    io::{self, Write},
    path::Path,
    time::Instant,
};

use bytes::Bytes;
use shared::{
    config::Config,
    ocr::{Language, Ocr, Steps},
};

use crate::BoxError;

/// Reads every `.jpg` of the folder, beside which a `.txt` holds what it says, and prints a table.
pub async fn measure(folder: &Path) -> Result<(), BoxError> {
    let config = Config::read(&|_| None)?;
    let ocr = Ocr::new(config.ocr, config.memory.pictures);
    let mut scans: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    scans.retain(|entry| entry.path().extension().is_some_and(|extension| extension == "jpg"));
    scans.sort_by_key(std::fs::DirEntry::path);
    let variants = variants();
    let mut out = io::stdout();
    write!(out, "| scan |")?;
    for (name, _) in &variants {
        write!(out, " {name} |")?;
    }
    writeln!(out, "\n|---|{}", "---:|".repeat(variants.len()))?;
    let mut sums = vec![(0.0, 0.0); variants.len()];
    for scan in &scans {
        let path = scan.path();
        let expected = std::fs::read_to_string(path.with_extension("txt"))?;
        let body = Bytes::from(std::fs::read(&path)?);
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        write!(out, "| {name} |")?;
        for ((_, steps), sum) in variants.iter().zip(&mut sums) {
            let started = Instant::now();
            let read = ocr.read_with(body.clone(), "image/jpeg", Language::ALL, *steps).await?;
            let right = accuracy(&expected, &read.text());
            *sum = (sum.0 + right, sum.1 + started.elapsed().as_secs_f64());
            write!(out, " {right:.0} % |")?;
            out.flush()?;
        }
        writeln!(out)?;
    }
    let count = scans.len() as f64;
    let row = |figures: Vec<String>| figures.join(" | ");
    writeln!(out, "| mean | {} |", row(sums.iter().map(|sum| format!("{:.1} %", sum.0 / count)).collect()))?;
    writeln!(
        out,
        "| seconds a page | {} |",
        row(sums.iter().map(|sum| format!("{:.1}", sum.1 / count)).collect())
    )?;
    Ok(())
}

fn variants() -> Vec<(&'static str, Steps)> {
    let all = Steps::ALL;
    vec![
        ("no step", Steps::NONE),
        ("all", all),
        ("without even", Steps { even: false, ..all }),
        ("without despeckle", Steps { despeckle: false, ..all }),
        ("without straighten", Steps { straighten: false, ..all }),
        ("without enlarge", Steps { enlarge: false, ..all }),
        ("without turn", Steps { turn: false, ..all }),
    ]
}

/// The share of words read right, in percent: each that is missing, wrong or too many counts against it.
fn accuracy(expected: &str, read: &str) -> f64 {
    let expected: Vec<&str> = expected.split_whitespace().collect();
    let mut distances: Vec<usize> = (0..=expected.len()).collect();
    for (row, word) in read.split_whitespace().enumerate() {
        let mut diagonal = std::mem::replace(&mut distances[0], row + 1);
        for (at, wanted) in expected.iter().enumerate() {
            let change = diagonal + usize::from(*wanted != word);
            diagonal = distances[at + 1];
            distances[at + 1] = change.min(diagonal + 1).min(distances[at] + 1);
        }
    }
    let wrong = distances.last().copied().unwrap_or_default() as f64;
    (100.0 * (1.0 - wrong / expected.len().max(1) as f64)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_word_counts_once() {
        assert_eq!(accuracy("a b c d", "a b c d"), 100.0);
        assert_eq!(accuracy("a b c d", "a x c"), 50.0);
        assert_eq!(accuracy("a b", "x y z"), 0.0);
    }
}
