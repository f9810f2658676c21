//! The interface of Cloudinary: signed requests over HTTPS.
//!
//! Errors name the status and nothing else: addresses and the service's own words hold signatures.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::StatusCode;
use reqwest::{RequestBuilder, Response, multipart};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use sha1::{Digest, Sha1};
use url::Url;

use super::asset::Asset;
use crate::{Result, clock::Clock, config::CloudinaryConfig, error, error::Error, outbound::Outbound};

/// Files in one answer of a list; the service allows no more.
const LIST_AT_MOST: &str = "500";

/// One account.
pub struct Api {
    pub config: CloudinaryConfig,
    pub clock: Clock,
    pub outbound: Outbound,
}

/// A parameter of a request.
pub type Param = (&'static str, String);

/// A stored file, as the service describes it.
#[derive(Debug, Deserialize)]
pub struct Resource {
    pub public_id: String,
    pub secure_url: String,
    pub bytes: u64,
    pub created_at: DateTime<Utc>,
}

/// Some stored files.
#[derive(Debug, Deserialize)]
pub struct Resources {
    pub resources: Vec<Resource>,
    pub next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Destroyed {
    result: String,
}

/// The service answered, but not what was asked for.
#[derive(Debug)]
struct Refused(StatusCode);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cloudinary answered {}", self.0)
    }
}

impl std::error::Error for Refused {}

impl Api {
    /// Stores a file.
    pub async fn upload(&self, kind: &str, file: multipart::Part, params: Vec<Param>) -> Result<Resource> {
        let form = self.form(params).part("file", file);
        let request = self.outbound.client()?.post(self.url(&[kind, "upload"])?).multipart(form);
        json(request).await
    }

    /// Removes a file, also from the caches in front of it. One that is not there is fine.
    pub async fn destroy(&self, asset: &Asset) -> Result<()> {
        let params = vec![
            ("public_id", asset.public_id.clone()),
            ("type", asset.delivery.to_owned()),
            ("invalidate", "true".to_owned()),
        ];
        let url = self.url(&[asset.kind, "destroy"])?;
        let request = self.outbound.client()?.post(url).multipart(self.form(params));
        match json::<Destroyed>(request).await?.result.as_str() {
            "ok" | "not found" => Ok(()),
            _ => Err(error::unavailable("File storage")),
        }
    }

    /// Where a file can be fetched for an hour, or until `expires`; in that case it is offered as a download.
    pub fn download_url(&self, asset: &Asset, expires: Option<DateTime<Utc>>) -> Result<Url> {
        let mut params = vec![("public_id", asset.public_id.clone()), ("type", asset.delivery.to_owned())];
        if let Some(format) = asset.extension.clone().filter(|_| asset.kind != "raw") {
            params.push(("format", format));
        }
        if let Some(expires) = expires {
            params.push(("expires_at", expires.timestamp().to_string()));
            params.push(("attachment", "true".to_owned()));
        }
        let mut url = self.url(&[asset.kind, "download"])?;
        url.query_pairs_mut().extend_pairs(self.signed(params));
        Ok(url)
    }

    /// The contents at an address of [`Api::download_url`], if there are any.
    pub async fn fetch(&self, url: Url) -> Result<Option<Bytes>> {
        let response = self.outbound.client()?.get(url).send().await.map_err(away)?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(successful(response)?.bytes().await.map_err(away)?))
    }

    /// Files of one kind in our folder.
    pub async fn list(&self, kind: &str, delivery: &str, cursor: Option<&str>) -> Result<Resources> {
        let mut url = self.url(&["resources", kind, delivery])?;
        let prefix = format!("{}/", self.config.folder);
        url.query_pairs_mut().append_pair("prefix", &prefix).append_pair("max_results", LIST_AT_MOST);
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("next_cursor", cursor);
        }
        let secret = self.config.secret.expose_secret();
        json(self.outbound.client()?.get(url).basic_auth(&self.config.key, Some(secret))).await
    }

    fn url(&self, path: &[&str]) -> Result<Url> {
        let mut url = self.config.endpoint.clone();
        let bad = |()| error::internal("CLOUDINARY_UPLOAD_PREFIX cannot be extended");
        url.path_segments_mut()
            .map_err(bad)?
            .pop_if_empty()
            .extend(["v1_1", &self.config.cloud])
            .extend(path);
        Ok(url)
    }

    fn form(&self, params: Vec<Param>) -> multipart::Form {
        let params = self.signed(params);
        params.into_iter().fold(multipart::Form::new(), |form, (name, value)| form.text(name, value))
    }

    /// The parameters with the time, the signature over both, and whose it is.
    fn signed(&self, mut params: Vec<Param>) -> Vec<Param> {
        params.push(("timestamp", self.clock.now().timestamp().to_string()));
        let signature = signature(&params, &self.config.secret);
        params.push(("signature", signature));
        params.push(("api_key", self.config.key.clone()));
        params
    }
}

/// SHA-1 over the parameters in the order of their names and the secret, as the service prescribes it.
fn signature(params: &[Param], secret: &SecretString) -> String {
    let mut pairs: Vec<String> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.sort_unstable();
    hex::encode(Sha1::digest(pairs.join("&") + secret.expose_secret()))
}

async fn json<T: DeserializeOwned>(request: RequestBuilder) -> Result<T> {
    let response = request.send().await.map_err(away)?;
    successful(response)?.json().await.map_err(away)
}

fn successful(response: Response) -> Result<Response> {
    if response.status().is_success() {
        return Ok(response);
    }
    Err(error::unavailable("File storage").caused_by(Refused(response.status())))
}

fn away(cause: reqwest::Error) -> Error {
    error::unavailable("File storage").caused_by(cause.without_url())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example on the service's page about signatures.
    #[test]
    fn the_signature_is_the_one_in_the_description_of_the_service() {
        let params = [
            ("timestamp", "1315060510".to_owned()),
            ("public_id", "sample_image".to_owned()),
            ("eager", "w_400,h_300,c_pad|w_260,h_200,c_crop".to_owned()),
        ];
        assert_eq!(signature(&params, &"abcd".into()), "bfd09f95f331f558cbd1320e67aa8d488770583e");
    }
}
