//! Cookies that carry a session.

use std::time::Duration;

use http::HeaderValue;

use crate::{App, Result};

/// Who may read a cookie in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadBy {
    /// The server only.
    Server,
    /// Pages of the same site too.
    Pages,
}

/// `Set-Cookie` for the whole site: keeps `value` for `life`, or (none) removes the cookie. Requests that other sites start
/// carry it only when they are navigation.
pub fn set_cookie(
    app: &App,
    name: &str,
    value: Option<&str>,
    life: Duration,
    read_by: ReadBy,
) -> Result<HeaderValue> {
    let age = value.map_or(0, |_| life.as_secs());
    let hidden = if read_by == ReadBy::Server { "; HttpOnly" } else { "" };
    // A development server speaks plain HTTP, where browsers refuse to keep secure cookies.
    let secure = if app.config.production { "; Secure" } else { "" };
    let value = value.unwrap_or_default();
    let cookie = format!("{name}={value}; Path=/; Max-Age={age}{hidden}; SameSite=Lax{secure}");
    Ok(HeaderValue::try_from(cookie)?)
}
