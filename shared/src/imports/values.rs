//! Values as people write them in lists.

use chrono::{Datelike, NaiveDate};

/// A full name in its parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonName {
    /// Given names; empty of an empty text.
    pub first: String,
    /// An initial, or what stands behind a second comma.
    pub middle: Option<String>,
    /// The family name with its particles; a single word has none.
    pub last: Option<String>,
    /// `Jr.`, `Sr.`, `II`, `III`, `IV` or `(Ret.)`.
    pub suffix: Option<String>,
}

/// Words that belong to the family name behind them.
const PARTICLES: &[&str] = &[
    "de", "del", "dela", "delos", "delas", "la", "las", "los", "da", "das", "di", "do", "dos", "du", "san",
    "sta", "sto", "van", "von", "der", "den",
];

/// A full name in its parts: `Last, First M.`, `Last, First, Middle` or `First M. Last`, with a suffix anywhere behind a name.
/// An initial is the middle name, other names belong to the first.
pub fn name_parts(full: &str) -> PersonName {
    let mut suffixes = Vec::new();
    let parts: Vec<Vec<&str>> = full
        .split(',')
        .map(|part| without_suffix(part.split_whitespace().collect(), &mut suffixes))
        .filter(|part| !part.is_empty())
        .collect();
    let suffix = (!suffixes.is_empty()).then(|| suffixes.join(" "));
    let joined = |words: &[&str]| (!words.is_empty()).then(|| words.join(" "));
    let (mut given, last, mut middle) = match parts.as_slice() {
        [] => return PersonName { suffix, ..PersonName::default() },
        [words] => {
            let at = family_name(words);
            (words[..at].to_vec(), joined(&words[at..]), None)
        }
        [last, given] => (given.clone(), joined(last), None),
        [last, given, middle @ ..] => (given.clone(), joined(last), joined(&middle.concat())),
    };
    if middle.is_none() && given.len() > 1 {
        middle = given.pop_if(|word| is_initial(word)).map(str::to_owned);
    }
    PersonName { first: given.join(" "), middle, last, suffix }
}

fn is_initial(word: &str) -> bool {
    word.trim_end_matches('.').chars().count() == 1
}

/// Where the family name begins: the last word and the particles before it, but never the first word of all.
fn family_name(words: &[&str]) -> usize {
    let mut at = words.len().saturating_sub(1);
    if at == 0 {
        return words.len();
    }
    while at > 1 && PARTICLES.contains(&words[at - 1].trim_end_matches('.').to_lowercase().as_str()) {
        at -= 1;
    }
    at
}

/// A part of a name without the suffixes at its end.
fn without_suffix<'a>(mut words: Vec<&'a str>, found: &mut Vec<&'static str>) -> Vec<&'a str> {
    while let Some(suffix) = words.last().and_then(|word| suffix(word)) {
        if !found.contains(&suffix) {
            found.push(suffix);
        }
        words.pop();
    }
    words
}

fn suffix(word: &str) -> Option<&'static str> {
    let plain = word.trim_matches(['.', '(', ')']).to_lowercase();
    match plain.as_str() {
        "jr" => Some("Jr."),
        "sr" => Some("Sr."),
        "ii" => Some("II"),
        "iii" => Some("III"),
        "iv" => Some("IV"),
        "ret" => Some("(Ret.)"),
        _ => None,
    }
}

/// In which order a column writes its days. One cell is not enough to tell: `10/01/2027` may be both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayOrder {
    /// `01/16/2027`.
    MonthFirst,
    /// `16/01/2027`.
    DayFirst,
    /// No cell tells, or cells contradict each other.
    #[default]
    Unknown,
}

impl DayOrder {
    /// Of all the cells of a column.
    pub fn of<'a>(cells: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut month_first, mut day_first) = (false, false);
        for cell in cells {
            if let Some([first, second, _]) = numeric(cell) {
                day_first |= first > 12 && second <= 12;
                month_first |= second > 12 && first <= 12;
            }
        }
        match (month_first, day_first) {
            (true, false) => Self::MonthFirst,
            (false, true) => Self::DayFirst,
            _ => Self::Unknown,
        }
    }
}

/// A day as lists have it, with a time behind it or not: `2005-02-01`, `02/01/2005`, `16-Jan-2027`, `January 16, 2027`; or
/// what is wrong with it, as a part of a sentence. A time zone is not looked at: the day is the one that is written.
pub fn day(text: &str, order: DayOrder) -> Result<NaiveDate, String> {
    let text = text.trim();
    let said: String = text.chars().take(60).collect();
    let wrong = || format!("\"{said}\" is no date");
    let date = match text.get(..10).map(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d")) {
        Some(Ok(date)) => Some(date),
        _ => match numeric(text) {
            Some([first, second, year]) => in_order([first, second, year], order).map_err(|()| {
                format!("\"{said}\" may begin with the day or with the month, please write it as 2027-01-31")
            })?,
            None => named(text),
        },
    };
    date.filter(|date| (1900..2200).contains(&date.year())).ok_or_else(wrong)
}

