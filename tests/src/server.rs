//! `muster serve` as a process of its own, which can be killed and started again.

use std::{net::TcpListener, process::Stdio};

use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

use crate::programs;

/// A server on the database of a test, on a port of its own. It ends with this value.
pub struct Server {
    database_url: String,
    port: u16,
    child: Child,
}

impl Server {
    /// Starts one, and returns when it answers.
    pub async fn start(database_url: &str) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let port = free.expect("a free port").port();
        Self { child: spawn(database_url, port).await, database_url: database_url.to_owned(), port }
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends a body, and gives the body of the answer, which must be a success.
    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Value {
        let stream =
            TcpStream::connect(("127.0.0.1", self.port)).await.expect("the server takes a connection");
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        let mut request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::new(bytes::Bytes::from(body.to_string()))).expect("a request");
        let answer = sender.send_request(request).await.expect("the server answers");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        assert!(status.is_success(), "{status} to POST {path}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("JSON")
    }

    /// Ends it at once, as a power failure does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the server ends");
    }

    /// Starts it again on the same port.
    pub async fn start_again(&mut self) {
        self.child = spawn(&self.database_url, self.port).await;
    }
}

async fn spawn(database_url: &str, port: u16) -> Child {
    let child = Command::new(programs::path("muster").await)
        .args(["serve", "--system", "rotc", "--port", &port.to_string()])
        .env("DATABASE_URL", database_url)
        .env("MUSTER_ENV", "production")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.expect("the server starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    while let Some(line) = lines.next_line().await.expect("its output is text") {
        if line.contains("is ready.") {
            // Whatever it says later must find a reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return child;
        }
    }
    panic!("the server ended before it was ready");
}
