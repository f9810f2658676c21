//! `muster serve` as a process of its own, which can be killed and started again.

use std::{net::TcpListener, process::Stdio};

use http::{Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpStream,
    process::{Child, Command},
};

use crate::{Part, client::encoded, programs};

/// A server on a port of its own. It ends with this value.
pub struct Server {
    program: &'static str,
    system: &'static str,
    variables: Vec<(&'static str, String)>,
    port: u16,
    child: Child,
    /// What it has said before it was ready.
    pub said: Vec<String>,
}

impl Server {
    /// Starts ROTC in production on a database, and returns when it answers.
    pub async fn start(database_url: &str) -> Self {
        let variables =
            vec![("DATABASE_URL", database_url.to_owned()), ("MUSTER_ENV", "production".to_owned())];
        Self::start_system("muster", "rotc", variables).await
    }

    /// Starts a system with these variables and returns when it answers. `program` is `muster`, or the one that knows the
    /// system.
    pub async fn start_system(
        program: &'static str,
        system: &'static str,
        variables: Vec<(&'static str, String)>,
    ) -> Self {
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let port = free.expect("a free port").port();
        let (child, said) = spawn(program, system, &variables, port).await;
        Self { program, system, variables, port, child, said }
    }

    /// `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sends a body, and gives the body of the answer, which must be a success.
    pub async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Value {
        serde_json::from_str(&self.send("POST", path, token, body.to_string()).await).expect("JSON")
    }

    /// Sends a body; the answer, a success, has none.
    pub async fn tell(&self, path: &str, body: &Value) {
        let text = self.send("POST", path, None, body.to_string()).await;
        assert!(text.is_empty(), "{text}");
    }

    /// The body of the answer to a GET, which must be a success.
    pub async fn get(&self, path: &str, token: Option<&str>) -> Value {
        serde_json::from_str(&self.send("GET", path, token, String::new()).await).expect("JSON")
    }

    /// A page, for whoever opens it in a browser.
    pub async fn page(&self, path: &str) -> String {
        self.send("GET", path, None, String::new()).await
    }

    /// Sends a form, and gives the status of the answer.
    pub async fn form(&self, path: &str, token: &str, parts: &[Part]) -> u16 {
        let (kind, body) = encoded(parts);
        self.answer("POST", path, Some(token), (&kind, body)).await.0.as_u16()
    }

    /// The most memory of its own that the process has held so far, in bytes; its program and libraries do not count.
    pub fn peak_memory(&self) -> usize {
        let id = self.child.id().expect("the server runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).expect("a Linux");
        let figure = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("the figure");
            line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
        };
        figure("VmHWM:") - figure("RssFile:")
    }

    async fn send(&self, method: &str, path: &str, token: Option<&str>, body: String) -> String {
        let (status, text) = self.answer(method, path, token, ("application/json", body.into_bytes())).await;
        assert!(status.is_success(), "{status} to {method} {path}: {text}");
        text
    }

    async fn answer(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        (kind, body): (&str, Vec<u8>),
    ) -> (StatusCode, String) {
        let stream =
            TcpStream::connect(("127.0.0.1", self.port)).await.expect("the server takes a connection");
        let (mut sender, connection) = handshake(TokioIo::new(stream)).await.expect("it speaks HTTP");
        tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, kind);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Full::new(bytes::Bytes::from(body))).expect("a request");
        let answer = sender.send_request(request).await.expect("the server answers");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a whole answer").to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    /// Ends it at once, as a power failure does.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the server ends");
    }

    /// Starts it again on the same port.
    pub async fn start_again(&mut self) {
        self.child = spawn(self.program, self.system, &self.variables, self.port).await.0;
    }
}

async fn spawn(
    program: &'static str,
    system: &str,
    variables: &[(&str, String)],
    port: u16,
) -> (Child, Vec<String>) {
    let child = Command::new(programs::path(program).await)
        .args(["serve", "--system", system, "--port", &port.to_string()])
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn();
    let mut child = child.expect("the server starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let (mut said, mut is_ready) = (Vec::new(), false);
    while let Some(line) = lines.next_line().await.expect("its output is text") {
        is_ready |= line.contains("is ready.");
        // What it announces ends with an empty line.
        if is_ready && line.is_empty() {
            // Whatever it says later must find a reader.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return (child, said);
        }
        said.push(line);
    }
    panic!("the server ended before it was ready: {said:?}");
}
