//! What clients may take.

use std::time::Duration;

use crate::{BoxError, systems::variable};

/// Limits of a listening socket.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// `CONNECTIONS`: connections at most.
    pub total: usize,
    /// `CONNECTIONS_PER_ADDRESS`: connections of one address at most. A whole school may share one.
    pub per_address: usize,
    /// `HEADER_SECONDS`: how long the head of a request may take, and a new connection to begin one.
    pub header: Duration,
    /// `IDLE_SECONDS`: how long a connection may wait for its next request. Longer than proxies keep one: who closes first
    /// must be them.
    pub idle: Duration,
    /// How long requests at work may take when the server stops.
    pub answer_within: Duration,
    /// How long a request may take that has not come whole when the server stops.
    pub receive_within: Duration,
}

/// Descriptors that are not for clients: the database, files, other servers.
const KEPT: usize = 256;

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: 8_192,
            per_address: 6_144,
            header: Duration::from_secs(15),
            idle: Duration::from_secs(120),
            answer_within: Duration::from_secs(20),
            receive_within: Duration::from_secs(5),
        }
    }
}

impl Limits {
    /// Those of the variables, within what the process may open. Behind proxies (`hops`) all connections come from a few
    /// addresses, so that there is no limit for one.
    pub fn from_env(hops: usize) -> Result<Self, BoxError> {
        let Self { total, per_address, header, idle, .. } = Self::default();
        let room = descriptors().map_or(usize::MAX, |all| all.saturating_sub(KEPT).max(all / 2));
        let total = number("CONNECTIONS", variable("CONNECTIONS"), total)?.min(room);
        let asked = variable("CONNECTIONS_PER_ADDRESS");
        let per_address = number("CONNECTIONS_PER_ADDRESS", asked, per_address)?.min(total - total / 4);
        let header = seconds("HEADER_SECONDS", variable("HEADER_SECONDS"), header)?;
        let idle = seconds("IDLE_SECONDS", variable("IDLE_SECONDS"), idle)?;
        let per_address = if hops > 0 { total } else { per_address };
        Ok(Self { total, per_address, header, idle, ..Self::default() })
    }
}

fn number(name: &str, given: Option<String>, default: usize) -> Result<usize, BoxError> {
    let Some(text) = given else { return Ok(default) };
    let number = text.trim().parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| format!("{name} must be a whole number from 1").into())
}

fn seconds(name: &str, given: Option<String>, default: Duration) -> Result<Duration, BoxError> {
    let seconds = number(name, given, usize::try_from(default.as_secs())?)?;
    Ok(Duration::from_secs(u64::try_from(seconds)?))
}

/// How many files this process may open, where the system tells.
fn descriptors() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}
