//! What an export of many rows costs: its time, and how much memory the server takes for it.

use std::{
    io::{self, Write},
    time::Instant,
};

use http::StatusCode;

use super::{child::Child, load::Connection};
use crate::BoxError;

/// Exports all cadets as each kind of file, and prints a table.
pub async fn measure(server: &Child, rows: i32) -> Result<(), BoxError> {
    let mut out = io::stdout();
    writeln!(out, "{rows} cadets; the server has {:.0} MB before\n", server.memory_mb()?)?;
    writeln!(out, "| export | bytes | seconds | resident at most, MB |\n|---|---:|---:|---:|")?;
    for kind in ["csv", "excel"] {
        let mut connection = Connection::open(server.address).await?;
        let path = format!("/api/export/{kind}?entity_type=cadets");
        let started = Instant::now();
        let (parts, body) = connection.get(&path, &server.token).await?.into_parts();
        let status = parts.status;
        let took = started.elapsed().as_secs_f64();
        if status != StatusCode::OK {
            return Err(format!("{path} answered {status}").into());
        }
        let lines = body.iter().filter(|byte| **byte == b'\n').count();
        if kind == "csv" && lines != usize::try_from(rows)? + 1 {
            return Err(format!("the file has {lines} lines").into());
        }
        writeln!(out, "| {kind} | {} | {took:.2} | {:.0} |", body.len(), server.peak_mb()?)?;
    }
    Ok(())
}
