//! Memory that requests and jobs share: whoever needs more than there is waits, and is refused when it takes long.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{Result, error};

/// How long a request waits for its share, unless the budget says otherwise.
const WAITS: Duration = Duration::from_secs(10);

/// What the processes of one kind may use together. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct Budget {
    kilobytes: Arc<Semaphore>,
    total: u32,
    waits: Duration,
}

/// A share that is given back when this value goes.
pub type Share = OwnedSemaphorePermit;

impl Budget {
    /// So many megabytes.
    pub fn of_megabytes(megabytes: u64) -> Self {
        let total = u32::try_from(megabytes.max(1).saturating_mul(1024)).unwrap_or(u32::MAX / 8);
        Self { kilobytes: Arc::new(Semaphore::new(total as usize)), total, waits: WAITS }
    }

    /// The same for requests that wait no longer than this.
    #[must_use]
    pub fn waiting_at_most(self, waits: Duration) -> Self {
        Self { waits, ..self }
    }

    /// A share of so many bytes, in the order of asking; whoever needs more than there is gets all of it. 503 with
    /// `Retry-After` when others do not give back enough within ten seconds.
    pub async fn share(&self, bytes: u64) -> Result<Share> {
        let kilobytes = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, self.total);
        match timeout(self.waits, self.kilobytes.clone().acquire_many_owned(kilobytes)).await {
            Ok(share) => Ok(share?),
            Err(_) => {
                let message = "The server is busy with other files, please try again in a moment";
                Err(error::unavailable_because(message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[tokio::test]
    async fn request_waits_for_its_share_and_is_refused_when_it_takes_too_long() {
        let budget = Budget::of_megabytes(1).waiting_at_most(Duration::from_millis(20));
        let all = budget.share(u64::MAX).await.unwrap();

        let refused = budget.share(1).await.unwrap_err();
        assert_eq!(refused.kind().status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(refused.into_problem().retry_after_seconds.is_some());

        let patient = budget.clone().waiting_at_most(Duration::from_secs(60));
        let waiting = tokio::spawn(async move { patient.share(1024 * 1024).await });
        tokio::task::yield_now().await;
        drop(all);
        assert!(waiting.await.unwrap().is_ok());
    }
}
