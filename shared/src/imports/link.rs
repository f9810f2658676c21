//! Fetching a list from where it is shared.
//!
//! Only from the servers that are configured, over https, at public addresses; every redirect is checked like the first
//! address, no name is looked up twice, and nobody's token is sent along. What another server answers is told in our
//! words: its own, and the addresses behind a redirect, are not shown to anybody.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{StatusCode, header};
use reqwest::Response;
use url::Url;

use super::source::LIMIT_BYTES;
use crate::{App, Error, Result, error::invalid, http::UploadedFile};

/// Redirects at most.
const MOST_REDIRECTS: usize = 10;

/// The longest wait, shorter than that of whoever asks.
const WITHIN: Duration = Duration::from_secs(20);

/// Fetches the file that a link shares. 400 with a sentence that says what is wrong with the link.
pub async fn fetch(app: &App, link: &str) -> Result<UploadedFile> {
    let url = Url::parse(link.trim()).map_err(|_| failed("Invalid URL"))?;
    let fetching = tokio::time::timeout(WITHIN, download(app, shared_file(url)));
    fetching.await.unwrap_or_else(|_| Err(failed("The server did not answer in time.")))
}

async fn download(app: &App, mut url: Url) -> Result<UploadedFile> {
    let mut asked_again = false;
    for _ in 0..=MOST_REDIRECTS {
        let response = get(app, &url).await?;
        let status = response.status();
        if status.is_redirection() {
            url = target(&url, &response)?;
            continue;
        }
        check(status)?;
        if is_page(&response) {
            // Legacy: some services show a page until they are asked for the file.
            if std::mem::replace(&mut asked_again, true) {
                return Err(failed(
                    "The link returned a webpage (HTML) instead of a file. Please share the file itself.",
                ));
            }
            set_query(&mut url, "download", "1");
            continue;
        }
        let name = file_name(&url, &response);
        return Ok(UploadedFile { name, body: body(response).await? });
    }
    Err(failed("Too many redirects."))
}

async fn get(app: &App, url: &Url) -> Result<Response> {
    let imports = &app.config.imports;
    if !imports.allows(url) {
        return Err(failed(
            "Files are only fetched by https from Google Drive, Dropbox, OneDrive and SharePoint, or from the servers that the installation names.",
        ));
    }
    // One's own servers are named by the configuration, not by whoever sends the link.
    let client = if imports.is_own(url) { app.outbound.client()? } else { app.outbound.public()? };
    client.get(url.clone()).send().await.map_err(|cause| {
        tracing::info!(cause = %cause.without_url(), "a list could not be fetched");
        failed("Network/Connection Error. Please check the link.")
    })
}

fn target(from: &Url, response: &Response) -> Result<Url> {
    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
    let url = location.and_then(|location| from.join(location).ok());
    url.ok_or_else(|| failed("The server redirects to nowhere."))
}

fn check(status: StatusCode) -> Result<()> {
    let message = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "Access Denied (403). Please share the file with everybody who has the link."
        }
        StatusCode::NOT_FOUND | StatusCode::GONE => {
            "File not found (404). Please ensure the link is correct and publicly accessible."
        }
        status if status.is_success() => return Ok(()),
        status => return Err(failed(&format!("The server answered with an error ({}).", status.as_u16()))),
    };
    Err(failed(message))
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"))
}

async fn body(mut response: Response) -> Result<Bytes> {
    let too_large = || failed("The file is too large.");
    if response.content_length().is_some_and(|bytes| bytes > LIMIT_BYTES as u64) {
        return Err(too_large());
    }
    let mut body = BytesMut::new();
    while let Some(piece) = response.chunk().await.map_err(|_| failed("The connection was interrupted."))? {
        if body.len() + piece.len() > LIMIT_BYTES {
            return Err(too_large());
        }
        body.extend_from_slice(&piece);
    }
    Ok(body.freeze())
}

