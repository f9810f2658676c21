//! Which settings the installation has, and what each may be.

use serde_json::Value;

/// The colours the client can show.
pub const PALETTE: &[&str] = &[
    "default",
    "blue",
    "indigo",
    "green",
    "emerald",
    "red",
    "pink",
    "purple",
    "orange",
    "amber",
    "cyan",
    "slate",
    "teal",
    "gradient-emerald",
    "gradient-sunset",
    "gradient-ocean",
];

/// A setting the program knows.
struct Known {
    key: &'static str,
    kind: Kind,
    /// What it is as long as nobody has set it.
    default: Option<&'static str>,
}

/// What a value may be. All are stored as text.
#[derive(Clone, Copy)]
enum Kind {
    /// `2024-2025`: two years in a row.
    SchoolYear,
    /// One of [`SEMESTERS`].
    Semester,
    /// A short text.
    Text,
    /// `true` or `false`, also sent as 1 or 0.
    Truth,
    /// Legacy: `1` or `0`, also sent as true or false.
    Bit,
    /// Whole days, within [`RETENTION_DAYS`].
    Days,
    /// A colour of the client's palette.
    Colour,
    /// An address that starts with `https://`.
    Address,
    /// The address that `POST /api/upload` gave a picture.
    Upload,
}

const fn known(key: &'static str, kind: Kind, default: Option<&'static str>) -> Known {
    Known { key, kind, default }
}

/// Refuses requests of everybody but administrators; see [`crate::access`].
pub const MAINTENANCE_MODE: &str = "maintenance_mode";

/// Where the list of cadets was imported from.
pub const CADET_SOURCE: &str = "cadet_list_source_url";

/// The unit in the head of documents; `current_battalion` as long as it is not set.
pub const UNIT_NAME: &str = "unit_name";

/// The school in the head of documents.
pub const SCHOOL_NAME: &str = "school_name";

/// The emblem in the head of documents: a PNG or JPEG that was uploaded.
pub const DOCUMENT_LOGO: &str = "document_logo";

/// For how many days audit rows are kept; see [`retention_days`].
pub const AUDIT_RETENTION_DAYS: &str = "audit_retention_days";

const KNOWN: &[Known] = &[
    known("school_year", Kind::SchoolYear, Some("2024-2025")),
    known("semester", Kind::Semester, Some("1st")),
    known("current_battalion", Kind::Text, Some("MSU-SND ROTC")),
    known(UNIT_NAME, Kind::Text, None),
    known(SCHOOL_NAME, Kind::Text, None),
    known(DOCUMENT_LOGO, Kind::Upload, None),
    known(MAINTENANCE_MODE, Kind::Truth, Some("false")),
    known(AUDIT_RETENTION_DAYS, Kind::Days, Some("365")),
    known("email_alerts_default", Kind::Bit, None),
    known("push_notifications_default", Kind::Bit, None),
    known("activity_updates_default", Kind::Bit, None),
    known("dark_mode_default", Kind::Bit, None),
    known("compact_mode_default", Kind::Bit, None),
    known("primary_color", Kind::Colour, None),
    known(CADET_SOURCE, Kind::Address, None),
];

const SEMESTERS: [&str; 3] = ["1st", "2nd", "Summer"];
const RETENTION_DAYS: std::ops::RangeInclusive<i64> = 30..=3650;
const LONGEST_TEXT: usize = 500;
const LONGEST_ADDRESS: usize = 2000;
const LONGEST_KEY: usize = 64;

/// Words of a key whose value would be a secret. Settings are listed, audited and sent to clients.
const SECRET_WORDS: &[&str] =
    &["secret", "password", "passwd", "token", "api_key", "private_key", "credential"];

/// What the settings are that nobody has set.
pub fn defaults() -> impl Iterator<Item = (&'static str, &'static str)> {
    KNOWN.iter().filter_map(|known| Some((known.key, known.default?)))
}

