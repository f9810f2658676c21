//! Values as people write them in lists.

use chrono::NaiveDate;

/// A full name in its parts: first, middle, last.
///
/// `Last, First M.` or `First M. Last`; an initial is the middle name, other names belong to the first. A single word has
/// no last name.
pub fn name_parts(full: &str) -> (String, Option<String>, Option<String>) {
    let (mut given, last): (Vec<&str>, Option<String>) = match full.split_once(',') {
        Some((last, given)) => (given.split_whitespace().collect(), filled(last)),
        None => {
            let mut words: Vec<&str> = full.split_whitespace().collect();
            let last = (words.len() > 1).then(|| words.pop()).flatten();
            (words, last.map(str::to_owned))
        }
    };
    let is_initial = |word: &&str| word.trim_end_matches('.').chars().count() == 1;
    let middle = match given.len() > 1 {
        true => given.pop_if(|word| is_initial(&&**word)).map(str::to_owned),
        false => None,
    };
    (given.join(" "), middle, last)
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A day as lists have it: `2005-02-01`, with a time or not, or `02/01/2005`, month first unless that is no month.
pub fn day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if let Some(date) = text.get(..10).and_then(|date| NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()) {
        return Some(date);
    }
    let parts: Vec<u32> = text.split(['/', '-', '.']).map_while(|part| part.trim().parse().ok()).collect();
    let &[first, second, year] = parts.as_slice() else { return None };
    let date = |month, day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    (1900..2200).contains(&year).then(|| date(first, second).or_else(|| date(second, first))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_apart() {
        let parts = |full| {
            let (first, middle, last) = name_parts(full);
            format!("{first}|{}|{}", middle.unwrap_or_default(), last.unwrap_or_default())
        };
        assert_eq!(parts("Sarmiento, Paolo Miguel"), "Paolo Miguel||Sarmiento");
        assert_eq!(parts("Dela Cruz, Juan P."), "Juan|P.|Dela Cruz");
        assert_eq!(parts("Kristine Joy Abad"), "Kristine Joy||Abad");
        assert_eq!(parts("Juan P. Reyes"), "Juan|P.|Reyes");
        assert_eq!(parts("Mononym"), "Mononym||");
        assert_eq!(parts("J. Reyes"), "J.||Reyes");
    }

    #[test]
    fn days_are_read_as_lists_have_them() {
        let expected = NaiveDate::from_ymd_opt(2005, 2, 1);
        for text in ["2005-02-01", "2005-02-01 00:00:00", "02/01/2005", "2-1-2005"] {
            assert_eq!(day(text), expected, "{text}");
        }
        assert_eq!(day("31/12/2004"), NaiveDate::from_ymd_opt(2004, 12, 31));
        for text in ["", "soon", "32/13/2004", "1/2/3", "1/2"] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
