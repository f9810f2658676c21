//! What people send, and how much of it.

use shared::files::{Accepts, Audience, Intake};

/// Bytes of one file.
pub const LIMIT_BYTES: usize = 20 * 1024 * 1024;

/// Bytes of a form that carries one file: for `DefaultBodyLimit::max` on its route.
pub const FORM_LIMIT_BYTES: usize = LIMIT_BYTES + 1024 * 1024;

/// Every kind of file.
pub static INTAKES: &[&Intake] = &[&ACTIVITY_PICTURE, &ADMIN_PHOTO, &EXCUSE_LETTER, &PHOTO, &PICTURE];

/// Pictures of activities.
pub static ACTIVITY_PICTURE: Intake = pictures("images");

/// Photos of administrators.
pub static ADMIN_PHOTO: Intake = pictures("profilePic");

/// Photos of cadets, and those that are sent before their record.
pub static PHOTO: Intake = pictures("profile");

/// Photos of the staff, and backgrounds.
pub static PICTURE: Intake = pictures("image");

/// Letters, which only those may fetch who may see their record.
pub static EXCUSE_LETTER: Intake = Intake {
    prefix: "letter",
    accepts: Accepts::Documents,
    limit_bytes: LIMIT_BYTES,
    audience: Audience::Checked,
};

const fn pictures(prefix: &'static str) -> Intake {
    Intake { prefix, accepts: Accepts::Pictures, limit_bytes: LIMIT_BYTES, audience: Audience::Anyone }
}
