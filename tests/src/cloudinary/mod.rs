//! A Cloudinary of one's own: as strict about signatures as the real one, and as forgetful about everything else.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{Router, extract::DefaultBodyLimit};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use shared::{
    clock::Clock,
    config::{CloudinaryConfig, CloudinarySource},
};
use tokio::net::TcpListener;

use crate::TestApp;

mod admin;
mod answer;
mod upload;

/// The account's name.
pub(crate) const CLOUD: &str = "muster-test";
/// Its key.
pub(crate) const KEY: &str = "123456789012345";
/// Its secret.
pub(crate) const SECRET: &str = "a-secret_of-Tests";

/// The folder that tests configure.
const FOLDER: &str = "rotc-grading-system";

/// The interface of Cloudinary for one account, on a port of its own.
pub struct CloudinaryServer {
    address: SocketAddr,
    account: Account,
}

/// What the account holds, shared with the server.
#[derive(Clone, Default)]
pub(crate) struct Account(Arc<Mutex<Held>>);

#[derive(Default)]
pub(crate) struct Held {
    /// By kind, delivery and public id.
    pub(crate) files: BTreeMap<(String, String, String), Kept>,
    /// What was asked to be destroyed, and the answer: `image/upload/<public id>: ok`.
    pub(crate) destroyed: Vec<String>,
    pub(crate) down: bool,
    pub(crate) page: Option<usize>,
    pub(crate) clock: Clock,
    versions: i64,
}

/// One stored file.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) body: Bytes,
    /// The format of a picture; none for other files.
    pub(crate) format: Option<String>,
    pub(crate) transformation: Option<String>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
}

impl TestApp {
    /// The ROTC system with an account at a Cloudinary of its own, both at the same time of day.
    pub async fn with_cloudinary() -> (Self, CloudinaryServer) {
        let server = CloudinaryServer::start().await;
        let app = Self::with(|config| config.files.cloudinary = Some(server.config())).await;
        server.account.held().clock = app.clock.clone();
        (app, server)
    }
}

impl CloudinaryServer {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let account = Account::default();
        let service = Router::new()
            .fallback(answer::answer)
            .layer(DefaultBodyLimit::disable())
            .with_state(account.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, account }
    }

    /// The account as the system is to know it.
    pub fn config(&self) -> CloudinaryConfig {
        CloudinaryConfig {
            cloud: CLOUD.to_owned(),
            key: KEY.to_owned(),
            secret: SECRET.into(),
            folder: FOLDER.to_owned(),
            endpoint: format!("http://{}", self.address).parse().expect("an address"),
            source: CloudinarySource::Url,
        }
    }

    /// Answers 503 to everything, or works again.
    pub fn down(&self, down: bool) {
        self.account.held().down = down;
    }

    /// Lists so many files at once at most.
    pub fn lists(&self, files: usize) {
        self.account.held().page = Some(files);
    }

    /// Puts a picture there as others do, and tells its address.
    pub fn place(&self, public_id: &str, body: &[u8]) -> String {
        let mut held = self.account.held();
        let (format, transformation) = (Some("png".to_owned()), None);
        held.keep("image", "upload", public_id, Bytes::copy_from_slice(body), format, transformation);
        held.secure_url("image", "upload", public_id)
    }

    /// The names of all files: `image/upload/<public id>`.
    pub fn stored(&self) -> Vec<String> {
        let held = self.account.held();
        held.files.keys().map(|(kind, delivery, id)| format!("{kind}/{delivery}/{id}")).collect()
    }

    /// How the only picture was to be changed when it came.
    pub fn transformation(&self) -> Option<String> {
        let held = self.account.held();
        let pictures: Vec<_> = held.files.iter().filter(|((kind, ..), _)| kind == "image").collect();
        assert_eq!(pictures.len(), 1, "one picture");
        pictures[0].1.transformation.clone()
    }

    /// What was asked to be destroyed, and the answer: `image/upload/<public id>: ok`.
    pub fn destroyed(&self) -> Vec<String> {
        self.account.held().destroyed.clone()
    }
}

impl Account {
    pub(crate) fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().expect("no test thread panicked")
    }
}

impl Held {
    /// Stores a file, in place of one of the same name.
    pub(crate) fn keep(
        &mut self,
        kind: &str,
        delivery: &str,
        public_id: &str,
        body: Bytes,
        format: Option<String>,
        transformation: Option<String>,
    ) {
        self.versions += 1;
        let version = self.clock.now().timestamp() + self.versions;
        let kept = Kept { body, format, transformation, version, created_at: self.clock.now() };
        self.files.insert((kind.to_owned(), delivery.to_owned(), public_id.to_owned()), kept);
    }

    /// The address of a file that is there.
    pub(crate) fn secure_url(&self, kind: &str, delivery: &str, public_id: &str) -> String {
        let kept = &self.files[&(kind.to_owned(), delivery.to_owned(), public_id.to_owned())];
        let signature = if delivery == "upload" { "" } else { "s--AbCdEf12--/" };
        let extension = kept.format.as_ref().map(|format| format!(".{format}")).unwrap_or_default();
        let version = kept.version;
        format!(
            "https://res.cloudinary.com/{CLOUD}/{kind}/{delivery}/{signature}v{version}/{public_id}{extension}"
        )
    }
}
