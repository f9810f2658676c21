//! The part of Lambda that hands events to a function: enough of its Runtime API to run a deployed program on this
//! machine. For the tests of the adapter and for `muster bench`.

use std::{
    collections::HashMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{StatusCode, Uri};
use serde_json::Value;
use shared::clock::Clock;
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::{mpsc, oneshot, watch},
};

/// How long a function may take, as told to it with each event.
const DEADLINE: Duration = Duration::from_secs(30);

/// What a function made of an event.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Its answer.
    Answered(Value),
    /// The error it reported.
    Failed(Value),
}

/// A running Runtime API for one function; it ends with the value.
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    shared: Arc<Shared>,
    events: mpsc::UnboundedSender<Invocation>,
    server: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Invocation {
    id: String,
    event: String,
}

#[derive(Debug)]
struct Shared {
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Invocation>>,
    open: Mutex<HashMap<String, oneshot::Sender<Outcome>>>,
    calls: Mutex<Vec<String>>,
    polls: watch::Sender<u64>,
    last_id: AtomicU64,
}

impl RuntimeApi {
    /// Listens on a free port of this machine.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, waiting) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            waiting: tokio::sync::Mutex::new(waiting),
            open: Mutex::default(),
            calls: Mutex::default(),
            polls: watch::Sender::new(0),
            last_id: AtomicU64::new(0),
        });
        let router = routes(shared.clone());
        let server = tokio::spawn(async move {
            if let Err(problem) = axum::serve(listener, router).await {
                tracing::error!(%problem, "the runtime API stopped");
            }
        });
        Ok(Self { address, shared, events, server })
    }

    /// Starts the program `bootstrap` as Lambda would, with `variables` and nothing else in its environment. It is
    /// stopped when the answer is dropped.
    pub fn launch(&self, bootstrap: &Path, variables: &[(&str, &str)]) -> io::Result<Child> {
        self.launch_with(bootstrap, &[], variables)
    }

    /// The same for a program that takes arguments.
    pub fn launch_with(
        &self,
        bootstrap: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> io::Result<Child> {
        let lambda = [
            ("AWS_LAMBDA_RUNTIME_API", self.address.to_string()),
            ("AWS_LAMBDA_FUNCTION_NAME", "function".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("_HANDLER", "bootstrap".to_owned()),
        ];
        Command::new(bootstrap)
            .args(arguments)
            .env_clear()
            .envs(lambda)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    /// Hands `event` to the function and waits for what it makes of it; none if the function is gone or was never there.
    pub async fn invoke(&self, event: &Value) -> Option<Outcome> {
        let id =
            format!("00000000-0000-4000-8000-{:012}", self.shared.last_id.fetch_add(1, Ordering::Relaxed));
        let (answer, outcome) = oneshot::channel();
        locked(&self.shared.open).insert(id.clone(), answer);
        self.events.send(Invocation { id, event: event.to_string() }).ok()?;
        tokio::time::timeout(DEADLINE, outcome).await.ok()?.ok()
    }

    /// Waits until the function has asked for its first event.
    pub async fn first_poll(&self) {
        // Fails only without a sender, and this value holds it.
        drop(self.shared.polls.subscribe().wait_for(|polls| *polls > 0).await);
    }

    /// Every call so far, as method and path.
    pub fn calls(&self) -> Vec<String> {
        locked(&self.shared.calls).clone()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn routes(shared: Arc<Shared>) -> Router {
    let invocation = "/2018-06-01/runtime/invocation";
    Router::new()
        .route(&format!("{invocation}/next"), get(next))
        .route(&format!("{invocation}/{{id}}/response"), post(finished))
        .route(&format!("{invocation}/{{id}}/error"), post(finished))
        // Larger than any answer Lambda takes.
        .layer(DefaultBodyLimit::max(8 * 1024 * 1024))
        .layer(middleware::from_fn_with_state(shared.clone(), noted))
        .with_state(shared)
}

async fn noted(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    locked(&shared.calls).push(format!("{} {}", request.method(), request.uri().path()));
    next.run(request).await
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.polls.send_modify(|polls| *polls += 1);
    let Some(invocation) = shared.waiting.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = Clock::default().now() + DEADLINE;
    let headers = [
        ("Lambda-Runtime-Aws-Request-Id", invocation.id),
        ("Lambda-Runtime-Deadline-Ms", deadline.timestamp_millis().to_string()),
        (
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:eu-central-1:123456789012:function:local".to_owned(),
        ),
        ("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Sampled=0".to_owned()),
        ("Content-Type", "application/json".to_owned()),
    ];
    (axum::response::AppendHeaders(headers), invocation.event).into_response()
}

/// An answer or an error: the last part of the path tells which.
async fn finished(State(shared): State<Arc<Shared>>, uri: Uri, body: String) -> Response {
    let mut parts = uri.path().rsplit('/');
    let (kind, id) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    let outcome = if kind == "error" { Outcome::Failed(value) } else { Outcome::Answered(value) };
    let Some(waiting) = locked(&shared.open).remove(id) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // Whoever waited may have given up.
    drop(waiting.send(outcome));
    StatusCode::ACCEPTED.into_response()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