/// The name of the file, for its ending: some kinds of text have nothing else that tells them apart.
fn file_name(url: &Url, response: &Response) -> String {
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "text/csv" => "list.csv".to_owned(),
        "application/json" => "list.json".to_owned(),
        _ => url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned(),
    }
}

/// The address of the file that a link shows in a viewer.
fn shared_file(mut url: Url) -> Url {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let is = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
    if is("docs.google.com") && url.path().contains("/spreadsheets/") {
        let path = url.path().split("/edit").next().unwrap_or_default().trim_end_matches('/').to_owned();
        if !path.ends_with("/export") {
            url.set_path(&format!("{path}/export"));
        }
        url.set_fragment(None);
        set_query(&mut url, "format", "xlsx");
    } else if is("drive.google.com") {
        // `/file/d/<id>/view` and `/open?id=<id>`
        let of_path = url.path().split_once("/file/d/").and_then(|(_, rest)| rest.split('/').next());
        let of_query = || url.query_pairs().find(|(key, _)| url.path() == "/open" && key == "id");
        let id = of_path.map(str::to_owned).or_else(|| of_query().map(|(_, id)| id.into_owned()));
        if let Some(id) = id {
            url.set_path("/uc");
            set_query(&mut url, "export", "download");
            set_query(&mut url, "id", &id);
        }
    } else if is("dropbox.com") {
        set_query(&mut url, "dl", "1");
    } else if ["onedrive.live.com", "sharepoint.com", "1drv.ms", "officeapps.live.com"].into_iter().any(is) {
        if url.path().ends_with("Doc.aspx") {
            set_query(&mut url, "action", "download");
        } else {
            let path = ["embed", "view.aspx", "edit.aspx", "redir"]
                .into_iter()
                .find_map(|page| url.path().strip_suffix(page).map(|rest| format!("{rest}download")));
            match path {
                Some(path) => url.set_path(&path),
                None => set_query(&mut url, "download", "1"),
            }
        }
    }
    url
}

fn set_query(url: &mut Url, name: &str, value: &str) {
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| key != name)
        .map(|(key, value)| (key.into(), value.into()))
        .collect();
    url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
}

fn failed(why: &str) -> Error {
    invalid("bad_link", format!("Failed to fetch or process file from URL: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_viewers_become_links_to_files() {
        for (link, file) in [
            (
                "https://docs.google.com/spreadsheets/d/abc/edit?usp=sharing#gid=0",
                "https://docs.google.com/spreadsheets/d/abc/export?usp=sharing&format=xlsx",
            ),
            ("https://www.dropbox.com/s/x/list.xlsx?dl=0", "https://www.dropbox.com/s/x/list.xlsx?dl=1"),
            (
                "https://drive.google.com/file/d/1aB-c_9/view",
                "https://drive.google.com/uc?export=download&id=1aB-c_9",
            ),
            (
                "https://drive.google.com/file/d/1aB-c_9/view?resourcekey=0-k#top",
                "https://drive.google.com/uc?resourcekey=0-k&export=download&id=1aB-c_9#top",
            ),
            (
                "https://drive.google.com/open?id=1aB-c_9",
                "https://drive.google.com/uc?export=download&id=1aB-c_9",
            ),
            (
                "https://drive.google.com/uc?export=download&id=1",
                "https://drive.google.com/uc?export=download&id=1",
            ),
            ("https://1drv.ms/x/abc", "https://1drv.ms/x/abc?download=1"),
            ("https://onedrive.live.com/view.aspx?resid=1", "https://onedrive.live.com/download?resid=1"),
            (
                "https://a.sharepoint.com/_layouts/15/Doc.aspx?sourcedoc=1",
                "https://a.sharepoint.com/_layouts/15/Doc.aspx?sourcedoc=1&action=download",
            ),
            ("https://files.example/list.xlsx", "https://files.example/list.xlsx"),
        ] {
            assert_eq!(shared_file(Url::parse(link).unwrap()).as_str(), file);
        }
    }
}
