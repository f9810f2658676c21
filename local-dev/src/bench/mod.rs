//! `muster bench`: what an endpoint costs, beside the same query through a handler that does nothing else.
//!
//! Server and bare handler are processes of their own, one after the other on the same database, so their
//! memory is theirs alone. The load comes from this process over loopback.

mod bare;
mod child;
mod data;
pub mod cold_start;
mod load;

use std::{
    io::{self, Write},
    time::Duration,
};

use clap::Args;

use self::{
    child::Child,
    load::{Load, Measured},
};
use crate::{BoxError, postgres::{Cluster, Options, Purpose}};

pub use bare::serve as serve_bare;

/// What to measure.
#[derive(Args, Clone, Debug)]
pub struct BenchOptions {
    /// Cadets in the database.
    #[arg(long, default_value_t = 100)]
    cadets: i32,
    /// Seconds of load on each endpoint.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Connections that send one request after the other.
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// Endpoints, as paths with query [default: health, the lists and one's own grades].
    endpoints: Vec<String>,
}

/// The endpoints measured when none are named.
const DEFAULT: &[&str] = &[
    "/api/health",
    "/api/cadets?limit=100",
    "/api/admin/cadets",
    "/api/admin/cadets?page=1&limit=100",
    "/api/grades?limit=100",
    "/api/cadets/1",
];

/// Measures and prints a table.
pub async fn bench(options: BenchOptions) -> Result<(), BoxError> {
    let home = std::env::temp_dir().join(format!("muster-bench-{}", std::process::id()));
    let cluster_options = Options { data_dir: home.clone(), port: None, purpose: Purpose::Keep };
    let cluster = Cluster::start(cluster_options, &crate::parts::progress).await?;
    let outcome = measure(&options, &cluster).await;
    cluster.stop().await?;
    std::fs::remove_dir_all(home)?;
    outcome
}

async fn measure(options: &BenchOptions, cluster: &Cluster) -> Result<(), BoxError> {
    cluster.create_database("bench").await?;
    let url = cluster.url("bench");
    data::load(&url, options.cadets).await?;
    let mut endpoints = options.endpoints.clone();
    if endpoints.is_empty() {
        endpoints = DEFAULT.iter().map(|&path| path.to_owned()).collect();
    }
    let load = Load { connections: options.connections, time: Duration::from_secs(options.seconds) };
    let ours = all(&load, Child::server(&url).await?, &endpoints).await?;
    let bare = all(&load, Child::bare(&url).await?, &endpoints).await?;
    print(options, &endpoints, &ours, &bare)
}

/// Every endpoint of one server; none where it does not answer 200.
async fn all(load: &Load, server: Child, endpoints: &[String]) -> Result<Vec<Option<Row>>, BoxError> {
    let mut rows = Vec::new();
    for path in endpoints {
        let measured = load.run(server.address, path, &server.token).await?;
        let memory_mb = server.memory_mb()?;
        rows.push(measured.map(|measured| Row { measured, memory_mb }));
    }
    Ok(rows)
}

struct Row {
    measured: Measured,
    memory_mb: f64,
}

fn print(
    options: &BenchOptions,
    endpoints: &[String],
    ours: &[Option<Row>],
    bare: &[Option<Row>],
) -> Result<(), BoxError> {
    let mut out = io::stdout();
    writeln!(out, "{} cadets, {} connections, {} s each\n", options.cadets, options.connections, options.seconds)?;
    writeln!(out, "| endpoint | bytes | req/s | p50 ms | p99 ms | memory MB | bare req/s | bare memory MB | ratio |")?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for ((path, ours), bare) in endpoints.iter().zip(ours).zip(bare) {
        let Some(Row { measured: m, memory_mb }) = ours else {
            writeln!(out, "| `{path}` | does not answer 200 | | | | | | | |")?;
            continue;
        };
        let figures = format!(
            "{} | {:.0} | {:.2} | {:.2} | {memory_mb:.0}",
            m.bytes, m.per_second, m.p50_ms, m.p99_ms
        );
        let beside = match bare {
            Some(bare) => format!(
                "{:.0} | {:.0} | {:.0} %",
                bare.measured.per_second,
                bare.memory_mb,
                100.0 * m.per_second / bare.measured.per_second
            ),
            None => "| |".to_owned(),
        };
        writeln!(out, "| `{path}` | {figures} | {beside} |")?;
    }
    Ok(())
}
