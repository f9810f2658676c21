//! How long a function takes from its start until it asks for work, and the memory it takes.

use std::{
    io,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::memory_kb;
use crate::lambda_runtime_api::{Outcome, RuntimeApi};

/// Starts that are measured; the middle one counts.
const STARTS: usize = 9;

/// A start that takes longer has failed.
const LONGEST: Duration = Duration::from_secs(20);

/// One start of a function, or the middle of several.
#[derive(Clone, Copy, Debug)]
pub struct ColdStart {
    /// From the start of the process until it asks for its first event.
    pub to_first_poll: Duration,
    /// From handing over a first request (to an unknown address, so no database) until its answer.
    pub first_answer: Duration,
    /// Most memory the process held, in KB; none where the system does not tell.
    pub peak_kb: Option<u64>,
}

/// Starts the program `bootstrap` several times without a database, and answers the middle of each figure.
pub async fn measure(bootstrap: &Path) -> io::Result<ColdStart> {
    let mut starts = Vec::with_capacity(STARTS);
    for _ in 0..STARTS {
        starts.push(one_start(bootstrap).await?);
    }
    Ok(ColdStart {
        to_first_poll: middle(&starts, |start| start.to_first_poll),
        first_answer: middle(&starts, |start| start.first_answer),
        peak_kb: middle(&starts, |start| start.peak_kb),
    })
}

async fn one_start(bootstrap: &Path) -> io::Result<ColdStart> {
    let api = RuntimeApi::start().await?;
    let started = Instant::now();
    let process = api.launch(bootstrap, &[("RUST_LOG", "error")])?;
    tokio::time::timeout(LONGEST, api.first_poll()).await.map_err(io::Error::other)?;
    let to_first_poll = started.elapsed();
    let asked = Instant::now();
    match api.invoke(&unknown_address()).await {
        Some(Outcome::Answered(answer)) if answer["statusCode"] == 404 => {}
        other => return Err(io::Error::other(format!("the function answered {other:?}"))),
    }
    Ok(ColdStart {
        to_first_poll,
        first_answer: asked.elapsed(),
        peak_kb: process.id().and_then(|id| memory_kb(id, "VmHWM")),
    })
}

fn middle<T: Ord + Copy>(starts: &[ColdStart], figure: impl Fn(&ColdStart) -> T) -> T {
    let mut figures: Vec<T> = starts.iter().map(figure).collect();
    figures.sort_unstable();
    figures[figures.len() / 2]
}

fn unknown_address() -> Value {
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/nothing-here",
        "rawQueryString": "",
        "headers": { "host": "api.example", "x-forwarded-proto": "https" },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "api.example",
            "http": {
                "method": "GET",
                "path": "/api/nothing-here",
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.9",
                "userAgent": "muster bench"
            },
            "requestId": "bench",
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_i64
        },
        "isBase64Encoded": false
    })
}
