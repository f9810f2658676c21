//! Large answers as files to keep: written while they are read, and through the store where an answer has a limit.

use axum::{
    body::Body,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::{HeaderValue, header};
use shared::{
    App, Result,
    http::{Written, written},
};

/// Bytes from which on a client fetches the file from the store, where it can: a function's answer has a limit.
const LARGE: usize = 4 * 1024 * 1024;

/// What `written` writes, as the file `name`.
pub async fn download(
    app: &App,
    name: &str,
    content_type: &'static str,
    mut file: Written,
) -> Result<Response> {
    let mut head: Vec<Bytes> = Vec::new();
    let mut size = 0;
    while size <= LARGE {
        match file.next().await? {
            Some(piece) => {
                size += piece.len();
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
    let address = address.ok_or_else(|| shared::error::unavailable("File storage"))?;
    Ok(Redirect::temporary(&address).into_response())
}

fn answer(name: &str, content_type: &'static str, body: Body) -> Result<Response> {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    let disposition = HeaderValue::from_str(&format!("attachment; filename={name}"))?;
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
