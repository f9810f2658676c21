//! The head of every document, from the settings.

use documents::pdf::{Letterhead, Logo};
use shared::{App, Result};

use crate::settings::{keys, system};

/// Whose documents they are. Reads the settings and the logo: call it before a connection is held.
pub async fn letterhead(app: &App) -> Result<Letterhead> {
    let settings = system::load(app).await?;
    let text = |key: &str| settings.get(key).unwrap_or_default().to_owned();
    let unit = match settings.get(keys::UNIT_NAME) {
        Some(unit) => unit.to_owned(),
        None => text("current_battalion"),
    };
    let logo = match settings.get(keys::DOCUMENT_LOGO) {
        Some(address) => logo(app, address).await?,
        None => None,
    };
    Ok(Letterhead { logo, school: text(keys::SCHOOL_NAME), unit })
}

/// The logo, if it is there and can be read: no document is held up by it.
async fn logo(app: &App, address: &str) -> Result<Option<Logo>> {
    let file = match app.files.get(address).await {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(cause) => {
            tracing::warn!(%cause, "a document goes without its logo");
            return Ok(None);
        }
    };
    let read = tokio::task::spawn_blocking(move || Logo::read(&file.body)).await?;
    Ok(read.inspect_err(|cause| tracing::warn!(%cause, "a document goes without its logo")).ok())
}
