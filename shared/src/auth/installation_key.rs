//! Keys of an installation: configured, or drawn once and kept in the database.

use std::sync::Arc;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use tokio::sync::OnceCell;

use crate::{
    Error, Result,
    db::{Change, Db, must_hold_none},
    error::internal,
    ids::Ids,
};

/// A key in the form `T` that it is used in. Nothing is contacted before its first use.
pub(crate) struct InstallationKey<T> {
    source: Arc<Source<T>>,
    known: Arc<OnceCell<Arc<T>>>,
}

struct Source<T> {
    /// Its name in `muster.secrets`.
    name: &'static str,
    configured: Option<SecretSlice<u8>>,
    db: Db,
    parse: Parse<T>,
}

/// The key of these bytes; none if they are not a valid one.
type Parse<T> = Box<dyn Fn(&[u8]) -> Option<T> + Send + Sync>;

impl<T> Clone for InstallationKey<T> {
    fn clone(&self) -> Self {
        Self { source: self.source.clone(), known: self.known.clone() }
    }
}

impl<T> InstallationKey<T> {
    /// A key of these bytes, or (none) of the 32 that are kept in the database under `name`. `parse` gives nothing for bytes
    /// that are not a valid key.
    pub(crate) fn new(
        name: &'static str,
        configured: Option<Vec<u8>>,
        db: Db,
        parse: impl Fn(&[u8]) -> Option<T> + Send + Sync + 'static,
    ) -> Self {
        let configured = configured.map(Into::into);
        let source = Source { name, configured, db, parse: Box::new(parse) };
        Self { source: Arc::new(source), known: Arc::default() }
    }

    /// For callers that hold no connection.
    pub(crate) async fn get(&self) -> Result<&T> {
        must_hold_none(self.source.name);
        let source = &self.source;
        let key = self.known.get_or_try_init(|| async {
            let key = match &source.configured {
                Some(configured) => source.parse(configured.expose_secret())?,
                None => source.parse(&source.db.secret(source.name, || source.draw()).await?)?,
            };
            Ok::<_, Error>(Arc::new(key))
        });
        Ok(&**key.await?)
    }

    /// The same inside a transaction, over its connection.
    pub(crate) async fn get_in(&self, change: &mut Change) -> Result<Arc<T>> {
        if let Some(key) = self.known.get() {
            return Ok(key.clone());
        }
        let source = &self.source;
        let key = match &source.configured {
            Some(configured) => source.parse(configured.expose_secret())?,
            None => {
                let secret = change.secret(source.name, || source.draw()).await?;
                let key = source.parse(&secret.key)?;
                if !secret.stored {
                    return Ok(Arc::new(key));
                }
                key
            }
        };
        let key = Arc::new(key);
        // Whoever was faster has the same.
        drop(self.known.set(key.clone()));
        Ok(key)
    }
}

impl<T> Source<T> {
    fn parse(&self, bytes: &[u8]) -> Result<T> {
        (self.parse)(bytes).ok_or_else(|| internal(format!("{} is not a valid key", self.name)))
    }

    /// Nearly every number is a key of a curve; the few that are not are drawn again.
    fn draw(&self) -> [u8; 32] {
        loop {
            let drawn = Ids.key();
            if (self.parse)(&drawn).is_some() {
                return drawn;
            }
        }
    }
}

/// The bytes of a configured key of 32 bytes; none of them, which is not a valid key, if it is something else.
pub(crate) fn decoded(key: &SecretString) -> Vec<u8> {
    seed_of(key.expose_secret()).unwrap_or_default().to_vec()
}

/// A key of 32 bytes in base64 or base64url.
pub(crate) fn seed_of(text: &str) -> Option<[u8; 32]> {
    let text = text.trim().trim_end_matches('=').replace('+', "-").replace('/', "_");
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}