/// For how many days audit rows are kept. What is stored but is not a sensible number counts as the default, so that a slip
/// deletes nothing.
pub fn retention_days(stored: Option<&str>) -> i64 {
    let days = |text: &str| text.trim().parse().ok().filter(|days| RETENTION_DAYS.contains(days));
    let default =
        || defaults().find(|(key, _)| *key == AUDIT_RETENTION_DAYS).and_then(|(_, text)| days(text));
    stored.and_then(days).or_else(default).unwrap_or(*RETENTION_DAYS.end())
}

/// Whether a setting is kept out of lists and events.
pub fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// Whether clients may be told the value. An address may hold a key to what is shared there.
pub fn is_told(key: &str) -> bool {
    key != CADET_SOURCE && !is_secret(key)
}

/// Says what is wrong with a key: small letters, digits and `_`, no secret.
pub fn check(key: &str) -> Result<(), &'static str> {
    let letters = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if key.len() > LONGEST_KEY || !key.starts_with(|first: char| first.is_ascii_lowercase()) || !letters(key)
    {
        return Err("A key is made of small letters, digits and _, and begins with a letter.");
    }
    if is_secret(key) {
        return Err("Secrets do not belong into the settings, which are listed and logged.");
    }
    Ok(())
}

/// The text that is stored for a value, or one sentence that says what it may be. A setting the program does
/// not know is a short text.
pub fn canonical(key: &str, value: &Value) -> Result<String, String> {
    let text = plain(value).ok_or_else(|| format!("{key} must be a text, a number or true or false."))?;
    let text = text.trim();
    if text.is_empty() {
        return Err("Value is required".to_owned());
    }
    let kind = KNOWN.iter().find(|known| known.key == key).map_or(Kind::Text, |known| known.kind);
    of_kind(kind, text).ok_or_else(|| format!("{key} must be {}.", kind.words()))
}

fn of_kind(kind: Kind, text: &str) -> Option<String> {
    match kind {
        Kind::SchoolYear => is_school_year(text).then(|| text.to_owned()),
        Kind::Semester => one_of(&SEMESTERS, text),
        Kind::Text => (text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control))
            .then(|| text.to_owned()),
        Kind::Truth => truth(text).map(|value| value.to_string()),
        Kind::Bit => truth(text).map(|value| u8::from(value).to_string()),
        Kind::Days => {
            text.parse().ok().filter(|days| RETENTION_DAYS.contains(days)).map(|days: i64| days.to_string())
        }
        Kind::Colour => one_of(PALETTE, text),
        Kind::Address => is_address(text).then(|| text.to_owned()),
        Kind::Upload => is_upload(text).then(|| text.to_owned()),
    }
}

