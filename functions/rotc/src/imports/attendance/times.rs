//! Times of day as lists have them.

/// A time as it is kept: `7:05 PM` becomes `19:05`; what is no such time stays as it is written. Nothing and `-` are none.
pub fn normalised(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text == "-" {
        return None;
    }
    Some(twelve_hours(text).unwrap_or_else(|| text.chars().take(40).collect()))
}

/// Every `h:mm AM/PM` of a text, as `HH:MM`.
pub fn all(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        found.extend(twelve_hours(word).or_else(|| twelve_hours(&format!("{word} {next}"))));
    }
    found
}

/// Minutes of a day for a time that is kept as `HH:MM`.
pub fn minutes(time: &str) -> Option<i32> {
    let (hours, minutes) = time.split_once(':')?;
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 60 + minutes)
}

fn twelve_hours(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase().replace('.', "");
    let (clock, is_afternoon) = match lower.strip_suffix("am") {
        Some(clock) => (clock, false),
        None => (lower.strip_suffix("pm")?, true),
    };
    let mut parts = clock.trim().split(':');
    let hours: u32 = parts.next()?.parse().ok()?;
    let minutes: u32 = parts.next()?.parse().ok()?;
    if !(1..=12).contains(&hours) || minutes > 59 {
        return None;
    }
    let hours = hours % 12 + if is_afternoon { 12 } else { 0 };
    Some(format!("{hours:02}:{minutes:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_kept_in_one_form() {
        for (text, kept) in [
            ("7:05 PM", Some("19:05")),
            ("12:00 AM", Some("00:00")),
            ("8:10am", Some("08:10")),
            ("8:10:55 a.m.", Some("08:10")),
            ("08:15", Some("08:15")),
            ("noon", Some("noon")),
            ("13:00 PM", Some("13:00 PM")),
            ("-", None),
            (" ", None),
        ] {
            assert_eq!(normalised(text).as_deref(), kept, "{text}");
        }
        assert_eq!(all("Present 7:35 AM 11:40 AM"), ["07:35", "11:40"]);
        assert_eq!(minutes("07:35"), Some(455));
        assert_eq!(minutes("noon"), None);
    }
}
