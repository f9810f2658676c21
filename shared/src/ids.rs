//! Random identifiers and secrets.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rand::RngExt;
use uuid::Uuid;

/// Makes identifiers: the only place of the code that draws random ones.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids;

impl Ids {
    /// A random UUID (version 4).
    #[expect(clippy::disallowed_methods, reason = "the one place that draws identifiers")]
    pub fn uuid(self) -> Uuid {
        Uuid::new_v4()
    }

    /// 32 random bytes from the operating system's generator.
    pub fn key(self) -> [u8; 32] {
        let mut key = [0; 32];
        rand::rng().fill(&mut key);
        key
    }

    /// A 256-bit secret as 43 URL-safe characters, for links and refresh tokens.
    pub fn token(self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.key())
    }

    /// A whole number in `0..limit`, for user names that must differ from taken ones.
    pub fn number_below(self, limit: u32) -> u32 {
        rand::rng().random_range(0..limit)
    }
}
