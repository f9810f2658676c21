//! Phone numbers of Kenya.

use crate::access::Person;

/// Brings a number into the form `254712345678`: spaces, hyphens and the plus sign go, a leading 0 is the country. The error
/// says what is wrong, in the words that clients know.
pub fn normalized(text: &str) -> Result<String, &'static str> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '+')).collect();
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("Phone number must contain only digits");
    }
    match digits.strip_prefix('0') {
        Some(rest) => Ok(format!("254{rest}")),
        None if digits.starts_with("254") => Ok(digits),
        None => Err("Phone number must be a valid Kenyan number (254... or 07...)"),
    }
}

/// The same where only numbers of mobile phones are taken.
pub fn mobile(text: &str) -> Result<String, &'static str> {
    let number = normalized(text);
    let is_mobile = |number: &String| number.starts_with("2547") || number.starts_with("2541");
    match number {
        // Numbers that were written with the country are taken as they are.
        Ok(number) if is_mobile(&number) || !text.trim_start().starts_with('0') => Ok(number),
        Err("Phone number must contain only digits") => Err("Phone number must contain only digits"),
        _ => Err("Phone number must be a valid Kenyan number (254..., 07..., or 01...)"),
    }
}

/// A number as somebody sees it who may read the row: in full for its owner, administrators and the finance staff.
pub fn shown_to(person: &Person, number: String) -> String {
    if person.is_finance_desk() || person.is_student() { number } else { masked(&number) }
}

/// `2547*****001`
fn masked(number: &str) -> String {
    match (number.get(..4), number.get(number.len().saturating_sub(3)..)) {
        (Some(start), Some(end)) if number.len() > 7 => format!("{start}*****{end}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_with_the_country_or_refused() {
        assert_eq!(normalized("+254 712-345-678").as_deref(), Ok("254712345678"));
        assert_eq!(normalized("0812345678").as_deref(), Ok("254812345678"));
        assert_eq!(normalized("12ab"), Err("Phone number must contain only digits"));
        assert!(normalized("812345678").is_err() && normalized("").is_err());
    }

    #[test]
    fn mobile_numbers_begin_with_seven_or_one() {
        assert_eq!(mobile("0722000111").as_deref(), Ok("254722000111"));
        assert_eq!(mobile("0112000111").as_deref(), Ok("254112000111"));
        assert_eq!(
            mobile("0822000111"),
            Err("Phone number must be a valid Kenyan number (254..., 07..., or 01...)")
        );
        assert_eq!(mobile("abc"), Err("Phone number must contain only digits"));
    }

    #[test]
    fn masked_numbers_show_their_ends() {
        assert_eq!(masked("254712345001"), "2547*****001");
        assert_eq!(masked("123"), "");
    }
}
