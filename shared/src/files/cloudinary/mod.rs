//! Files at Cloudinary: pictures under its own addresses, letters behind ours.

use std::time::Duration;

use chrono::TimeDelta;
use futures_util::{FutureExt, future::BoxFuture};
use reqwest::{Body, multipart::Part};

mod api;
mod asset;

use super::{Audience, Listed, Listing, NewFile, Store, StoredFile};
use crate::{Result, clock::Clock, config::CloudinaryConfig, error, outbound::Outbound};
use api::{Api, Resource};
pub use asset::CHECKED;
use asset::{Asset, own_name};

/// What happens to a picture before it is kept: the limits of the legacy server. It is turned upright then, and what it
/// says about the place and the camera is taken out.
const MADE_SMALL: &str = "c_limit,h_1200,w_1200,q_auto:good";

/// The two places where our files are: kind and delivery.
const PICTURES: (&str, &str) = ("image", "upload");
const LETTERS: (&str, &str) = ("raw", "authenticated");

/// One account and folder.
pub struct Cloudinary {
    api: Api,
}

impl Store for Cloudinary {
    fn put(&self, file: NewFile) -> BoxFuture<'_, Result<String>> {
        async move {
            match file.audience {
                Audience::Anyone if file.content_type.starts_with("image/") => self.put_picture(file).await,
                Audience::Anyone | Audience::Checked => self.put_checked(file).await,
            }
        }
        .boxed()
    }

    fn get<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Option<StoredFile>>> {
        async move {
            let Some(asset) = self.asset(address) else { return Ok(None) };
            let body = self.api.fetch(self.api.download_url(&asset, None)?).await?;
            let content_type = media_type(asset.extension.as_deref().unwrap_or_default()).to_owned();
            Ok(body.map(|body| StoredFile { body, content_type }))
        }
        .boxed()
    }

    fn delete<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<()>> {
        async move {
            match self.asset(address) {
                Some(asset) => self.api.destroy(&asset).await,
                None => Ok(()),
            }
        }
        .boxed()
    }

    fn list(&self, from: Option<String>) -> BoxFuture<'_, Result<Listing>> {
        self.list_from(from).boxed()
    }

    fn direct_address<'a>(&'a self, address: &'a str, life: Duration) -> BoxFuture<'a, Result<String>> {
        async move {
            let asset = self.asset(address).ok_or_else(|| error::not_found("File not found"))?;
            let expires = self.api.clock.now() + TimeDelta::from_std(life)?;
            Ok(self.api.download_url(&asset, Some(expires))?.into())
        }
        .boxed()
    }

    fn knows(&self, address: &str) -> bool {
        self.asset(address).is_some()
    }

    fn wants_shrinking(&self) -> bool {
        false
    }
}

impl Cloudinary {
    /// An account; nothing is contacted.
    pub fn new(config: CloudinaryConfig, clock: Clock, outbound: Outbound) -> Self {
        Self { api: Api { config, clock, outbound } }
    }

    fn folder(&self) -> &str {
        &self.api.config.folder
    }

    fn asset(&self, address: &str) -> Option<Asset> {
        Asset::at(address, &self.api.config.cloud, self.folder())
    }

    /// Answers the service's own address.
    async fn put_picture(&self, file: NewFile) -> Result<String> {
        let (kind, delivery) = PICTURES;
        let stem = file.name.split('.').next().unwrap_or_default();
        let params = vec![
            ("public_id", format!("{}/{stem}", self.folder())),
            ("type", delivery.to_owned()),
            ("transformation", MADE_SMALL.to_owned()),
        ];
        let stored = self.api.upload(kind, part(file)?, params).await?;
        // Under an address we do not understand it could never be found again, nor be deleted.
        if !self.knows(&stored.secure_url) {
            return Err(error::internal("Cloudinary gave a picture an address of another kind"));
        }
        Ok(stored.secure_url)
    }

    /// Kept as it is, for signed requests only.
    async fn put_checked(&self, file: NewFile) -> Result<String> {
        let (kind, delivery) = LETTERS;
        let address = format!("{CHECKED}{}", file.name);
        let asset = Asset::checked(&file.name, self.folder());
        let params = vec![("public_id", asset.public_id), ("type", delivery.to_owned())];
        self.api.upload(kind, part(file)?, params).await?;
        Ok(address)
    }

    /// First the pictures, then the letters; `from` says which, and where in them: `raw:<cursor>`.
    async fn list_from(&self, from: Option<String>) -> Result<Listing> {
        let from = from.unwrap_or_default();
        let (of, cursor) = from.split_once(':').unwrap_or((PICTURES.0, ""));
        let (kind, delivery) = if of == LETTERS.0 { LETTERS } else { PICTURES };
        let page = self.api.list(kind, delivery, Some(cursor).filter(|cursor| !cursor.is_empty())).await?;
        let files = page.resources.into_iter().filter_map(|resource| self.listed(kind, resource));
        let next = match page.next_cursor {
            Some(cursor) => Some(format!("{kind}:{cursor}")),
            None if kind == PICTURES.0 => Some(format!("{}:", LETTERS.0)),
            None => None,
        };
        Ok(Listing { files: files.collect(), next })
    }

    /// A file this program made. What the legacy server stored may be meant by other addresses than the one told here.
    fn listed(&self, kind: &str, resource: Resource) -> Option<Listed> {
        let name = own_name(&resource.public_id, self.folder())?;
        let address = if kind == PICTURES.0 { resource.secure_url } else { format!("{CHECKED}{name}") };
        let known = self.knows(&address);
        known.then_some(Listed { address, bytes: resource.bytes, modified: resource.created_at })
    }
}

fn part(file: NewFile) -> Result<Part> {
    let bytes = u64::try_from(file.body.len())?;
    let part = Part::stream_with_length(Body::from(file.body), bytes).file_name(file.name);
    Ok(part.mime_str(file.content_type)?)
}

/// The media type of an extension; the service does not keep the one a file was sent with.
fn media_type(extension: &str) -> &'static str {
    match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "pdf" => "application/pdf",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/octet-stream",
    }
}
