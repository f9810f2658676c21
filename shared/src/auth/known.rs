//! Sessions that were found alive a moment ago, so that not every request asks the database.
//!
//! What is known of a session is used for a second. It is forgotten before when a committed change of this process ends a
//! session or touches a table it was read from, and with Redis when one of any process does. Triggers tell what a change
//! touches, so nobody has to remember to forget anything.

use std::{any::Any, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use moka::future::Cache;
use tokio::time::Instant;
use uuid::Uuid;

use super::token::Claims;
use crate::{Result, cache::Versions, clock::Clock, db::UserKey};

/// How long an ended session may go on in another process without Redis.
const LIFE: Duration = Duration::from_secs(1);

/// Sessions known at most in one process; the least used are forgotten first.
const MOST: u64 = 20_000;

/// What the trigger on the sessions tells in place of a table when some have ended.
const ENDED: &str = "ended_sessions";

/// What a process knows of sessions.
#[derive(Clone)]
pub struct KnownSessions {
    known: Cache<(Uuid, UserKey, Option<Uuid>), Known>,
    versions: Versions,
    clock: Clock,
}

#[derive(Clone)]
struct Known {
    principal: Arc<dyn Any + Send + Sync>,
    version: u64,
    /// That of all processes; none when there is no Redis, or it did not answer.
    mark: Option<String>,
    /// By the clock of the app, which goes on while a function is frozen.
    checked_at: DateTime<Utc>,
    /// By one that nobody sets back.
    checked: Instant,
}

impl KnownSessions {
    /// Knows nothing yet; `versions` counts the changes of tables.
    pub fn new(versions: Versions, clock: Clock) -> Self {
        let known = Cache::builder().max_capacity(MOST).time_to_live(LIFE).build();
        Self { known, versions, clock }
    }

    /// The principal of a session, as `load` has found it less than a second ago, or finds it now. `tables` are those that
    /// `load` reads besides the sessions.
    ///
    /// A session that is not alive is never remembered.
    pub async fn principal<P: Clone + Send + Sync + 'static>(
        &self,
        claims: &Claims,
        tables: &[&str],
        load: impl Future<Output = Result<Option<P>>>,
    ) -> Result<Option<P>> {
        let tables: Vec<&str> = tables.iter().copied().chain([ENDED]).collect();
        // Read before the session is: what changes meanwhile makes the entry old from the beginning.
        let version = self.versions.of(&tables);
        let mark = self.versions.mark(&tables).await;
        // Tokens of one session may say different things, such as the organization they are for.
        let key = (claims.sid, claims.sub.clone(), claims.jti);
        if let Some(known) = self.known.get(&key).await
            && self.is_fresh(&known, version, mark.as_deref())
            && let Some(principal) = known.principal.downcast_ref::<P>()
        {
            return Ok(Some(principal.clone()));
        }
        let (checked_at, checked) = (self.clock.now(), Instant::now());
        let Some(principal) = load.await? else {
            self.known.invalidate(&key).await;
            return Ok(None);
        };
        let known = Known { principal: Arc::new(principal.clone()), version, mark, checked_at, checked };
        self.known.insert(key, known).await;
        Ok(Some(principal))
    }

    fn is_fresh(&self, known: &Known, version: u64, mark: Option<&str>) -> bool {
        let age = self.clock.now() - known.checked_at;
        let recent = age >= TimeDelta::zero() && TimeDelta::from_std(LIFE).is_ok_and(|life| age < life);
        // While Redis does not answer, the second is the limit.
        let unchanged = mark.is_none() || mark == known.mark.as_deref();
        recent && known.checked.elapsed() < LIFE && known.version == version && unchanged
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    struct Bench {
        sessions: KnownSessions,
        versions: Versions,
        clock: Clock,
        loads: AtomicU32,
    }

    impl Bench {
        fn new() -> Self {
            let clock = Clock::fixed(DateTime::from_timestamp(1_770_000_000, 0).unwrap());
            let versions = Versions::default();
            let sessions = KnownSessions::new(versions.clone(), clock.clone());
            Self { sessions, versions, clock, loads: AtomicU32::new(0) }
        }

        /// How often the session of `user` has been loaded after another request of theirs.
        async fn loads_after_request_of(&self, user: i32) -> u32 {
            let claims = Claims {
                jti: Some(Uuid::nil()),
                ..Claims::access(user, Uuid::nil(), self.clock.now(), DateTime::<Utc>::MAX_UTC)
            };
            let load = async {
                self.loads.fetch_add(1, Ordering::Relaxed);
                Ok(Some(user))
            };
            let found = self.sessions.principal(&claims, &["people"], load).await.unwrap();
            assert_eq!(found, Some(user));
            self.loads.load(Ordering::Relaxed)
        }
    }

    #[tokio::test]
    async fn session_is_loaded_again_after_a_second_by_the_clock_of_the_app() {
        let bench = Bench::new();

        assert_eq!(bench.loads_after_request_of(1).await, 1);
        bench.clock.advance(TimeDelta::milliseconds(999));
        assert_eq!(bench.loads_after_request_of(1).await, 1);
        bench.clock.advance(TimeDelta::milliseconds(1));
        assert_eq!(bench.loads_after_request_of(1).await, 2);
    }

    #[tokio::test]
    async fn session_is_loaded_again_when_the_clock_was_set_back() {
        let bench = Bench::new();

        assert_eq!(bench.loads_after_request_of(1).await, 1);
        bench.clock.advance(TimeDelta::hours(-1));
        assert_eq!(bench.loads_after_request_of(1).await, 2);
    }

    #[tokio::test]
    async fn change_of_the_sessions_or_of_a_table_read_forgets_what_is_known() {
        let bench = Bench::new();

        assert_eq!(bench.loads_after_request_of(1).await, 1);
        bench.versions.committed("1", &["elsewhere"]).await;
        assert_eq!(bench.loads_after_request_of(1).await, 1);
        bench.versions.committed("2", &["people"]).await;
        assert_eq!(bench.loads_after_request_of(1).await, 2);
        bench.versions.committed("3", &["ended_sessions"]).await;
        assert_eq!(bench.loads_after_request_of(1).await, 3);
    }

    #[tokio::test]
    async fn token_of_another_user_does_not_find_what_is_known_of_the_session() {
        let bench = Bench::new();

        assert_eq!(bench.loads_after_request_of(1).await, 1);
        assert_eq!(bench.loads_after_request_of(2).await, 2);
    }

    #[tokio::test]
    async fn ended_session_is_asked_for_every_time() {
        let bench = Bench::new();
        let claims = Claims::access(1, Uuid::nil(), bench.clock.now(), DateTime::<Utc>::MAX_UTC);

        for loads in 1..=2 {
            let load = async {
                bench.loads.fetch_add(1, Ordering::Relaxed);
                Ok(None::<i32>)
            };
            assert_eq!(bench.sessions.principal(&claims, &[], load).await.unwrap(), None);
            assert_eq!(bench.loads.load(Ordering::Relaxed), loads);
        }
    }
}
