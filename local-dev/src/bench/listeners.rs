//! `muster bench --listeners 1000`: how soon a change reaches many listeners, and what each costs the server.

use std::{
    io::{self, Write},
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
};

use super::{child::Child, load};
use crate::BoxError;

/// Changes that are made, one after the other.
const CHANGES: usize = 20;

/// After this time a listener counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// Listeners that connect at the same time.
const AT_ONCE: usize = 50;

/// A way to listen.
#[derive(Clone, Copy)]
enum Way {
    Stream,
    Socket,
}

impl Way {
    const ALL: [Self; 2] = [Self::Stream, Self::Socket];

    fn name(self) -> &'static str {
        match self {
            Self::Stream => "event streams",
            Self::Socket => "WebSockets",
        }
    }

    fn request(self, token: &str) -> String {
        match self {
            Self::Stream => format!(
                "GET /api/attendance/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
            ),
            Self::Socket => format!(
                "GET /ws/updates/?token={token} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n\
                 Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n\r\n"
            ),
        }
    }

    /// What comes when the listener is connected.
    fn greeting(self) -> &'static str {
        match self {
            Self::Stream => "\"connected\"",
            Self::Socket => "connection_established",
        }
    }
}

/// Measures and prints a table.
pub(super) async fn measure(server: &Child, count: usize) -> Result<(), BoxError> {
    let (told, mut arrived) = mpsc::unbounded_channel();
    // The first listener and the first change start what runs once for all.
    let mut changes = Changes { server, made: 0 };
    open(server.address, Way::Stream, &server.token, 1, &told).await?;
    changes.make(1, &mut arrived).await?;
    let mut out = io::stdout();
    writeln!(
        out,
        "| {count} more | KB each | first ms | p50 ms | last ms | lost |\n|---|---:|---:|---:|---:|---:|"
    )?;
    let mut listening = 1;
    for way in Way::ALL {
        let before = server.memory_mb()?;
        open(server.address, way, &server.token, count, &told).await?;
        listening += count;
        let mut times = Vec::new();
        for _ in 0..CHANGES {
            times.extend(changes.make(listening, &mut arrived).await?);
        }
        let each = (server.memory_mb()? - before) * 1024.0 / count as f64;
        times.sort_unstable();
        let at = |share: f64| {
            let time = times.get((times.len().saturating_sub(1) as f64 * share) as usize);
            time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        let lost = listening * CHANGES - times.len();
        let (first, half, last) = (at(0.0), at(0.5), at(1.0));
        writeln!(out, "| {} | {each:.1} | {first:.0} | {half:.0} | {last:.0} | {lost} |", way.name())?;
    }
    Ok(())
}

/// The changes of the measurement.
struct Changes<'a> {
    server: &'a Child,
    made: usize,
}

impl Changes<'_> {
    /// Makes one through the API and waits until everybody has heard of it; the times since the request was sent.
    async fn make(
        &mut self,
        listening: usize,
        arrived: &mut mpsc::UnboundedReceiver<(usize, Instant)>,
    ) -> Result<Vec<Duration>, BoxError> {
        let body = json!({
            "cadetId": 1, "type": "merit", "points": 1, "reason": format!("change-{}!", self.made),
        });
        let started = Instant::now();
        load::post_as(&self.server.token, self.server.address, "/api/admin/merit-logs", &body.to_string())
            .await?;
        let mut times = Vec::new();
        while times.len() < listening {
            match tokio::time::timeout(PATIENCE, arrived.recv()).await {
                Ok(Some((change, at))) if change == self.made => times.push(at - started),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => break,
            }
        }
        self.made += 1;
        Ok(times)
    }
}

/// Opens listeners that tell each change they hear of.
async fn open(
    address: SocketAddr,
    way: Way,
    token: &str,
    count: usize,
    told: &mpsc::UnboundedSender<(usize, Instant)>,
) -> Result<(), BoxError> {
    let mut opening = tokio::task::JoinSet::new();
    for _ in 0..count {
        if opening.len() >= AT_ONCE
            && let Some(opened) = opening.join_next().await
        {
            opened??;
        }
        let (request, told) = (way.request(token), told.clone());
        opening.spawn(async move {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(request.as_bytes()).await?;
            let mut text = Vec::new();
            while !contains(&text, way.greeting()) {
                if stream.read_buf(&mut text).await? == 0 {
                    return Err(format!("refused: {}", String::from_utf8_lossy(&text)).into());
                }
            }
            tokio::spawn(listen(stream, told));
            Ok::<_, BoxError>(())
        });
    }
    while let Some(opened) = opening.join_next().await {
        opened??;
    }
    Ok(())
}

async fn listen(mut stream: TcpStream, told: mpsc::UnboundedSender<(usize, Instant)>) {
    let mut text = Vec::with_capacity(1024);
    let mut heard = None;
    while stream.read_buf(&mut text).await.is_ok_and(|bytes| bytes > 0) {
        // A change may be told in several messages, and a message may come in pieces.
        while let Some((change, end)) = change(&text) {
            text.drain(..end);
            if heard != Some(change) && told.send((change, Instant::now())).is_err() {
                return;
            }
            heard = Some(change);
        }
        if text.len() > 4096 {
            text.drain(..text.len() - 64);
        }
    }
}

/// The first `change-7!` in a text, as 7, and where it ends.
fn change(text: &[u8]) -> Option<(usize, usize)> {
    let start = text.windows(7).position(|window| window == b"change-")? + 7;
    let length = text[start..].iter().position(|&byte| byte == b'!')?;
    let number = std::str::from_utf8(&text[start..start + length]).ok()?.parse().ok()?;
    Some((number, start + length + 1))
}

fn contains(text: &[u8], words: &str) -> bool {
    text.windows(words.len()).any(|window| window == words.as_bytes())
}
