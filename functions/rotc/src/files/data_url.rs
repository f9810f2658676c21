//! Pictures inside a text: `data:image/png;base64,...`.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;

/// The media type that a data URL in base64 claims, and its bytes.
pub fn decoded(url: &str) -> Option<(&str, Bytes)> {
    let (head, data) = url.split_once(',')?;
    let (scheme, description) = head.split_once(':')?;
    let (media_type, encoding) = description.rsplit_once(';')?;
    let fits = scheme.eq_ignore_ascii_case("data") && encoding.eq_ignore_ascii_case("base64");
    let body = BASE64_STANDARD.decode(data.trim()).ok()?;
    fits.then(|| (media_type, body.into()))
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn data_urls_are_base64() {
        let png = Some(("image/png", b"\x89PNG".as_slice().into()));
        assert_eq!(decoded("data:image/png;base64,iVBORw=="), png);
        assert_eq!(decoded("DATA:image/png;BASE64,iVBORw==\n"), png);
        for bad in ["data:image/png,iVBORw==", "data:image/png;base64,%%", "data:image/png;base64", ""] {
            assert_eq!(decoded(bad), None, "{bad}");
        }
    }
}
