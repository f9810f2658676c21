//! Attendance in lines of text, as PDF and Word files and pictures give them (rules.md 9.3).

use super::{
    listed::{Listed, Says},
    marks, times,
};
use crate::{attendance::status::Status, imports::roster::Named};

/// The programs of ROTC, which stand between the name and the rest of a line.
const PROGRAMS: [&str; 6] =
    ["basic/ms1", "basic/ms2", "advance/ms31", "advance/ms32", "advance/ms41", "advance/ms42"];

/// The status words, in the order in which a line is asked for them.
const WORDS: [(&str, Status); 4] = [
    ("present", Status::Present),
    ("absent", Status::Absent),
    ("excused", Status::Excused),
    ("late", Status::Late),
];

/// What the lines say; those that say nothing of anybody are left out.
pub fn read(lines: &[String]) -> Vec<Listed> {
    lines.iter().enumerate().filter_map(|(at, line)| read_line(at + 1, line)).collect()
}

fn read_line(row: usize, line: &str) -> Option<Listed> {
    let words: Vec<&str> = line.split_whitespace().collect();
    numbered(row, &words).or_else(|| plain(row, line)).or_else(|| abbreviated(row, &words))
}

/// A numbered line without a status word: a letter at its end is one, else it says nothing of the person whom it names.
fn abbreviated(row: usize, words: &[&str]) -> Option<Listed> {
    let (number, rest) = words.split_first()?;
    let is_name = |word: &&&str| word.chars().filter(|letter| letter.is_alphabetic()).count() > 1;
    if !is_number(number) || rest.iter().filter(is_name).count() < 2 {
        return None;
    }
    let (says, name) = match rest.split_last() {
        Some((last, name))
            if last.len() == 1 && last.chars().all(char::is_uppercase) && marks::word(last).is_some() =>
        {
            (marks::word(last).map_or_else(nothing, Says::Status), name)
        }
        _ => (nothing(), rest),
    };
    let named = Named { name: name.join(" "), ..Named::default() };
    Some(Listed { row, named, says, remarks: None, time_in: None, time_out: None, warnings: Vec::new() })
}

fn nothing() -> Says {
    Says::Nothing("the line does not say how they attended".to_owned())
}

/// `1. Name Name user.name Basic/MS1 Present 7:35 AM 11:40 AM`
fn numbered(row: usize, words: &[&str]) -> Option<Listed> {
    words.first().filter(|word| is_number(word))?;
    let program = words.iter().position(|word| PROGRAMS.contains(&word.to_lowercase().as_str()))?;
    let (before, rest) = (&words[1..program], &words[program + 1..]);
    let (username, name) = before.split_last()?;
    let mut name = name.join(" ");
    let mut username = (*username).to_owned();
    if !is_username(&username) || name.is_empty() {
        name = before.join(" ");
        username = String::new();
    }
    let text = rest.join(" ").to_lowercase();
    let status = WORDS.iter().find(|(word, _)| text.contains(word)).map(|(_, status)| *status);
    let mut clock = times::all(&rest.join(" ")).into_iter();
    let email = words.iter().find(|word| word.contains('@')).map(|word| (*word).to_owned());
    Some(Listed {
        row,
        named: Named { name, username, email: email.unwrap_or_default(), ..Named::default() },
        // Legacy: who has no status was present.
        says: status.map_or_else(nothing, Says::Status),
        remarks: None,
        time_in: clock.next(),
        time_out: clock.next(),
        warnings: Vec::new(),
    })
}

/// Any line with a status: what stands left of it is the name.
fn plain(row: usize, line: &str) -> Option<Listed> {
    let (name, username, status) = name_and_status(line)?;
    if name.split_whitespace().count() < 2 {
        return None;
    }
    let named = Named { name, username, is_guess: true, ..Named::default() };
    let says = Says::Status(status);
    Some(Listed { row, named, says, remarks: None, time_in: None, time_out: None, warnings: Vec::new() })
}

/// The name left of a status word, without its number and the user name behind it, in the order first, last; the user
/// name; the status.
pub fn name_and_status(line: &str) -> Option<(String, String, Status)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (at, status) = words.iter().enumerate().find_map(|(at, word)| Some((at, status_of(word)?)))?;
    let mut left = &words[..at];
    if left.first().is_some_and(|word| is_number(word)) {
        left = &left[1..];
    }
    // Legacy: the last word was taken for the user name whatever it was; a name begins with a capital.
    let mut username = "";
    if let Some((last, rest)) = left.split_last()
        && !rest.is_empty()
        && looks_like_username(last)
    {
        (username, left) = (last, rest);
    }
    let name = left.join(" ");
    let name = match name.split_once(',') {
        Some((last, first)) => format!("{} {}", first.trim(), last.trim()),
        None => name,
    };
    Some((name.trim().to_owned(), username.to_owned(), status))
}

fn status_of(word: &str) -> Option<Status> {
    let word: String =
        word.chars().filter(|letter| letter.is_alphabetic()).collect::<String>().to_lowercase();
    WORDS.iter().find(|(known, _)| *known == word).map(|(_, status)| *status)
}

/// `1`, `12.`, `123)`
fn is_number(word: &str) -> bool {
    let digits = word.strip_suffix(['.', ')']).unwrap_or(word);
    (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_username(word: &str) -> bool {
    word.len() >= 3 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn looks_like_username(word: &str) -> bool {
    is_username(word) && !word.starts_with(|first: char| first.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(line: &str) -> Option<String> {
        let listed = read_line(1, line)?;
        let time = |time: &Option<String>| time.clone().unwrap_or_default();
        Some(format!(
            "{}|{}|{}|{}|{}",
            listed.named.name,
            listed.named.username,
            listed.says.status().map(Status::as_str).unwrap_or("nothing"),
            time(&listed.time_in),
            time(&listed.time_out)
        ))
    }

    #[test]
    fn lines_of_the_official_lists_are_read() {
        for (line, expected) in [
            (
                "1. Melchora Zulueta melchora.zulueta Basic/MS1 Present 7:35 AM 11:40 AM",
                "Melchora Zulueta|melchora.zulueta|present|07:35|11:40",
            ),
            (
                "2. Peñaranda, Ñoño gabriela.ocampo Basic/MS1 Absent",
                "Peñaranda, Ñoño|gabriela.ocampo|absent||",
            ),
            ("14) Ana Cruz ana.cruz advance/ms31", "Ana Cruz|ana.cruz|nothing||"),
            ("4 ARCIAGA, BITUIN P", "ARCIAGA, BITUIN||present||"),
            ("5. Ordoñez, Makisig A", "Ordoñez, Makisig||absent||"),
            ("6 Dimaculangan, Crisanto", "Dimaculangan, Crisanto||nothing||"),
            ("Ampatuan-Lim, Crisanto present", "Crisanto Ampatuan-Lim||present||"),
            (
                "1. Magsaysay, Arnel Jennylyn arneljennylyn.magsaysay present",
                "Arnel Jennylyn Magsaysay|arneljennylyn.magsaysay|present||",
            ),
        ] {
            assert_eq!(summary(line).as_deref(), Some(expected), "{line}");
        }
        for line in
            ["No Name Username Program Status In Out", "-- end --", "", "present", "Page 2 of 3", "3 pages"]
        {
            assert_eq!(summary(line), None, "{line}");
        }
    }
}
