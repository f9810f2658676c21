//! Load over loopback: connections that each send one request after the other.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, runtime::Handle};

use crate::BoxError;

/// How much load.
pub struct Load {
    pub connections: usize,
    pub time: Duration,
}

/// What one endpoint did.
pub struct Measured {
    /// Length of one answer.
    pub bytes: usize,
    /// Whether the answers came from the cache.
    pub kept: bool,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl Measured {
    fn of(mut times: Vec<Duration>, time: Duration, bytes: usize, kept: bool) -> Self {
        times.sort_unstable();
        let at = |share: f64| {
            let index = (times.len().saturating_sub(1) as f64 * share) as usize;
            times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        let per_second = times.len() as f64 / time.as_secs_f64();
        Self { bytes, kept, per_second, p50_ms: at(0.5), p99_ms: at(0.99) }
    }
}

/// Connections at a steady rate, for each of a load: so many that one is always free.
const SPARE: usize = 4;

impl Load {
    /// Loads one endpoint; none when it does not answer 200. A fifth of the time before that warms up.
    pub async fn run(
        &self,
        address: SocketAddr,
        path: &str,
        token: &str,
    ) -> Result<Option<Measured>, BoxError> {
        let mut first = Connection::open(address).await?;
        if first.get(path, token).await?.status() != StatusCode::OK {
            return Ok(None);
        }
        let again = first.get(path, token).await?;
        let kept = again.headers().get("x-cache").is_some_and(|found| found == "HIT");
        self.times(address, path, token, self.time / 5).await?;
        let times = self.times(address, path, token, self.time).await?;
        Ok(Some(Measured::of(times, self.time, again.body().len(), kept)))
    }

    /// Loads one endpoint at a steady rate, however long the answers take: times count from the moment a request is due.
    pub async fn at_rate(
        &self,
        address: SocketAddr,
        path: &str,
        token: &str,
        per_second: f64,
    ) -> Result<Measured, BoxError> {
        let (started, next) = (Instant::now(), Arc::new(AtomicU32::new(0)));
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..SPARE * self.connections {
            let (path, token, next) = (path.to_owned(), token.to_owned(), next.clone());
            let time = self.time;
            // Threads, because timers of the runtime are a millisecond late.
            workers.spawn_blocking(move || {
                Handle::current().block_on(async {
                    let mut connection = Connection::open(address).await?;
                    let mut times = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        let due = Duration::from_secs_f64(f64::from(number) / per_second);
                        if due >= time {
                            return Ok::<_, BoxError>(times);
                        }
                        std::thread::sleep((started + due).saturating_duration_since(Instant::now()));
                        connection.get_ok(&path, &token).await?;
                        times.push((started + due).elapsed());
                    }
                })
            });
        }
        let mut times = Vec::new();
        while let Some(some) = workers.join_next().await {
            times.extend(some??);
        }
        Ok(Measured::of(times, self.time, 0, false))
    }

    async fn times(
        &self,
        address: SocketAddr,
        path: &str,
        token: &str,
        time: Duration,
    ) -> Result<Vec<Duration>, BoxError> {
        let until = Instant::now() + time;
        let mut workers = tokio::task::JoinSet::new();
        for _ in 0..self.connections {
            let (path, token) = (path.to_owned(), token.to_owned());
            workers.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut times = Vec::new();
                while Instant::now() < until {
                    let started = Instant::now();
                    connection.get_ok(&path, &token).await?;
                    times.push(started.elapsed());
                }
                Ok::<_, BoxError>(times)
            });
        }
        let mut all = Vec::new();
        while let Some(times) = workers.join_next().await {
            all.extend(times??);
        }
        Ok(all)
    }
}

/// Sends one JSON body and gives the body of the answer.
pub async fn post(address: SocketAddr, path: &str, body: &str) -> Result<Bytes, BoxError> {
    post_as("", address, path, body).await
}

/// The same with a token.
pub async fn post_as(token: &str, address: SocketAddr, path: &str, body: &str) -> Result<Bytes, BoxError> {
    let mut connection = Connection::open(address).await?;
    let request = Request::post(path)
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json");
    Ok(connection.send(request.body(Full::from(body.to_owned()))?).await?.into_body())
}

/// A connection that sends one request after the other.
pub struct Connection(SendRequest<Full<Bytes>>);

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self, BoxError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Asks for one path.
    pub async fn get(&mut self, path: &str, token: &str) -> Result<Response<Bytes>, BoxError> {
        let request = Request::get(path)
            .header(header::HOST, "localhost")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.send(request.body(Full::default())?).await
    }

    /// The same where anything but 200 spoils the figures.
    async fn get_ok(&mut self, path: &str, token: &str) -> Result<(), BoxError> {
        let status = self.get(path, token).await?.status();
        if status != StatusCode::OK {
            return Err(format!("{path} answered {status} under load").into());
        }
        Ok(())
    }

    /// Sends one JSON body for whoever has the token.
    pub async fn post(
        &mut self,
        path: &str,
        token: &str,
        body: &str,
    ) -> Result<(StatusCode, Bytes), BoxError> {
        let request = Request::post(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = self.send(request.body(Full::from(body.to_owned()))?).await?;
        Ok((answer.status(), answer.into_body()))
    }

    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, BoxError> {
        self.0.ready().await?;
        let (parts, body) = self.0.send_request(request).await?.into_parts();
        Ok(Response::from_parts(parts, body.collect().await?.to_bytes()))
    }
}
