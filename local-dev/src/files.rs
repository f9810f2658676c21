//! Embedded file storage: an S3 server in this process over a folder, so that a laptop runs the same S3 code as production.

use std::io;
use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Name of the one bucket.
const BUCKET: &str = "muster";

/// A running S3 server; it ends when this is dropped.
pub struct EmbeddedFiles {
    /// Address for the S3 client; use path-style addresses.
    pub endpoint: String,
    /// Access key of this run.
    pub access_key: String,
    /// Secret key of this run.
    pub secret_key: String,
    /// The bucket, which exists.
    pub bucket: String,
    server: JoinHandle<()>,
}

impl EmbeddedFiles {
    /// Serves a folder on a free port of 127.0.0.1. The keys are made anew at each start and never stored: other programs
    /// on this machine can reach the port, but not the files.
    pub async fn start(dir: &Path) -> io::Result<Self> {
        tokio::fs::create_dir_all(dir.join(BUCKET)).await?;
        let access_key = format!("{:020x}", rand::random::<u128>() >> 48);
        let secret_key = format!("{:032x}", rand::random::<u128>());
        let files = FileSystem::new(dir).map_err(|error| io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(access_key.clone(), secret_key.clone()));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(serve(listener, builder.build()));
        Ok(Self { endpoint, access_key, secret_key, bucket: BUCKET.to_owned(), server })
    }
}

impl Drop for EmbeddedFiles {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(listener: TcpListener, service: S3Service) {
    loop {
        let socket = match listener.accept().await {
            Ok((socket, _)) => socket,
            Err(error) => {
                tracing::warn!(%error, "the embedded file storage could not accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                continue;
            }
        };
        let service = service.clone();
        tokio::spawn(async move {
            let served =
                Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(socket), service).await;
            if let Err(error) = served {
                tracing::debug!(%error, "a connection to the embedded file storage broke");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn the_server_answers_and_refuses_strangers() {
        let dir = std::env::temp_dir().join(format!("muster-files-{}", std::process::id()));
        let files = EmbeddedFiles::start(&dir).await.unwrap();
        assert!(dir.join(&files.bucket).is_dir());
        let address = files.endpoint.strip_prefix("http://").unwrap();
        let mut socket = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET /muster/a.txt HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
        std::fs::remove_dir_all(dir).unwrap();
    }
}
