//! Amounts as people in Kenya write them.

use shared::http::Money;

/// `KES 5,500.00`
pub fn kes(amount: Money) -> String {
    let text = amount.rounded(2).to_string();
    let (whole, decimals) = text.split_once('.').unwrap_or((&text, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("KES {sign}{grouped}.{decimals}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_and_there_are_two_decimals() {
        let shown = |text: &str| kes(Money::parse(text).expect("an amount"));
        assert_eq!(shown("5500"), "KES 5,500.00");
        assert_eq!(shown("0"), "KES 0.00");
        assert_eq!(shown("999.5"), "KES 999.50");
        assert_eq!(shown("-1234567.89"), "KES -1,234,567.89");
    }
}
