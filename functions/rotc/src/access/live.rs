//! Who listens to live events.

use shared::{
    Result,
    auth::principal::{Permit, Source},
    permits,
};

use super::{User, person::STREAM};

/// Anybody signed in, by header, cookie or `?token=`: an `EventSource` cannot send a header. For event streams only.
#[derive(Clone, Debug)]
pub struct Listener(pub User);

permits! { Listener }

impl Permit for Listener {
    type Principal = User;
    const SOURCES: &'static [Source] = STREAM;

    fn permit(user: User) -> Result<Self> {
        Ok(Self(user))
    }
}
