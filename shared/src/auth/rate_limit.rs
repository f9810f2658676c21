//! Limits per key and window, in Redis or the database: every instance sees the same count.

use chrono::TimeDelta;

use crate::{App, Result, db::Actor, error, sql};

/// So many requests in so long.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Name of the limit; part of the key.
    pub name: &'static str,
    /// Requests allowed in one window.
    pub hits: i32,
    /// Length of a window, in seconds.
    pub seconds: i64,
}

impl Limit {
    /// Counts one request of `who`; 429 when it is one too many.
    pub async fn hit(&self, app: &App, who: &str) -> Result<()> {
        self.hit_by(app, who, 1).await
    }

    /// The same for a request that does the work of so many.
    pub async fn hit_by(&self, app: &App, who: &str, hits: i32) -> Result<()> {
        if self.allows_by(app, who, hits).await? {
            return Ok(());
        }
        let seconds = u64::try_from(self.seconds).unwrap_or(60);
        Err(error::too_many_requests("Too many requests. Please try again later.", seconds))
    }

    /// Counts one request of `who` and tells whether it is within the limit.
    pub async fn allows(&self, app: &App, who: &str) -> Result<bool> {
        self.allows_by(app, who, 1).await
    }

    async fn allows_by(&self, app: &App, who: &str, by: i32) -> Result<bool> {
        if !app.config.rate_limits {
            return Ok(true);
        }
        let hits = match self.hits_in_redis(app, who, by).await {
            Some(hits) => hits,
            None => self.hits_in_database(app, who, by).await?,
        };
        Ok(hits <= self.hits)
    }

    /// None without Redis, or when it does not answer: a limit must hold then too.
    async fn hits_in_redis(&self, app: &App, who: &str, by: i32) -> Option<i32> {
        let key = app.redis.key(&format!("limit:{}:{who}", self.name));
        let mut count = redis::pipe();
        count.atomic().cmd("SET").arg(&key).arg(0).arg("EX").arg(self.seconds).arg("NX").ignore();
        let (hits,): (i32,) = app.redis.ask(count.cmd("INCRBY").arg(&key).arg(by)).await?;
        Some(hits)
    }

    async fn hits_in_database(&self, app: &App, who: &str, by: i32) -> Result<i32> {
        let now = app.clock.now();
        let mut change = app.db.change_for_access(&Actor::default(), "rate limit").await?;
        let count = sql!(
            "INSERT INTO muster.rate_limits AS limits (key, window_start, hits) VALUES ($1, $2, $4)
             ON CONFLICT (key) DO UPDATE
             SET hits = CASE WHEN limits.window_start > $3 THEN limits.hits + $4 ELSE $4 END,
                 window_start = CASE WHEN limits.window_start > $3 THEN limits.window_start ELSE $2 END
             RETURNING hits"
        );
        let key = format!("{}:{who}", self.name);
        let since = now - TimeDelta::seconds(self.seconds);
        let hits: i32 = change.only(count, &[&key, &now, &since, &by]).await?;
        change.commit().await?;
        Ok(hits)
    }
}
