//! The codes of certificates.

use std::fmt;

use crate::ids::Ids;

/// Digits and letters that are not taken for each other (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Letters of a code: 100 bits, which nobody guesses.
const LENGTH: usize = 20;

/// Letters of a short code: 80 bits, where asking is limited.
const SHORT: usize = 16;

/// The code of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// A new code.
    pub fn draw(ids: Ids) -> Self {
        Self::of(ids, LENGTH)
    }

    /// A new code of 16 letters, for a system that promises so many.
    pub fn draw_short(ids: Ids) -> Self {
        Self::of(ids, SHORT)
    }

    fn of(ids: Ids, length: usize) -> Self {
        let letters = ids.key().into_iter().take(length);
        Self(letters.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()])).collect())
    }

    /// A code as people copy it: in any case, with or without hyphens and spaces.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 60 {
            return None;
        }
        let mut code = String::with_capacity(LENGTH);
        for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
            code.push(match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter if letter.is_ascii() && LETTERS.contains(&(letter as u8)) => letter,
                _ => return None,
            });
        }
        matches!(code.len(), LENGTH | SHORT).then_some(Self(code))
    }

    /// As it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// In groups of four: `7K3M-9Q2X-B4TN-R6WZ-8HJD`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_was_copied() {
        let code = Code::draw(Ids);
        let shown = code.to_string();
        assert_eq!(shown.len(), 24);
        for copy in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "o")] {
            assert_eq!(Code::parse(&copy), Some(code.clone()), "{copy}");
        }
        for wrong in ["", "7K3M", "7K3M-9Q2X-B4TN-R6WZ-8HJU", "é", &"0".repeat(100)] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
        assert_ne!(Code::draw(Ids), code);
        let short = Code::draw_short(Ids);
        assert_eq!(short.to_string().len(), 19);
        assert_eq!(Code::parse(&short.to_string()), Some(short));
    }
}