/// `Err` where it may be two days.
fn in_order([first, second, year]: [u32; 3], order: DayOrder) -> Result<Option<NaiveDate>, ()> {
    let date = |month, day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    let (month_first, day_first) = (date(first, second), date(second, first));
    match (month_first, day_first, order) {
        (Some(_), Some(_), DayOrder::Unknown) if first != second => Err(()),
        (Some(date), Some(_), DayOrder::MonthFirst | DayOrder::Unknown)
        | (Some(_), Some(date), DayOrder::DayFirst) => Ok(Some(date)),
        (one, other, _) => Ok(one.or(other)),
    }
}

/// The words of a day, without a time.
fn words(text: &str) -> Vec<&str> {
    let day = text.split_whitespace().take_while(|word| !word.contains(':'));
    day.flat_map(|word| word.split(['/', '-', '.', ','])).filter(|word| !word.is_empty()).collect()
}

/// Three numbers with the year at the end.
fn numeric(text: &str) -> Option<[u32; 3]> {
    let parts: Vec<u32> = words(text).iter().map(|word| word.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        &[first, second, year] if first < 32 => Some([first, second, century(year)]),
        _ => None,
    }
}

/// A day whose month is a word, or that begins with the year.
fn named(text: &str) -> Option<NaiveDate> {
    let words = words(text);
    let &[first, second, third] = words.as_slice() else { return None };
    let number = |word: &str| word.parse::<u32>().ok();
    let (day, month, year) = match (month(first), month(second)) {
        (Some(month), None) => (number(second)?, month, number(third)?),
        (None, Some(month)) if first.len() == 4 => (number(third)?, month, number(first)?),
        (None, Some(month)) => (number(first)?, month, number(third)?),
        _ => match number(first)? {
            year @ 1900..2200 => (number(third)?, number(second)?, year),
            _ => return None,
        },
    };
    NaiveDate::from_ymd_opt(i32::try_from(century(year)).ok()?, month, day)
}

/// A year of two digits: those to come within a few years belong to this century.
const fn century(year: u32) -> u32 {
    match year {
        0..40 => 2000 + year,
        40..100 => 1900 + year,
        _ => year,
    }
}

/// The month that a word means: `Jan`, `january`.
pub fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_lowercase();
    let is_it = |month: &&str| word == **month || (month.starts_with(&word) && matches!(word.len(), 3 | 4));
    (1..).zip(&MONTHS).find(|(_, month)| is_it(month)).map(|(number, _)| number)
}

/// A number as people write it: `85`, `88.5 %`, `1,234.5`. What may be a decimal comma is none.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let text = text.strip_suffix('%').unwrap_or(text).trim_end();
    let (whole, rest) = text.split_once('.').map_or((text, ""), |(whole, rest)| (whole, rest));
    let mut groups = whole.trim_start_matches(['-', '+']).split(',');
    let first = groups.next().unwrap_or_default();
    let grouped = groups.clone().all(|group| group.len() == 3);
    let starts = groups.next().is_none() || (1..=3).contains(&first.len());
    if !grouped || !starts || rest.contains(',') {
        return None;
    }
    text.replace(',', "").parse().ok().filter(|number: &f64| number.is_finite())
}

/// A mark: what people write where something is so (`x`, `/`, a check mark, `1`, `TRUE`, `yes`), or is not (`0`, `FALSE`, `no`).
pub fn mark(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "x" | "/" | "v" | "✓" | "✔" | "✅" | "☑" | "√" | "1" | "true" | "yes" | "y" | "oo" => {
            Some(true)
        }
        "0" | "false" | "no" | "n" | "✗" | "✘" | "❌" | "☐" | "hindi" => Some(false),
        _ => None,
    }
}

/// Whether a spreadsheet has shortened a number to this text: `2.02E+09`.
pub fn is_shortened(text: &str) -> bool {
    let Some((digits, power)) = text.split_once(['E', 'e']) else { return false };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, "0"));
    is_number(whole) && is_number(rest) && power.strip_prefix('+').is_some_and(is_number)
}

/// An id as it is kept: dashes of any kind plain ones, no spaces around them.
pub fn identifier(text: &str) -> String {
    let plain = text.chars().map(|letter| match letter {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' => '-',
        letter => letter,
    });
    let plain: String = plain.collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").replace(" -", "-").replace("- ", "-")
}

