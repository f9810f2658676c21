//! Large answers as files to keep: written while they are read, and through the store where an answer has a limit.

use super::{Written, written};
use crate::{App, Result, error};
use axum::{
    body::Body,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, header};

/// Bytes from which on a client fetches the file from the store, where it can: a function's answer has a limit.
pub const LARGE: u64 = 4 * 1024 * 1024;

/// What `written` writes, as the file `name`.
pub async fn download(
    app: &App,
    name: &str,
    content_type: &'static str,
    mut file: Written,
) -> Result<Response> {
    let mut head: Vec<Bytes> = Vec::new();
    let mut size = 0_u64;
    while size <= LARGE {
        match file.next().await? {
            Some(piece) => {
                size += piece.len() as u64;
                head.push(piece);
            }
            None => return answer(name, content_type, Body::from(head.concat())),
        }
    }
    if !app.files.vault().is_direct() {
        let head = stream::iter(head.into_iter().map(Ok::<_, axum::Error>));
        return answer(
            name,
            content_type,
            Body::from_stream(head.chain(file.into_body().into_data_stream())),
        );
    }
    let place = format!("downloads/{}/{name}", app.ids.uuid());
    let mut whole = written(|pieces| async move {
        for piece in head {
            pieces.send(piece).await?;
        }
        while let Some(piece) = file.next().await? {
            pieces.send(piece).await?;
        }
        Ok(())
    });
    app.files.vault().put(&place, content_type, &mut whole).await?;
    let address = app.files.vault().direct_address(&place).await?;
    let address = address.ok_or_else(|| error::unavailable("File storage"))?;
    Ok(Redirect::temporary(&address).into_response())
}

fn answer(name: &str, content_type: &'static str, body: Body) -> Result<Response> {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers
        .insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&format!("attachment; filename={name}"))?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The header that offers an answer as a file of this name, whatever letters it has (RFC 6266).
pub fn attachment(name: &str) -> Result<HeaderValue> {
    let plain = plain_name(name);
    if plain == name {
        return Ok(HeaderValue::from_str(&format!("attachment; filename=\"{plain}\""))?);
    }
    let encoded: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let encoded = encoded.replace('+', "%20").replace('*', "%2A");
    Ok(HeaderValue::from_str(&format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"))?)
}

/// A name for every system: letters, digits, `-`, `_` and `.`, all else an underscore.
pub fn plain_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '_' };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_keeps_its_letters_and_cannot_end_the_header() {
        let header = |name| attachment(name).map(|value| value.to_str().unwrap_or_default().to_owned()).ok();
        assert_eq!(header("a-1.pdf").as_deref(), Some("attachment; filename=\"a-1.pdf\""));
        assert_eq!(
            header("Peña\"\r\n.pdf").as_deref(),
            Some("attachment; filename=\"Pe_a___.pdf\"; filename*=UTF-8''Pe%C3%B1a%22%0D%0A.pdf")
        );
    }
}
