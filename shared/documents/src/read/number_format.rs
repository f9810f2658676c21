//! Numbers of a spreadsheet as their format shows them.

/// A number in the format of its cell: `0%` makes `85%` of 0.85, `0000000000` makes `0007654321` of 7654321. Other formats
/// only decide how many digits are seen, and what people mean is the number: 20240001, not 20240001.0 nor 2.02E+07.
pub fn shown(number: f64, format: &str) -> String {
    let parts = literal(format.split(';').next().unwrap_or_default());
    if parts.contains(&Part::Percent) {
        return format!("{}%", plain(number * 100.0));
    }
    masked(number, &parts).unwrap_or_else(|| plain(number))
}

/// What a spreadsheet keeps of a number: 15 digits, so that 0.1 + 0.2 is 0.3.
pub fn plain(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    // No negative zero.
    format!("{}", rounded + 0.0)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Zero,
    Literal(char),
    Percent,
    Other,
}

fn literal(format: &str) -> Vec<Part> {
    let (mut parts, mut quoted) = (Vec::new(), false);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        parts.push(match letter {
            '"' => {
                quoted = !quoted;
                continue;
            }
            letter if quoted => Part::Literal(letter),
            '\\' => letters.next().map_or(Part::Other, Part::Literal),
            '0' => Part::Zero,
            '-' | ' ' | '/' => Part::Literal(letter),
            '%' => Part::Percent,
            _ => Part::Other,
        });
    }
    parts
}

/// A whole number in a format of zeros, which keeps leading ones: `0000-0000`.
fn masked(number: f64, parts: &[Part]) -> Option<String> {
    let zeros = parts.iter().filter(|part| **part == Part::Zero).count();
    let is_mask = zeros > 1 && !parts.contains(&Part::Other) && !parts.contains(&Part::Percent);
    if !is_mask || number.fract() != 0.0 || !(0.0..1e15).contains(&number) {
        return None;
    }
    let mut digits: Vec<char> = format!("{number:0zeros$.0}").chars().collect();
    let mut text = Vec::new();
    let mut left = zeros;
    for part in parts.iter().rev() {
        match part {
            Part::Literal(letter) => text.push(*letter),
            _ => {
                left -= 1;
                text.extend(digits.pop());
                // More digits than zeros stand before the first.
                if left == 0 {
                    text.extend(digits.drain(..).rev());
                }
            }
        }
    }
    Some(text.iter().rev().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_their_format_means_them() {
        for (number, format, text) in [
            (7_654_321.0, "0000000000", "0007654321"),
            (20_261_001.0, "0000-0000", "2026-1001"),
            (20_261_001.0, "0000\\-0000", "2026-1001"),
            (1_020_261_001.0, "\"ID\"0000-0000", "ID102026-1001"),
            (12.5, "00", "12.5"),
            (0.85, "0%", "85%"),
            (0.885, "0.00%", "88.5%"),
            (1.0, "0%;[Red]-0%", "100%"),
            (0.29, "0%", "29%"),
            (20_240_001.0, "General", "20240001"),
            (2_020_123_456.0, "0.00E+00", "2020123456"),
            (1234.5, "#,##0.00", "1234.5"),
            (0.1 + 0.2, "General", "0.3"),
            (-0.0, "0.00", "0"),
            (5.0, "0", "5"),
        ] {
            assert_eq!(shown(number, format), text, "{format}");
        }
    }
}