/// An id as it is compared: without case, spaces and dashes.
pub fn identity(text: &str) -> String {
    let text = identifier(text);
    text.chars().filter(|letter| !matches!(letter, '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// An id without what people and spreadsheets lose: [`identity`], and the zeros at its beginning.
pub fn nearly(text: &str) -> String {
    identity(text).trim_start_matches('0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let parts = |full| {
            let PersonName { first, middle, last, suffix } = name_parts(full);
            let [middle, last, suffix] = [middle, last, suffix].map(Option::unwrap_or_default);
            format!("{first}|{middle}|{last}|{suffix}")
        };
        for (full, expected) in [
            ("Sarmiento, Paolo Miguel", "Paolo Miguel||Sarmiento|"),
            ("Dela Cruz, Juan P.", "Juan|P.|Dela Cruz|"),
            ("Kristine Joy Abad", "Kristine Joy||Abad|"),
            ("Juan P. Reyes", "Juan|P.|Reyes|"),
            ("Mononym", "Mononym|||"),
            ("J. Reyes", "J.||Reyes|"),
            ("", "|||"),
            // Suffixes.
            ("Dela Cruz, Juan P. Jr.", "Juan|P.|Dela Cruz|Jr."),
            ("Juan Dela Cruz Jr.", "Juan||Dela Cruz|Jr."),
            ("SANTOS, JOSE III, MANALO", "JOSE|MANALO|SANTOS|III"),
            ("REYES, JR., PEDRO S.", "PEDRO|S.|REYES|Jr."),
            ("Santos Jr., Mario", "Mario||Santos|Jr."),
            ("Juan Dela Cruz, Jr.", "Juan||Dela Cruz|Jr."),
            ("Pedro Abad IV", "Pedro||Abad|IV"),
            ("Abad, Pedro Sr. (Ret.)", "Pedro||Abad|(Ret.) Sr."),
            // Particles.
            ("Ma. Theresa Ñ. De los Reyes", "Ma. Theresa|Ñ.|De los Reyes|"),
            ("De Guzman, Ma. Luisa", "Ma. Luisa||De Guzman|"),
            ("Ana Maria del Rosario", "Ana Maria||del Rosario|"),
            ("Jose de la Peña", "Jose||de la Peña|"),
            ("Leo San Juan", "Leo||San Juan|"),
            ("De Leon", "De||Leon|"),
        ] {
            assert_eq!(parts(full), expected, "{full}");
        }
    }

    fn date(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(year, month, day)
    }

    #[test]
    fn days_are_read_as_lists_have_them() {
        let read = |text| day(text, DayOrder::Unknown).ok();
        for text in [
            "2005-02-01",
            "2005-02-01 00:00:00",
            "2005-02-01T23:30:00+08:00",
            "February 1, 2005",
            "1-Feb-2005",
            "1 feb. 05",
            "2005/2/1",
        ] {
            assert_eq!(read(text), date(2005, 2, 1), "{text}");
        }
        assert_eq!(read("31/12/2004"), date(2004, 12, 31));
        assert_eq!(read("1/16/2027 7:30 AM"), date(2027, 1, 16));
        assert_eq!(read("5/5/2005"), date(2005, 5, 5));
        for text in
            ["", "soon", "32/13/2004", "1/2/3000", "1/2", "30-Feb-2005", "0020-01-01", "7", "13/13/2005"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn order_of_day_and_month_is_that_of_the_whole_column() {
        for (column, order, read) in [
            (["10/01/2027", "16/01/2027"], DayOrder::DayFirst, date(2027, 1, 10)),
            (["10/01/2027", "1/16/2027 7:30 AM"], DayOrder::MonthFirst, date(2027, 10, 1)),
            (["10/01/2027", "2027-01-16"], DayOrder::Unknown, None),
        ] {
            assert_eq!(DayOrder::of(column), order, "{column:?}");
            assert_eq!(day(column[0], order).ok(), read, "{column:?}");
        }
        assert_eq!(
            DayOrder::of(["16/01/2027", "1/16/2027"]),
            DayOrder::Unknown,
            "they contradict each other"
        );
        let why = day("10/01/2027", DayOrder::Unknown).unwrap_err();
        assert_eq!(
            why,
            "\"10/01/2027\" may begin with the day or with the month, please write it as 2027-01-31"
        );
    }

    #[test]
    fn numbers_and_marks_are_read_as_people_write_them() {
        for (text, value) in [
            ("85", Some(85.0)),
            ("85%", Some(85.0)),
            ("88.5 %", Some(88.5)),
            ("1,234.5", Some(1234.5)),
            ("-5", Some(-5.0)),
            ("85,5", None),
            ("1234,567", None),
            ("1.234,5", None),
            ("abc", None),
            ("", None),
            ("inf", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
        for (text, value) in
            [("x", Some(true)), ("TRUE", Some(true)), ("✓", Some(true)), ("0", Some(false)), ("maybe", None)]
        {
            assert_eq!(mark(text), value, "{text}");
        }
    }

    #[test]
    fn ids_are_compared_without_what_people_and_spreadsheets_change() {
        for text in ["2.02E+09", "6.39172E+11", "2e+10"] {
            assert!(is_shortened(text), "{text}");
        }
        for text in ["2020123", "2026-1E", "E+1", "2.02E", "1E5", "DEMO-E+1"] {
            assert!(!is_shortened(text), "{text}");
        }
        assert_eq!(identifier("2026 \u{2013} 1001"), "2026-1001");
        for text in ["2026-1001", "20261001", "2026\u{2011}1001", "2026 1001"] {
            assert_eq!(identity(text), "20261001", "{text}");
        }
        assert_eq!(nearly("0007654321"), nearly("7654321"));
        assert_ne!(identity("0007654321"), identity("7654321"));
    }
}
