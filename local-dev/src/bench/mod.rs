//! `muster bench`: what an endpoint costs, beside the same query through a handler that does nothing else.
//!
//! Server and bare handler are processes of their own, one after the other on the same database, so their
//! memory is theirs alone. The load comes from this process over loopback.

mod bare;
mod child;
pub mod cold_start;
mod compare;
mod data;
mod documents;
mod exports;
mod imports;
mod listeners;
mod load;
mod reading;
mod scans;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;

use self::{
    child::Child,
    cold_start::ColdStart,
    load::{Load, Measured},
    scans::Scans,
};
use crate::{
    BoxError,
    postgres::{Cluster, Options, Purpose},
};

pub use bare::serve as serve_bare;
pub use imports::run_child as import_child;

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
    /// Measure the start of this Lambda function instead (a bootstrap built with --release).
    #[arg(long, value_name = "PROGRAM")]
    bootstrap: Option<PathBuf>,
    /// Measure this many event streams and as many WebSockets on one server instead.
    #[arg(long, value_name = "COUNT")]
    listeners: Option<usize>,
    /// Scan cadets at this rate instead, each connection a scanner, and check that no scan is lost or doubled.
    #[arg(long, value_name = "PER_SECOND", value_parser = clap::value_parser!(u32).range(1..))]
    scan_rate: Option<u32>,
    /// Export this many cadets as CSV and as a workbook instead.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i32).range(1..))]
    export_rows: Option<i32>,
    /// Read the scans of this folder instead, beside the text each has, with and without the steps that prepare a page.
    #[arg(long, value_name = "FOLDER")]
    ocr: Option<PathBuf>,
    /// Import this many cadets from a workbook instead.
    #[arg(long, value_name = "CADETS")]
    import: Option<usize>,
    /// Print certificates and the profiles of all cadets instead.
    #[arg(long)]
    documents: bool,
    /// Compare with this earlier `muster` instead, in turns, each on a database of its own.
    #[arg(long, value_name = "PROGRAM")]
    against: Option<PathBuf>,
    /// Endpoints, as paths with query [default: health, the lists and one cadet].
    endpoints: Vec<String>,
}

/// The endpoints measured when none are named.
const DEFAULT: &[&str] = &[
    "/api/health",
    "/api/cadets?limit=100&search=Family",
    "/api/admin/cadets?search=Family",
    "/api/admin/cadets?page=1&limit=100&search=Family",
    "/api/cadets?limit=100",
    "/api/admin/cadets",
    "/api/grades?limit=100",
    "/api/cadets/1",
];

/// Measures and prints a table.
pub async fn bench(options: BenchOptions) -> Result<(), BoxError> {
    if let Some(bootstrap) = &options.bootstrap {
        return cold(bootstrap).await;
    }
    if let Some(folder) = &options.ocr {
        return reading::measure(folder).await;
    }
    let home = std::env::temp_dir().join(format!("muster-bench-{}", std::process::id()));
    let cluster_options = Options { data_dir: home.clone(), port: None, purpose: Purpose::Keep };
    let cluster = Cluster::start(cluster_options, &crate::parts::progress).await?;
    let outcome = measure(&options, &cluster).await;
    cluster.stop().await?;
    std::fs::remove_dir_all(home)?;
    outcome
}

async fn cold(bootstrap: &Path) -> Result<(), BoxError> {
    let ColdStart { to_first_poll, first_answer, peak_kb } = cold_start::measure(bootstrap).await?;
    let mut out = io::stdout();
    writeln!(out, "start to first poll {:.1} ms", to_first_poll.as_secs_f64() * 1000.0)?;
    writeln!(out, "first answer        {:.1} ms", first_answer.as_secs_f64() * 1000.0)?;
    match peak_kb {
        Some(kb) => writeln!(out, "resident at most    {:.1} MB", kb as f64 / 1024.0)?,
        None => writeln!(out, "resident at most    unknown on this machine")?,
    }
    Ok(())
}

async fn measure(options: &BenchOptions, cluster: &Cluster) -> Result<(), BoxError> {
    let load = Load { connections: options.connections, time: Duration::from_secs(options.seconds) };
    if let Some(before) = &options.against {
        return compare::measure(cluster, before, options.cadets, &load, &options.endpoints).await;
    }
    cluster.create_database("bench").await?;
    let url = cluster.url("bench");
    data::load(&url, options.export_rows.unwrap_or(options.cadets)).await?;
    if let Some(rows) = options.export_rows {
        return exports::measure(&Child::server(&url).await?, rows).await;
    }
    if let Some(count) = options.listeners {
        return listeners::measure(&Child::server(&url).await?, count).await;
    }
    if options.documents {
        return documents::measure(&url).await;
    }
    if let Some(rate) = options.scan_rate {
        return scan(options, usize::try_from(rate)?, &url).await;
    }
    if let Some(cadets) = options.import {
        return imports::measure(&url, cadets).await;
    }
    let mut endpoints = options.endpoints.clone();
    if endpoints.is_empty() {
        endpoints = DEFAULT.iter().map(|&path| path.to_owned()).collect();
    }
    let ours = all(&load, Child::server(&url).await?, &endpoints).await?;
    let beside: Vec<String> =
        endpoints.iter().zip(&ours).map(|(path, ours)| twin_of(path, ours.as_ref())).collect();
    let bare = all(&load, Child::bare(&url).await?, &beside).await?;
    print(options, &endpoints, &ours, &bare)
}

/// What an endpoint is compared with: an answer of the same size from memory where it answers from the cache, else the
/// same query, if the bare handler has it.
fn twin_of(path: &str, ours: Option<&Row>) -> String {
    match ours {
        Some(row) if row.measured.kept => bare::fixed(row.measured.bytes),
        _ => path.to_owned(),
    }
}

async fn scan(options: &BenchOptions, rate: usize, url: &str) -> Result<(), BoxError> {
    let database = data::connect(url).await?;
    let scans = Scans { scanners: options.connections, rate, time: Duration::from_secs(options.seconds) };
    scans::run(&scans, &Child::server(url).await?, &database).await
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

/// A figure of a process in KB (`VmRSS`, `VmHWM`); none where the system does not tell.
fn memory_kb(process: u32, figure: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
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
    writeln!(
        out,
        "{} cadets, {} connections, {} s each\n",
        options.cadets, options.connections, options.seconds
    )?;
    writeln!(
        out,
        "| endpoint | bytes | req/s | p50 ms | p99 ms | memory MB | bare req/s | bare memory MB | ratio |"
    )?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|---:|---:|---:|")?;
    for ((path, ours), bare) in endpoints.iter().zip(ours).zip(bare) {
        let Some(Row { measured: m, memory_mb }) = ours else {
            writeln!(out, "| `{path}` | does not answer 200 | | | | | | | |")?;
            continue;
        };
        let figures =
            format!("{} | {:.0} | {:.2} | {:.2} | {memory_mb:.0}", m.bytes, m.per_second, m.p50_ms, m.p99_ms);
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