impl Kind {
    /// How the sentence of a refusal ends.
    fn words(self) -> String {
        match self {
            Self::SchoolYear => "two years in a row, such as 2024-2025".to_owned(),
            Self::Semester => format!("one of: {}", SEMESTERS.join(", ")),
            Self::Text => format!("a text of at most {LONGEST_TEXT} characters in one line"),
            Self::Truth => "one of: true, false, 0, 1".to_owned(),
            Self::Bit => "one of: 0, 1, true, false".to_owned(),
            Self::Days => {
                format!("a whole number from {} to {}", RETENTION_DAYS.start(), RETENTION_DAYS.end())
            }
            Self::Colour => format!("one of: {}", PALETTE.join(", ")),
            Self::Address => "an address that starts with https://".to_owned(),
            Self::Upload => "the address of an uploaded PNG or JPEG picture".to_owned(),
        }
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a stored or sent word says: `true` or `1`, `false` or `0`.
pub fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

fn one_of(words: &[&str], text: &str) -> Option<String> {
    words.iter().find(|word| word.eq_ignore_ascii_case(text)).map(|word| (*word).to_owned())
}

fn is_school_year(text: &str) -> bool {
    let year =
        |text: &str| text.parse::<u16>().ok().filter(|year| text.len() == 4 && (2000..2100).contains(year));
    let years = text.split_once('-').and_then(|(first, second)| Some((year(first)?, year(second)?)));
    years.is_some_and(|(first, second)| second == first + 1)
}

/// `/uploads/<name>`, or where another store keeps a picture.
fn is_upload(text: &str) -> bool {
    let name = text.strip_prefix("/uploads/");
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ours = name.is_some_and(|name| !name.starts_with('.') && name.len() < 200 && name.chars().all(plain));
    let picture = [".png", ".jpg", ".jpeg"].iter().any(|end| text.to_ascii_lowercase().ends_with(end));
    picture && (ours || text.starts_with("https://res.cloudinary.com/") && is_address(text))
}

fn is_address(text: &str) -> bool {
    let url = url::Url::parse(text).ok().filter(|_| text.len() <= LONGEST_ADDRESS);
    url.is_some_and(|url| url.scheme() == "https" && url.has_host() && url.username().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_stored_in_one_spelling() {
        for (key, value, stored) in [
            ("school_year", json!("2025-2026"), "2025-2026"),
            ("semester", json!(" 2ND "), "2nd"),
            ("semester", json!("summer"), "Summer"),
            ("current_battalion", json!(" 2nd Battalion "), "2nd Battalion"),
            (MAINTENANCE_MODE, json!(true), "true"),
            (MAINTENANCE_MODE, json!("0"), "false"),
            (MAINTENANCE_MODE, json!(1), "true"),
            ("audit_retention_days", json!(365), "365"),
            ("dark_mode_default", json!("true"), "1"),
            ("primary_color", json!("Teal"), "teal"),
            (
                CADET_SOURCE,
                json!("https://example.test/list.xlsx?key=1"),
                "https://example.test/list.xlsx?key=1",
            ),
            (DOCUMENT_LOGO, json!("/uploads/a-1.png"), "/uploads/a-1.png"),
            ("motto", json!(7), "7"),
        ] {
            assert_eq!(canonical(key, &value).as_deref(), Ok(stored), "{key}");
        }
    }

    #[test]
    fn values_of_another_kind_are_refused() {
        for (key, value) in [
            ("school_year", json!("2025-2027")),
            ("school_year", json!("25-26")),
            ("school_year", json!("2025")),
            ("semester", json!("3rd")),
            ("current_battalion", json!("a\u{0}b")),
            ("current_battalion", json!("x".repeat(501))),
            (MAINTENANCE_MODE, json!("perhaps")),
            (MAINTENANCE_MODE, json!(2)),
            ("audit_retention_days", json!(1)),
            ("audit_retention_days", json!(30.5)),
            ("audit_retention_days", json!("9999999999999999999999")),
            ("primary_color", json!("mauve")),
            (CADET_SOURCE, json!("http://169.254.169.254/")),
            (CADET_SOURCE, json!("https://me:word@example.test/")),
            (DOCUMENT_LOGO, json!("/uploads/../secret.png")),
            (DOCUMENT_LOGO, json!("https://elsewhere.test/a.png")),
            ("motto", json!("")),
            ("motto", json!(null)),
            ("motto", json!({})),
        ] {
            assert!(canonical(key, &value).is_err(), "{key} {value}");
        }
    }

    #[test]
    fn audit_rows_are_kept_as_long_as_the_setting_says_or_its_default() {
        for (stored, days) in
            [(Some(" 30 "), 30), (Some("29"), 365), (Some("soon"), 365), (Some("99999"), 365), (None, 365)]
        {
            assert_eq!(retention_days(stored), days, "{stored:?}");
        }
    }

    #[test]
    fn keys_are_plain_words_and_no_secrets() {
        for key in ["motto", "school_year", "a1"] {
            assert_eq!(check(key), Ok(()), "{key}");
        }
        for key in ["", "1a", "Motto", "a-b", "a b", "a\u{0}", "smtp_password", "api_token", "ñ"] {
            assert!(check(key).is_err(), "{key}");
        }
    }
}
