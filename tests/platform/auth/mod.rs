//! What systems build their sign-in of: users by UUID, pairs of tokens, one-time codes, second factors, cookies.

mod cookies;
mod one_time;
mod second_factor;
mod throttle;
mod tokens;

use shared::db::UserKey;
use uuid::Uuid;

/// A user of a system whose users have UUIDs.
fn a_user() -> UserKey {
    UserKey::from(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001))
}
