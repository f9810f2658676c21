//! Two programs side by side: this one and an earlier one, in turns, so that whatever else the machine does meets both.

use std::{
    io::{self, Write},
    path::Path,
};

use tokio::process::Command;

use super::{child::Child, data, load::Load};
use crate::{BoxError, postgres::Cluster};

/// Turns of each program.
const TURNS: usize = 5;

/// The endpoints compared when none are named.
const DEFAULT: [&str; 12] = [
    "/api/health",
    "/api/cadets/1",
    "/api/cadets?limit=100",
    "/api/cadets?limit=100&search=Family",
    "/api/admin/cadets",
    "/api/admin/cadets?search=Family",
    "/api/grades?limit=100",
    "/api/recognition/leaderboard",
    "/api/attendance/days",
    "/api/attendance/records/1",
    "/api/merit-demerit?limit=100",
    "/api/auth/profile",
];

/// Who attended the first day.
const ATTENDANCE: &str = "
    INSERT INTO attendance_records (training_day_id, cadet_id, status)
    SELECT (SELECT min(id) FROM training_days), id, (ARRAY['present', 'late', 'absent'])[id % 3 + 1] FROM cadets;
    ANALYZE";

/// Measures each endpoint with both programs and prints the medians, and the times of this program at half its peak rate.
pub async fn measure(
    cluster: &Cluster,
    before: &Path,
    cadets: i32,
    load: &Load,
    endpoints: &[String],
) -> Result<(), BoxError> {
    let mut servers = Vec::new();
    for (name, program) in [("bench_before", before), ("bench_after", &std::env::current_exe()?)] {
        cluster.create_database(name).await?;
        let url = cluster.url(name);
        let migrated = Command::new(program).arg("migrate").env("DATABASE_URL", &url).output().await?;
        if !migrated.status.success() {
            let said = String::from_utf8_lossy(&migrated.stderr).into_owned();
            return Err(format!("{} could not migrate: {said}", program.display()).into());
        }
        data::fill(&url, cadets).await?;
        data::connect(&url).await?.batch_execute(ATTENDANCE).await?;
        servers.push(Child::server_of(program, &url).await?);
    }
    let default = DEFAULT.map(str::to_owned);
    let endpoints = if endpoints.is_empty() { &default[..] } else { endpoints };
    let mut out = io::stdout();
    let head = format!("{cadets} cadets, {} connections, median of {TURNS} turns", load.connections);
    writeln!(out, "{head}\n")?;
    writeln!(
        out,
        "| endpoint | bytes | before req/s | after req/s | ratio | p50 ms at half the peak | p99 ms |"
    )?;
    writeln!(out, "|---|---:|---:|---:|---:|---:|---:|")?;
    for path in endpoints {
        let line = compare(load, &servers, path).await?;
        writeln!(out, "| `{path}` | {line} |")?;
    }
    Ok(())
}

async fn compare(load: &Load, servers: &[Child], path: &str) -> Result<String, BoxError> {
    let (mut rates, mut bytes) = ([Vec::new(), Vec::new()], 0);
    for _ in 0..TURNS {
        for (server, rates) in servers.iter().zip(&mut rates) {
            let Some(measured) = load.run(server.address, path, &server.token).await? else {
                return Ok("does not answer 200 | | | | |".to_owned());
            };
            rates.push(measured.per_second);
            bytes = measured.bytes;
        }
    }
    let [before, after] = rates.map(median);
    if after == 0.0 {
        return Ok(format!("{bytes} | {before:.0} | 0 | | | |"));
    }
    let paced = load.at_rate(servers[1].address, path, &servers[1].token, after / 2.0).await?;
    Ok(format!(
        "{bytes} | {before:.0} | {after:.0} | {:.2} | {:.2} | {:.2}",
        after / before,
        paced.p50_ms,
        paced.p99_ms
    ))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
