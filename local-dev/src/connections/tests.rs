//! Clients that take more than their share, over real sockets.

use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    routing::{get, post},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout},
};

use super::{Limits, serve};

/// What must not take longer, on a busy machine either.
const PATIENCE: Duration = Duration::from_secs(20);

const HEALTH: &str = "GET /api/health HTTP/1.1\r\nHost: a\r\n\r\n";

/// A server that ends with this value.
struct Running {
    port: u16,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
}

impl Running {
    async fn with(limits: Limits) -> Self {
        let router = Router::new()
            .route("/api/health", get(async || "well"))
            .route("/api/early", post(async || "not read"))
            .route("/api/echo", post(async |body: Bytes| body))
            .route(
                "/api/slow",
                get(async || {
                    tokio::time::sleep(Duration::from_millis(300)).await;
                    "done"
                }),
            )
            .route("/api/endless", get(std::future::pending::<&str>));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = watch::channel(false);
        Self { port, stop, server: tokio::spawn(serve(listener, router, stopped, limits)) }
    }

    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }

    /// How long the server takes to stop.
    async fn stopped(self) -> Duration {
        let since = Instant::now();
        self.stop.send_replace(true);
        timeout(PATIENCE, self.server).await.expect("it ends").unwrap().unwrap();
        since.elapsed()
    }
}

fn limits() -> Limits {
    Limits {
        header: Duration::from_millis(200),
        receive_within: Duration::from_millis(200),
        answer_within: Duration::from_secs(2),
        ..Limits::default()
    }
}

/// Everything that still comes, until the connection ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    // A reset is an end as well.
    let _ended = timeout(PATIENCE, stream.read_to_end(&mut text)).await.expect("the connection ends");
    String::from_utf8(text).unwrap()
}

/// What has come so far.
async fn some(stream: &mut TcpStream) -> String {
    let mut text = vec![0; 4096];
    let read = timeout(PATIENCE, stream.read(&mut text)).await.expect("something comes").unwrap();
    String::from_utf8_lossy(&text[..read]).into_owned()
}

#[tokio::test]
async fn half_sent_head_silent_connection_and_idle_one_are_closed() {
    let server = Running::with(Limits { idle: Duration::from_millis(300), ..limits() }).await;

    assert_eq!(rest(server.send("GET /api/health HTTP/1.1\r\nHo").await).await, "");
    assert_eq!(rest(server.send("").await).await, "");
    assert!(rest(server.send(HEALTH).await).await.ends_with("well"));
}

#[tokio::test]
async fn request_at_work_outlives_every_timeout() {
    let server = Running::with(Limits { idle: Duration::from_millis(100), ..limits() }).await;

    let mut slow = server.send("GET /api/slow HTTP/1.1\r\nHost: a\r\n\r\n").await;

    assert!(some(&mut slow).await.ends_with("done"));
}

#[tokio::test]
async fn health_check_gets_through_when_every_place_is_taken() {
    let server = Running::with(Limits { total: 3, per_address: 3, ..limits() }).await;
    let mut endless = Vec::new();
    for _ in 0..3 {
        endless.push(server.send("GET /api/endless HTTP/1.1\r\nHost: a\r\n\r\n").await);
    }
    tokio::task::yield_now().await;

    let mut healthy = false;
    // Until the three have been accepted, others find a place as well.
    while !healthy {
        let refused =
            rest(server.send("GET /api/slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await).await;
        healthy =
            refused.starts_with("HTTP/1.1 503") && refused.to_ascii_lowercase().contains("retry-after: 5");
    }
    let well = rest(server.send(HEALTH).await).await;
    assert!(well.starts_with("HTTP/1.1 200") && well.contains("connection: close"), "{well}");
}

#[tokio::test]
async fn idle_connections_make_room_for_new_ones() {
    let server = Running::with(Limits { total: 2, per_address: 2, ..limits() }).await;
    let mut idle = server.send(HEALTH).await;
    assert!(some(&mut idle).await.ends_with("well"));

    let mut others = Vec::new();
    for _ in 0..2 {
        let mut other = server.send(HEALTH).await;
        assert!(some(&mut other).await.contains("200 OK"));
        others.push(other);
    }

    assert_eq!(rest(idle).await, "");
}

#[tokio::test]
async fn request_without_exactly_one_host_is_refused() {
    let server = Running::with(limits()).await;
    for head in ["GET /api/health HTTP/1.1\r\n\r\n", "GET /api/health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"]
    {
        let mut refused = server.send(head).await;
        assert!(some(&mut refused).await.starts_with("HTTP/1.1 400"), "{head}");
    }
    assert!(rest(server.send("GET /api/health HTTP/1.0\r\n\r\n").await).await.ends_with("well"));
}

#[tokio::test]
async fn response_before_the_end_of_the_body_says_that_the_connection_closes() {
    let server = Running::with(limits()).await;
    let head = |path: &str| format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");

    let early = rest(server.send(&head("/api/early")).await).await;
    assert!(early.contains("connection: close"), "{early}");

    let mut whole = server.send(&format!("{}12345678", head("/api/echo"))).await;
    let echoed = some(&mut whole).await;
    assert!(echoed.ends_with("12345678") && !echoed.contains("connection: close"), "{echoed}");
}

#[tokio::test]
async fn server_stops_though_requests_are_half_sent_and_answers_those_at_work() {
    let server = Running::with(Limits { header: Duration::from_secs(60), ..limits() }).await;
    let half = server.send("GET /api/health HTTP/1.1\r\nHo").await;
    let body = server.send("POST /api/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n12").await;
    let mut idle = server.send(HEALTH).await;
    some(&mut idle).await;
    let slow = server.send("GET /api/slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    // It is at work once a later one has been answered.
    let mut later = server.send(HEALTH).await;
    some(&mut later).await;

    let took = server.stopped().await;

    assert!(took < Duration::from_secs(2), "{took:?}");
    assert!(rest(slow).await.ends_with("done"));
    assert_eq!((rest(half).await, rest(idle).await), (String::new(), String::new()));
    assert!(!rest(body).await.contains("200 OK"));
}

#[tokio::test]
async fn endless_request_does_not_keep_the_server_from_stopping() {
    let server = Running::with(Limits { answer_within: Duration::from_millis(300), ..limits() }).await;
    let endless = server.send("GET /api/endless HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let mut later = server.send(HEALTH).await;
    some(&mut later).await;

    assert!(server.stopped().await < Duration::from_secs(2));

    assert_eq!(rest(endless).await, "");
}
