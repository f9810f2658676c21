//! Notices: one's own and those for everyone, those of administrators, and the buttons that tell every cadet.

mod admin;
mod cadet_email;
mod mine;
mod reminders;
