//! Files that are stored while they are written: in parts, so that memory does not grow with them.

use aws_sdk_s3::{
    primitives::ByteStream,
    types::{CompletedMultipartUpload, CompletedPart},
};
use bytes::{Bytes, BytesMut};

use super::{S3, away};
use crate::{Result, error, http::Written};

/// Bytes of a part. S3 takes ten thousand parts of at least five megabytes each.
const PART: usize = 8 * 1024 * 1024;

impl S3 {
    /// Stores what `written` writes under `key`. A file that is not written to its end is not stored at all.
    pub async fn put_written(&self, key: &str, content_type: &str, written: &mut Written) -> Result<()> {
        let (first, ended) = part(written).await?;
        if ended {
            return self.put_at(key, first, content_type).await;
        }
        let create =
            self.client().await?.create_multipart_upload().bucket(&self.config.bucket).key(self.full(key));
        let created = create.content_type(content_type).send().await.map_err(away)?;
        let upload = created.upload_id().ok_or_else(|| error::internal("an upload without an id"))?;
        let stored = self.put_parts(key, upload, first, written).await;
        if stored.is_err() {
            let abort =
                self.client().await?.abort_multipart_upload().bucket(&self.config.bucket).key(self.full(key));
            // The bucket forgets what was begun and not ended by itself, too.
            let _forgotten = abort.upload_id(upload).send().await;
        }
        stored
    }

    async fn put_parts(&self, key: &str, upload: &str, first: Bytes, written: &mut Written) -> Result<()> {
        let mut parts = Vec::new();
        let (mut body, mut ended) = (first, false);
        loop {
            let number = i32::try_from(parts.len() + 1)?;
            let put = self
                .client()
                .await?
                .upload_part()
                .bucket(&self.config.bucket)
                .key(self.full(key))
                .upload_id(upload);
            let put = put.part_number(number).body(ByteStream::from(body)).send().await.map_err(away)?;
            parts.push(CompletedPart::builder().part_number(number).set_e_tag(put.e_tag).build());
            if ended {
                break;
            }
            (body, ended) = part(written).await?;
            if ended && body.is_empty() {
                break;
            }
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let complete =
            self.client().await?.complete_multipart_upload().bucket(&self.config.bucket).key(self.full(key));
        complete.upload_id(upload).multipart_upload(parts).send().await.map_err(away)?;
        Ok(())
    }
}

/// The next part, and whether it is the last.
async fn part(written: &mut Written) -> Result<(Bytes, bool)> {
    let mut part = BytesMut::new();
    while part.len() < PART {
        match written.next().await? {
            Some(piece) => part.extend_from_slice(&piece),
            None => return Ok((part.freeze(), true)),
        }
    }
    Ok((part.freeze(), false))
}
