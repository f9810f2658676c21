//! Times of day as lists have them.

use shared::imports::report::shortened;

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// A time as it is kept, `HH:MM`: of `7:05 PM`, `19:05`, `0705H`, `705`, of a part of a day (`0.2951388`) or of a moment. Nothing
/// and `-` are none. What is no time is told, as a part of a sentence; so is midnight, which is what an empty cell may show.
pub fn normalised(text: &str) -> Result<Option<String>, String> {
    let text = text.trim();
    if matches!(text, "" | "-" | "--") {
        return Ok(None);
    }
    match clock(text) {
        Some(0) => Err("the time 00:00 is not taken over, nobody trains at midnight".to_owned()),
        Some(minutes) => Ok(Some(shown(minutes))),
        None => Err(format!("the time \"{}\" is not understood and not taken over", shortened(text, 40))),
    }
}

fn shown(minutes: u32) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// Minutes of the day.
fn clock(text: &str) -> Option<u32> {
    if let Some(part) = text.strip_prefix("0.").or_else(|| text.strip_prefix('.')) {
        let is_part = part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty();
        let day: f64 = if is_part { format!("0.{part}").parse().ok()? } else { return None };
        return Some((day * f64::from(DAY)).round() as u32).filter(|minutes| *minutes < DAY);
    }
    // Of a moment only what stands behind the day.
    let colon = text.find(':').map(|colon| text[..colon].rfind([' ', 'T']).map_or(0, |start| start + 1));
    let lower = text[colon.unwrap_or_default()..].to_lowercase().replace('.', "");
    let (digits, half) = match (lower.strip_suffix("am"), lower.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(false)),
        (None, Some(rest)) => (rest, Some(true)),
        (None, None) => (lower.trim_end_matches(['h', 'z']), None),
    };
    let (hours, minutes) = parts(digits.trim())?;
    match half {
        Some(_) if !(1..=12).contains(&hours) => None,
        Some(is_afternoon) => Some((hours % 12 + if is_afternoon { 12 } else { 0 }) * 60 + minutes),
        None => (hours < 24).then_some(hours * 60 + minutes),
    }
}

/// Hours and minutes of `7:05:33`, `0705`, `705`; an hour alone says too little.
fn parts(text: &str) -> Option<(u32, u32)> {
    let number =
        |text: &str| text.parse::<u32>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let (hours, minutes) = match text.split_once(':') {
        Some((hours, rest)) => (hours, rest.split([':', '+']).next().unwrap_or_default()),
        None if (3..=4).contains(&text.len()) => text.split_at_checked(text.len() - 2)?,
        None => return None,
    };
    number(hours).zip(number(minutes).filter(|minutes| *minutes < 60))
}

/// Every `h:mm AM/PM` of a text, as `HH:MM`.
pub fn all(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let is_half =
            |text: &str| text.to_lowercase().replace('.', "").ends_with(['m']) && text.contains(':');
        let candidates = [(*word).to_owned(), format!("{word} {next}")];
        let read = candidates.iter().filter(|text| is_half(text)).find_map(|text| clock(text));
        found.extend(read.map(shown));
    }
    found
}

/// Minutes of a day for a time that is kept as `HH:MM`.
pub fn minutes(time: &str) -> Option<i32> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_kept_in_one_form() {
        for (text, kept) in [
            ("7:05 PM", "19:05"),
            ("12:00 NN", ""),
            ("12:30 AM", "00:30"),
            ("8:10am", "08:10"),
            ("8:10:55 a.m.", "08:10"),
            ("08:15", "08:15"),
            ("23:30", "23:30"),
            ("07:05:00", "07:05"),
            ("0705H", "07:05"),
            ("1130h", "11:30"),
            ("705", "07:05"),
            ("0.2951388", "07:05"),
            ("2026-12-05 07:05:00", "07:05"),
            ("12/05/2026 07:02:11 AM", "07:02"),
            ("2026-12-05T07:05:00+08:00", "07:05"),
        ] {
            assert_eq!(normalised(text).ok().flatten().as_deref().unwrap_or_default(), kept, "{text}");
        }
        for text in ["", " ", "-"] {
            assert_eq!(normalised(text), Ok(None), "{text}");
        }
        for text in ["noon", "late", "13:00 PM", "25:00", "7", "00:00", "0", "2026-12-05", "1.5", "7:75"] {
            assert!(normalised(text).is_err(), "{text}");
        }
        assert_eq!(all("Present 7:35 AM 11:40 AM"), ["07:35", "11:40"]);
        assert_eq!(minutes("07:35"), Some(455));
        assert_eq!(minutes("noon"), None);
    }
}
