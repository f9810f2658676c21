//! What a new password must be.

use shared::drf::Fields;

/// bcrypt reads no more bytes.
const LONGEST_BYTES: usize = 72;

/// Fewer are too easy to guess.
const SHORTEST: usize = 8;

/// Guesses that find the passwords of the usual lists.
const COMMON_GUESSES_LOG10: f64 = 4.4;

/// Rejects a field with a new password by the rules of Django, in their order.
pub fn check(fields: &mut Fields, name: &str, password: &str) {
    if password.chars().count() < SHORTEST {
        fields.reject(
            name,
            format!("This password is too short. It must contain at least {SHORTEST} characters."),
        );
    }
    if is_common(password) {
        fields.reject(name, "This password is too common.");
    }
    if !password.is_empty() && password.bytes().all(|byte| byte.is_ascii_digit()) {
        fields.reject(name, "This password is entirely numeric.");
    }
    if password.len() > LONGEST_BYTES {
        fields.reject(
            name,
            format!("This password is too long. It must contain at most {LONGEST_BYTES} bytes."),
        );
    }
}

fn is_common(password: &str) -> bool {
    password.chars().count() <= 30 && zxcvbn::zxcvbn(password, &[]).guesses_log10() < COMMON_GUESSES_LOG10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_the_usual_lists_are_common_and_others_are_not() {
        for common in ["password", "password123", "qwerty12", "12345678", "letmein1", "admin123"] {
            assert!(is_common(common), "{common}");
        }
        for other in ["Graduate#2026x", "Staff-Peer-Pass-1", "unlikely words here", "N3w-Peer-Pass!"] {
            assert!(!is_common(other), "{other}");
        }
    }
}
