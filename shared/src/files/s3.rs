//! Files in Amazon S3, or in any server that speaks its protocol.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_s3::{
    Client,
    error::SdkError,
    operation::{get_object::GetObjectError, head_object::HeadObjectError},
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use bytes::Bytes;
use chrono::DateTime;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::sync::OnceCell;

use super::{Listed, Listing, NewFile, Store, StoredFile, cloudinary::CHECKED};
use crate::{Result, aws, config::FilesConfig, error};

mod long;

/// Where files lie in the bucket, and how their addresses begin.
const FOLDER: &str = "uploads/";

/// What whoever runs the system can do when there is nowhere to put a file.
pub const NOT_CONFIGURED: &str = "File storage is not configured: set FILES_BUCKET, CLOUDINARY_URL or (on a server of one's \
                                  own) FILES_DIR";

/// One bucket, or the part of it that is one system's.
pub struct S3 {
    config: FilesConfig,
    client: OnceCell<Client>,
}

impl Store for S3 {
    fn put(&self, file: NewFile) -> BoxFuture<'_, Result<String>> {
        async move {
            let address = format!("/{FOLDER}{}", file.name);
            self.put_at(key(&address), file.body, file.content_type).await?;
            Ok(address)
        }
        .boxed()
    }

    fn get<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<Option<StoredFile>>> {
        self.get_at(key(address)).boxed()
    }

    fn delete<'a>(&'a self, address: &'a str) -> BoxFuture<'a, Result<()>> {
        self.delete_at(key(address)).boxed()
    }

    fn list(&self, from: Option<String>) -> BoxFuture<'_, Result<Listing>> {
        async move {
            let mut listing = self.list_in(FOLDER, from).await?;
            listing.files.iter_mut().for_each(|file| file.address.insert(0, '/'));
            Ok(listing)
        }
        .boxed()
    }

    fn direct_address<'a>(&'a self, address: &'a str, life: Duration) -> BoxFuture<'a, Result<String>> {
        self.presign_get(key(address), life).boxed()
    }

    fn knows(&self, address: &str) -> bool {
        let path = address.strip_prefix('/').unwrap_or_default();
        path.starts_with(FOLDER) && !address.starts_with(CHECKED)
    }

    fn wants_shrinking(&self) -> bool {
        true
    }
}

/// The key below the system's prefix of an address like `/uploads/profile-0a1b.png`.
pub fn key(address: &str) -> &str {
    address.trim_start_matches('/')
}

impl S3 {
    /// A bucket; nothing is contacted.
    pub fn new(config: FilesConfig) -> Self {
        Self { config, client: OnceCell::new() }
    }

    /// Stores `body` under `key`, replacing what was there.
    pub async fn put_at(&self, key: &str, body: Bytes, content_type: &str) -> Result<()> {
        let put = self.client().await?.put_object().bucket(&self.config.bucket).key(self.full(key));
        put.body(ByteStream::from(body)).content_type(content_type).send().await.map_err(away)?;
        Ok(())
    }

    /// The file under `key`, if there is one.
    pub async fn get_at(&self, key: &str) -> Result<Option<StoredFile>> {
        let answer =
            self.client().await?.get_object().bucket(&self.config.bucket).key(self.full(key)).send().await;
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
    pub async fn delete_at(&self, key: &str) -> Result<()> {
        let delete = self.client().await?.delete_object().bucket(&self.config.bucket).key(self.full(key));
        delete.send().await.map_err(away)?;
        Ok(())
    }

    /// The size of the file under `key`, if there is one.
    pub async fn size(&self, key: &str) -> Result<Option<u64>> {
        match self.client().await?.head_object().bucket(&self.config.bucket).key(self.full(key)).send().await
        {
            Ok(head) => Ok(Some(u64::try_from(head.content_length().unwrap_or(0)).unwrap_or(0))),
            Err(SdkError::ServiceError(cause)) if matches!(cause.err(), HeadObjectError::NotFound(_)) => {
                Ok(None)
            }
            Err(cause) => Err(away(cause)),
        }
    }

    /// A signed address to `PUT` exactly this many bytes of this type to.
    pub async fn presign_put(
        &self,
        key: &str,
        content_type: &str,
        bytes: u64,
        life: Duration,
    ) -> Result<String> {
        let put = self.client().await?.put_object().bucket(&self.config.bucket).key(self.full(key));
        let put = put.content_type(content_type).content_length(i64::try_from(bytes)?);
        let signed = put.presigned(PresigningConfig::expires_in(life)?).await.map_err(away)?;
        Ok(signed.uri().to_owned())
    }

    /// A signed address to fetch a file from, as a download.
    pub async fn presign_get(&self, key: &str, life: Duration) -> Result<String> {
        let get = self.client().await?.get_object().bucket(&self.config.bucket).key(self.full(key));
        let get = get.response_content_disposition("attachment");
        let signed = get.presigned(PresigningConfig::expires_in(life)?).await.map_err(away)?;
        Ok(signed.uri().to_owned())
    }

    /// Files whose keys below the system's prefix begin so, with these keys as addresses.
    pub async fn list_in(&self, prefix: &str, from: Option<String>) -> Result<Listing> {
        if self.config.bucket.is_empty() {
            // All files are elsewhere.
            return Ok(Listing { files: Vec::new(), next: None });
        }
        let list =
            self.client().await?.list_objects_v2().bucket(&self.config.bucket).prefix(self.full(prefix));
        let page = list.set_continuation_token(from).send().await.map_err(away)?;
        let files = page.contents().iter().filter_map(|object| {
            let modified = object.last_modified()?;
            Some(Listed {
                address: object.key()?.strip_prefix(&self.config.prefix)?.to_owned(),
                bytes: u64::try_from(object.size().unwrap_or(0)).unwrap_or(0),
                modified: DateTime::from_timestamp(modified.secs(), 0)?,
            })
        });
        Ok(Listing { files: files.collect(), next: page.next_continuation_token().map(str::to_owned) })
    }

    /// The key in the bucket, which other systems use too.
    fn full(&self, key: &str) -> String {
        format!("{}{key}", self.config.prefix)
    }

    async fn client(&self) -> Result<&Client> {
        if self.config.bucket.is_empty() {
            return Err(error::not_configured(NOT_CONFIGURED));
        }
        Ok(self.client.get_or_init(|| connect(&self.config)).await)
    }
}

async fn connect(config: &FilesConfig) -> Client {
    let times = TimeoutConfig::builder().build();
    let builder = aws_sdk_s3::config::Builder::from(&aws::connect(&config.aws, times).await);
    // Buckets of other servers have no names of their own.
    Client::from_conf(builder.force_path_style(config.aws.endpoint.is_some()).build())
}

fn away<E>(cause: E) -> error::Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    error::unavailable("File storage").caused_by(cause)
}
