//! Bodies on their way into memory: how much of it all of them may take together, and how much one person may send.
//!
//! A body is let in when it is about to be read, so one that nobody reads (the token does not hold) takes nothing.

use std::sync::{Arc, Mutex, PoisonError};

use http::Extensions;

use crate::{App, Result, auth::rate_limit::Limit, budget::Share, db::UserKey};

/// Bytes of a body that is not counted.
const SMALL: u64 = 64 * 1024;

/// What a body without a length is taken for: the largest that any route takes is about this.
const UNKNOWN: u64 = 24 * 1024 * 1024;

/// Kilobytes that one person may send in ten minutes: one form of the largest files, and much more of honest ones.
const KILOBYTES: Limit = Limit { name: "sent-kilobytes", hits: 128 * 1024, seconds: 600 };

/// Files that one person may send.
const FILES: Limit = Limit { name: "sent-files", hits: 300, seconds: 600 };

/// The body of a request.
pub(crate) struct Receiving {
    app: App,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    person: Option<UserKey>,
    counted: bool,
    share: Option<Share>,
}

impl Receiving {
    pub(super) fn new(app: App) -> Arc<Self> {
        Arc::new(Self { app, state: Mutex::default() })
    }

    /// The request is this person's.
    pub(crate) fn is_from(extensions: &Extensions, person: impl FnOnce() -> Option<UserKey>) {
        if let Some(receiving) = extensions.get::<Arc<Self>>() {
            receiving.state().person = person();
        }
    }

    /// Lets a body of so many bytes in, and holds its share of the memory until the request is answered. 429 when the person has sent too much,
    /// 503 when other bodies take all the memory.
    pub(crate) async fn admit(extensions: &Extensions, bytes: Option<u64>) -> Result<Option<Arc<Self>>> {
        let Some(receiving) = extensions.get::<Arc<Self>>().cloned() else { return Ok(None) };
        // None is announced of a body in pieces.
        let bytes = bytes.unwrap_or(UNKNOWN);
        if bytes > SMALL {
            receiving.take(bytes.min(UNKNOWN)).await?;
        }
        Ok(Some(receiving))
    }

    /// Counts the bytes and takes the share, each once: a layer may have read the body before whose it is was known.
    async fn take(&self, bytes: u64) -> Result<()> {
        let (is_uncounted, has_share) = {
            let mut state = self.state();
            let is_uncounted = state.person.is_some() && !state.counted;
            state.counted |= is_uncounted;
            (is_uncounted, state.share.is_some())
        };
        if is_uncounted {
            self.count(&KILOBYTES, bytes.div_ceil(1024)).await?;
        }
        if !has_share {
            let share = self.app.config.memory.bodies.share(bytes).await?;
            self.state().share = Some(share);
        }
        Ok(())
    }

    /// Counts the files of a form.
    pub(crate) async fn count_files(&self, files: usize) -> Result<()> {
        match files {
            0 => Ok(()),
            files => self.count(&FILES, files as u64).await,
        }
    }

    async fn count(&self, limit: &Limit, hits: u64) -> Result<()> {
        let Some(person) = self.state().person.clone() else { return Ok(()) };
        limit.hit_by(&self.app, person.as_str(), i32::try_from(hits).unwrap_or(i32::MAX)).await
    }

    /// Gives the memory back.
    pub(super) fn answered(&self) {
        self.state().share = None;
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
