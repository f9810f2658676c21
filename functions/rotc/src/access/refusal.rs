//! The words of those who are not let in, where the client shows or recognises them.

use super::Role;

/// The words of a 403.
pub trait Refusal {
    /// One sentence.
    const MESSAGE: &'static str;

    /// The sentence for somebody of this role.
    fn message(_role: Role) -> &'static str {
        Self::MESSAGE
    }
}

/// The client recognises these words and shows an empty page.
#[derive(Clone, Copy, Debug)]
pub struct NotACadetAccount;

impl Refusal for NotACadetAccount {
    const MESSAGE: &'static str = "Not a cadet account";
}

/// The history page takes it as an empty history.
#[derive(Clone, Copy, Debug)]
pub struct NotACadet;

impl Refusal for NotACadet {
    const MESSAGE: &'static str = "Not a cadet";
}

/// Where the client shows the sentence itself.
#[derive(Clone, Copy, Debug)]
pub struct AccessDenied;

impl Refusal for AccessDenied {
    const MESSAGE: &'static str = "Access denied.";
}

/// Where the staff portal asks.
#[derive(Clone, Copy, Debug)]
pub struct NotAStaffAccount;

impl Refusal for NotAStaffAccount {
    const MESSAGE: &'static str = "Not a staff account";
}

/// Where a message of the staff's chat needs a sender.
#[derive(Clone, Copy, Debug)]
pub struct NoSender;

impl Refusal for NoSender {
    const MESSAGE: &'static str = "Access denied.";

    fn message(role: Role) -> &'static str {
        match role {
            Role::Admin => "Admin must have a staff profile to post.",
            Role::Staff => "Staff identity required.",
            Role::Cadet => Self::MESSAGE,
        }
    }
}

/// Where only a cadet can submit something of their own.
#[derive(Clone, Copy, Debug)]
pub struct CadetAccessRequired;

impl Refusal for CadetAccessRequired {
    const MESSAGE: &'static str = "Cadet access required";
}
