//! Stored files: Amazon S3, or any server that speaks its protocol (local-dev starts one).

use std::sync::Arc;

use aws_sdk_s3::{
    Client,
    config::{BehaviorVersion, Credentials, Region},
    error::SdkError,
    operation::get_object::GetObjectError,
    primitives::ByteStream,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use bytes::Bytes;
use secrecy::ExposeSecret;
use tokio::sync::OnceCell;

use crate::{Result, config::FilesConfig, error};

/// The file store. Cheap to clone; the client is built on first use.
#[derive(Clone)]
pub struct Files {
    config: FilesConfig,
    client: Arc<OnceCell<Client>>,
}

/// A file with its type.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// The contents.
    pub body: Bytes,
    /// The media type it was stored with.
    pub content_type: String,
}

impl Files {
    /// A store; nothing is contacted.
    pub fn new(config: FilesConfig) -> Self {
        Self { config, client: Arc::default() }
    }

    /// Stores `body` under `key`, replacing what was there.
    pub async fn put(&self, key: &str, body: Bytes, content_type: &str) -> Result<()> {
        let put = self.client().await.put_object().bucket(&self.config.bucket).key(key);
        put.body(ByteStream::from(body)).content_type(content_type).send().await.map_err(away)?;
        Ok(())
    }

    /// The file under `key`, if there is one.
    pub async fn get(&self, key: &str) -> Result<Option<StoredFile>> {
        let answer = self.client().await.get_object().bucket(&self.config.bucket).key(key).send().await;
        let object = match answer {
            Ok(object) => object,
            Err(SdkError::ServiceError(cause)) if matches!(cause.err(), GetObjectError::NoSuchKey(_)) => {
                return Ok(None);
            }
            Err(cause) => return Err(away(cause)),
        };
        let content_type = object.content_type().unwrap_or("application/octet-stream").to_owned();
        let body = object
            .body
            .collect()
            .await
            .map_err(|cause| error::unavailable("File storage").caused_by(cause))?;
        Ok(Some(StoredFile { body: body.into_bytes(), content_type }))
    }

    /// Removes the file under `key`; removing what is not there is fine.
    pub async fn delete(&self, key: &str) -> Result<()> {
        self.client()
            .await
            .delete_object()
            .bucket(&self.config.bucket)
            .key(key)
            .send()
            .await
            .map_err(away)?;
        Ok(())
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(|| connect(&self.config)).await
    }
}

async fn connect(config: &FilesConfig) -> Client {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http);
    if let Some(region) = &config.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some((access, secret)) = &config.keys {
        loader = loader.credentials_provider(Credentials::new(
            access,
            secret.expose_secret(),
            None,
            None,
            "muster",
        ));
    }
    let mut builder = aws_sdk_s3::config::Builder::from(&loader.load().await);
    if let Some(endpoint) = &config.endpoint {
        builder = builder.endpoint_url(endpoint).force_path_style(true);
    }
    Client::from_conf(builder.build())
}

fn away<E>(cause: E) -> error::Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    error::unavailable("File storage").caused_by(cause)
}
