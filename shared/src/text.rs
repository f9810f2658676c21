//! What new names may be made of. What is stored already stays as it is: people sign in with it.

use unicode_normalization::UnicodeNormalization;

use crate::{Result, error::invalid_field};

/// What is said of a text that cannot be a name.
pub(crate) const NO_NAME: &str = "This text holds characters that a name cannot have.";

/// A name of a person or a thing, in one spelling (NFC) and without blanks around it. 400 for line breaks and other controls, marks
/// that turn the direction of what follows, letters without a width, and markup.
pub fn name(field: &str, text: &str) -> Result<String> {
    let name: String = text.trim().nfc().collect();
    if name.chars().any(|letter| is_unseen(letter) || matches!(letter, '<' | '>')) {
        return Err(invalid_field(field, NO_NAME));
    }
    Ok(name)
}

/// A name to sign in with: a [`name`] of Latin letters, digits and signs, so that none looks like another's.
pub fn account_name(field: &str, text: &str) -> Result<String> {
    let name = name(field, text)?;
    if name.chars().any(|letter| !is_latin(letter)) {
        let message = "Use the letters A to Z, digits and signs such as dot and hyphen.";
        return Err(invalid_field(field, message));
    }
    Ok(name)
}

/// A new password. 400 for one of fewer than four different characters, or one that is one of these names.
pub fn password(field: &str, password: &str, names: &[&str]) -> Result<()> {
    let lower = password.to_lowercase();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let is_name = names.iter().any(|name| !name.is_empty() && name.trim().to_lowercase() == lower);
    if letters.len() < 4 || is_name {
        return Err(invalid_field(field, "This password is too easy to guess, please choose another one."));
    }
    Ok(())
}

/// With a capital letter at the beginning.
pub fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Latin with its accents, digits and signs: neither full-width nor another script's.
fn is_latin(letter: char) -> bool {
    matches!(letter, ' '..='~' | '\u{c0}'..='\u{17e}' | '\u{1e00}'..='\u{1eff}')
        && !matches!(letter, '×' | '÷' | 'ı' | 'ĸ' | 'ŉ')
}

fn is_unseen(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{feff}'
        )
        || matches!(letter, '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(letter, '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_spelling_and_nothing_unseen() {
        assert_eq!(name("name", " Pen\u{303}a ").unwrap(), "Peña");
        assert_eq!(name("name", "O'Neil-dela Cruz, Jr. 李").unwrap(), "O'Neil-dela Cruz, Jr. 李");
        for hostile in
            ["a\nb", "a\0", "\u{202e}nauJ", "a\u{200b}b", "a\u{feff}", "<b>a</b>", "a\u{2066}b", "a\u{2028}b"]
        {
            assert!(name("name", hostile).is_err(), "{hostile:?}");
        }
    }

    #[test]
    fn account_names_look_like_no_other() {
        for plain in ["2024-0001", "juan.dela_cruz", "peña@example.test", "Müller 3"] {
            assert_eq!(account_name("username", plain).unwrap(), plain);
        }
        for other in ["аdmin", "ａｄｍｉｎ", "admin\u{200d}", "adm\u{131}n", "管理"] {
            assert!(account_name("username", other).is_err(), "{other:?}");
        }
    }

    #[test]
    fn trivial_passwords_are_refused() {
        let names = ["juan.cruz", "juan@example.test"];
        for trivial in ["111111", "aaabbb", "Juan.Cruz", "JUAN@example.test", ""] {
            assert!(password("password", trivial, &names).is_err(), "{trivial}");
        }
        for fair in ["secret1", "correct horse", "juan.cruz1"] {
            assert!(password("password", fair, &names).is_ok(), "{fair}");
        }
    }
}
