//! Error reports to a server that speaks Sentry's protocol, so that somebody hears of a failure before people complain.
//!
//! A report says where in the program it failed and what kind of failure it was. Bodies, headers, addresses and names are
//! in none, nor are the words of other people's libraries, which may repeat what somebody has typed.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use tokio::sync::mpsc;
use url::Url;
use uuid::Uuid;

use crate::{
    Result,
    error::{Problem, describe, internal},
    outbound::Outbound,
};

/// Reports that may wait; more are dropped.
const WAITING: usize = 100;

/// How long a function waits for the server: it sleeps after the answer, so a report is sent before.
const BEFORE_ANSWER: Duration = Duration::from_secs(1);

/// How long the sender of a server waits.
const BESIDE: Duration = Duration::from_secs(10);

/// Where reports go.
#[derive(Clone, Debug)]
pub struct ReportsConfig {
    /// `SENTRY_DSN`: `https://<key>@<host>/<project>`.
    pub dsn: Url,
    /// Whether a report must be gone before the answer (in a Lambda function).
    pub before_answer: bool,
    /// `production` or `development`.
    pub environment: &'static str,
}

impl ReportsConfig {
    /// The address envelopes are posted to; none when the DSN is not one.
    pub fn endpoint(&self) -> Option<Url> {
        let (folder, project) = self.dsn.path().rsplit_once('/')?;
        let known = matches!(self.dsn.scheme(), "https" | "http") && !self.dsn.username().is_empty();
        if !known || project.is_empty() {
            return None;
        }
        let mut endpoint = self.dsn.clone();
        endpoint.set_path(&format!("{folder}/api/{project}/envelope/"));
        endpoint.set_query(None);
        endpoint.set_username("").ok()?;
        endpoint.set_password(None).ok()?;
        Some(endpoint)
    }
}

/// Sends reports, or drops them where no server is configured.
#[derive(Clone, Default)]
pub struct Reports(Option<Arc<Sender>>);

struct Sender {
    config: ReportsConfig,
    endpoint: Url,
    outbound: Outbound,
    queue: OnceLock<mpsc::Sender<String>>,
}

/// The request, or the job, that failed.
pub struct Failed<'a> {
    /// The name of the system.
    pub system: &'a str,
    /// Its id in the log.
    pub id: &'a str,
    /// `GET /api/items/{id}` or `job send_mails`: it names nobody.
    pub what: &'a str,
}

impl Reports {
    /// Reports to the server of `config`; nothing is contacted.
    pub fn new(config: Option<ReportsConfig>, outbound: &Outbound) -> Self {
        let sender = config.and_then(|config| {
            let endpoint = config.endpoint()?;
            Some(Arc::new(Sender { config, endpoint, outbound: outbound.clone(), queue: OnceLock::new() }))
        });
        Self(sender)
    }

    /// Reports a failure. It never fails, and waits only in a function, for a second at most.
    pub async fn report(&self, problem: &Problem, failed: &Failed<'_>, id: Uuid, now: DateTime<Utc>) {
        let Some(sender) = &self.0 else { return };
        let envelope = envelope(problem, failed, id, now, sender.config.environment);
        if sender.config.before_answer {
            sender.try_post(envelope, BEFORE_ANSWER).await;
            return;
        }
        let queue = sender.queue.get_or_init(|| {
            let (queue, waiting) = mpsc::channel(WAITING);
            tokio::spawn(send_all(sender.clone(), waiting));
            queue
        });
        if queue.try_send(envelope).is_err() {
            tracing::warn!("an error report was dropped: too many wait");
        }
    }
}

async fn send_all(sender: Arc<Sender>, mut waiting: mpsc::Receiver<String>) {
    while let Some(envelope) = waiting.recv().await {
        sender.try_post(envelope, BESIDE).await;
    }
}

impl Sender {
    async fn try_post(&self, envelope: String, within: Duration) {
        match tokio::time::timeout(within, self.post(envelope)).await {
            Ok(Ok(())) => {}
            Ok(Err(cause)) => tracing::warn!(%cause, "an error report could not be sent"),
            Err(_) => tracing::warn!("an error report could not be sent in time"),
        }
    }

    async fn post(&self, envelope: String) -> Result<()> {
        let key = self.config.dsn.username();
        let auth = format!(
            "Sentry sentry_version=7, sentry_client=muster/{}, sentry_key={key}",
            env!("CARGO_PKG_VERSION")
        );
        let post = self.outbound.client()?.post(self.endpoint.clone());
        let post = post.header("x-sentry-auth", auth).header("content-type", "application/x-sentry-envelope");
        let answer = post.body(envelope).send().await.map_err(reqwest::Error::without_url)?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(internal(format!("the server of error reports answered {}", answer.status())))
    }
}

/// Three lines of JSON: the envelope, the kind of its item, the event.
fn envelope(
    problem: &Problem,
    failed: &Failed<'_>,
    id: Uuid,
    now: DateTime<Utc>,
    environment: &str,
) -> String {
    let (id, now) = (id.simple().to_string(), now.to_rfc3339_opts(SecondsFormat::Millis, true));
    let at = problem.at;
    let event = json!({
        "event_id": id,
        "timestamp": now,
        "platform": "other",
        "level": "error",
        "logger": "muster",
        "environment": environment,
        "release": concat!("muster@", env!("CARGO_PKG_VERSION")),
        "transaction": failed.what,
        "tags": { "system": failed.system, "request_id": failed.id, "code": problem.code },
        "exception": { "values": [{
            "type": problem.code,
            "value": reason(problem),
            "stacktrace": { "frames": [{ "filename": at.file(), "lineno": at.line(), "in_app": true }] },
        }] },
    });
    let head = json!({ "event_id": id, "sent_at": now });
    format!("{head}\n{}\n{event}\n", json!({ "type": "event" }))
}

/// Our own words, and of a database error its state and constraint.
fn reason(problem: &Problem) -> String {
    let cause = problem.source.as_deref().filter(|cause| {
        cause.downcast_ref::<tokio_postgres::Error>().is_some_and(|error| error.as_db_error().is_some())
    });
    match cause {
        Some(cause) => format!("{}: {}", problem.message, describe(cause)),
        None => problem.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(dsn: &str) -> Option<String> {
        let config =
            ReportsConfig { dsn: dsn.parse().ok()?, before_answer: false, environment: "production" };
        config.endpoint().map(Into::into)
    }

    #[test]
    fn the_address_is_made_of_the_dsn() {
        assert_eq!(endpoint("https://key@o1.test/42").as_deref(), Some("https://o1.test/api/42/envelope/"));
        assert_eq!(
            endpoint("http://key:old@h:9000/a/b/7").as_deref(),
            Some("http://h:9000/a/b/api/7/envelope/")
        );
        for wrong in ["https://o1.test/42", "https://key@o1.test/", "ftp://key@o1.test/42", "nonsense"] {
            assert_eq!(endpoint(wrong), None, "{wrong}");
        }
    }
}
