//! A morning formation: many scanners at a steady rate, half of the scans of cadets who were scanned before, a
//! quarter at the same moment by another scanner. At the end the database must hold each scan once.

use std::{
    collections::HashMap,
    io::{self, Write},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_postgres::Client;

use super::{child::Child, load::Connection};
use crate::BoxError;

/// The share of the rate that must be kept up.
const SUSTAINED: f64 = 0.98;

/// Who scans what.
pub struct Scans {
    /// Scanners, each with a connection of its own.
    pub scanners: usize,
    /// Scans in a second, of all scanners together.
    pub rate: usize,
    /// How long.
    pub time: Duration,
}

/// A cadet on a day.
type Pair = (i32, i32);

/// The cadets and days there are.
struct Unit {
    days: Vec<i32>,
    cadets: Vec<i32>,
}

/// One scan that was answered.
struct Answered {
    pair: Pair,
    /// From the moment it was due, so that a server that falls behind cannot hide it.
    took: Duration,
    status: StatusCode,
    /// Whether the answer says that the record is new.
    recorded: bool,
}

/// What the database says at the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Faults {
    refused: usize,
    lost: usize,
    doubled: i64,
    recorded_more_than_once: usize,
    wrong_totals: i64,
    notices_missing: i64,
    events_missing: i64,
}

/// Marks everybody at once, then scans; fails when anything is lost, doubled or counted wrongly.
pub async fn run(scans: &Scans, server: &Child, database: &Client) -> Result<(), BoxError> {
    let unit = Arc::new(Unit::read(database).await?);
    let (&last_day, days) = unit.days.split_last().ok_or("there are no training days")?;
    if scans.total().div_ceil(2) > days.len() * unit.cadets.len() {
        return Err("there are not enough cadets for so many scans, see --cadets".into());
    }
    let bulk = mark_all(&unit, server, last_day).await?;
    let started = Instant::now();
    let answered = scans.send(&unit, server.address, &server.token).await?;
    let took = started.elapsed();
    let faults = faults(&answered, database, last_day, unit.cadets.len()).await?;
    print(scans, &unit, bulk, took, &answered, &faults)?;
    if faults != Faults::default() {
        return Err(format!("the final state is wrong: {faults:?}").into());
    }
    let rate = answered.len() as f64 / took.as_secs_f64();
    if rate < SUSTAINED * scans.rate as f64 {
        return Err(format!("only {rate:.0} scans in a second").into());
    }
    Ok(())
}

impl Unit {
    async fn read(database: &Client) -> Result<Self, BoxError> {
        let ids = async |query: &str| {
            let rows = database.query(query, &[]).await?;
            Ok::<Vec<i32>, BoxError>(rows.iter().map(|row| row.get(0)).collect())
        };
        Ok(Self {
            days: ids("SELECT id FROM training_days ORDER BY id").await?,
            cadets: ids("SELECT id FROM cadets ORDER BY id").await?,
        })
    }

    /// The pair that is scanned as the `at`th new one: everybody on a day, then the next day.
    fn pair(&self, at: usize) -> Pair {
        (self.days[at / self.cadets.len()], self.cadets[at % self.cadets.len()])
    }
}

impl Scans {
    fn total(&self) -> usize {
        self.rate * usize::try_from(self.time.as_secs()).unwrap_or_default()
    }

    /// Which new pair scan `n` is about, and with which scan it is due. Of four scans two are of new cadets, one is
    /// the same as the one before at the same moment, and one is of somebody scanned earlier.
    fn scan(n: usize) -> (usize, usize) {
        match n % 4 {
            1 => ((n - 1) / 2, n - 1),
            3 => ((n / 2 * 31) % (n / 2), n),
            _ => (n / 2, n),
        }
    }

    async fn send(
        &self,
        unit: &Arc<Unit>,
        address: SocketAddr,
        token: &str,
    ) -> Result<Vec<Answered>, BoxError> {
        let (next, total) = (Arc::new(AtomicUsize::new(0)), self.total());
        let interval = Duration::from_secs(1) / u32::try_from(self.rate)?;
        let start = Instant::now() + Duration::from_millis(100);
        let mut scanners = tokio::task::JoinSet::new();
        for _ in 0..self.scanners {
            let (next, unit, token) = (next.clone(), unit.clone(), token.to_owned());
            scanners.spawn(async move {
                let mut connection = Connection::open(address).await?;
                let mut answered = Vec::new();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= total {
                        return Ok::<_, BoxError>(answered);
                    }
                    let (at, due) = Self::scan(n);
                    let due = start + interval * u32::try_from(due)?;
                    tokio::time::sleep_until(due).await;
                    answered.push(scan(&mut connection, &token, unit.pair(at), due).await?);
                }
            });
        }
        let mut all = Vec::with_capacity(total);
        while let Some(answered) = scanners.join_next().await {
            all.extend(answered??);
        }
        Ok(all)
    }
}

async fn scan(
    connection: &mut Connection,
    token: &str,
    pair: Pair,
    due: Instant,
) -> Result<Answered, BoxError> {
    let (day, cadet) = pair;
    let body = json!({ "dayId": day, "qrData": json!({ "id": cadet }).to_string() }).to_string();
    let (status, answer) = connection.post("/api/attendance/scan", token, &body).await?;
    let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
    Ok(Answered { pair, took: due.elapsed(), status, recorded: answer["message"] == "Attendance recorded" })
}

/// One request for everybody; gives the time it took.
async fn mark_all(unit: &Unit, server: &Child, day: i32) -> Result<Duration, BoxError> {
    let body = json!({ "training_day_id": day, "cadet_ids": unit.cadets, "status": "present" }).to_string();
    let mut connection = Connection::open(server.address).await?;
    let started = Instant::now();
    let (status, answer) = connection.post("/api/attendance/bulk_mark", &server.token, &body).await?;
    let took = started.elapsed();
    let answer: Value = serde_json::from_slice(&answer)?;
    if status != StatusCode::OK || answer["data"]["created"] != unit.cadets.len() {
        return Err(format!("the bulk request answered {status}: {}", answer["message"]).into());
    }
    Ok(took)
}

async fn faults(
    answered: &[Answered],
    database: &Client,
    bulk_day: i32,
    bulk: usize,
) -> Result<Faults, BoxError> {
    let mut recorded: HashMap<Pair, usize> = HashMap::new();
    for scan in answered.iter().filter(|scan| scan.status == StatusCode::OK) {
        *recorded.entry(scan.pair).or_default() += usize::from(scan.recorded);
    }
    let rows = "SELECT training_day_id, cadet_id, count(*) FROM attendance_records
                WHERE training_day_id <> $1 GROUP BY 1, 2";
    let rows = database.query(rows, &[&bulk_day]).await?;
    let stored: HashMap<Pair, i64> = rows.iter().map(|row| ((row.get(0), row.get(1)), row.get(2))).collect();
    let one = async |query: &str| Ok::<i64, BoxError>(database.query_one(query, &[]).await?.get(0));
    let wrong_totals = "SELECT count(*) FROM grades WHERE attendance_present IS DISTINCT FROM (
                            SELECT count(*) FROM attendance_records AS records
                            WHERE records.cadet_id = grades.cadet_id AND status IN ('present', 'late', 'excused'))";
    let expected = i64::try_from(stored.len() + bulk)?;
    Ok(Faults {
        refused: answered.iter().filter(|scan| scan.status != StatusCode::OK).count(),
        lost: recorded.keys().filter(|pair| !stored.contains_key(pair)).count(),
        doubled: stored.values().map(|rows| rows - 1).sum(),
        recorded_more_than_once: recorded.values().filter(|times| **times != 1).count(),
        wrong_totals: one(wrong_totals).await?,
        notices_missing: expected
            - one("SELECT count(*) FROM notifications WHERE type = 'attendance'").await?,
        events_missing: expected
            - one("SELECT count(*) FROM sync_events WHERE event_type = 'attendance_updated'").await?,
    })
}

fn print(
    scans: &Scans,
    unit: &Unit,
    bulk: Duration,
    took: Duration,
    answered: &[Answered],
    faults: &Faults,
) -> Result<(), BoxError> {
    let mut times: Vec<f64> = answered.iter().map(|scan| scan.took.as_secs_f64() * 1000.0).collect();
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let new = answered.iter().filter(|scan| scan.recorded).count();
    let mut out = io::stdout();
    writeln!(out, "{} cadets, {} scanners, {} scans/s", unit.cadets.len(), scans.scanners, scans.rate)?;
    writeln!(out, "\n| what | measured |\n|---|---:|")?;
    writeln!(out, "| all cadets marked in one request | {:.0} ms |", bulk.as_secs_f64() * 1000.0)?;
    writeln!(out, "| scans answered | {} ({new} new) |", answered.len())?;
    writeln!(out, "| scans in a second | {:.0} |", answered.len() as f64 / took.as_secs_f64())?;
    writeln!(out, "| p50, p99, longest | {:.1} ms, {:.1} ms, {:.1} ms |", at(0.5), at(0.99), at(1.0))?;
    writeln!(out, "| refused | {} |", faults.refused)?;
    writeln!(out, "| lost | {} |", faults.lost)?;
    let doubled = faults.doubled + i64::try_from(faults.recorded_more_than_once)?;
    writeln!(out, "| doubled | {doubled} |")?;
    writeln!(out, "| cadets whose total is wrong | {} |", faults.wrong_totals)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_scans_are_new_and_the_others_of_somebody_scanned_before() {
        let mut seen = std::collections::HashSet::new();
        let mut repeated = 0;
        for n in 0..10_000 {
            let (at, due) = Scans::scan(n);
            assert!(due <= n && n - due <= 1);
            if !seen.insert(at) {
                repeated += 1;
            }
        }
        assert_eq!((seen.len(), repeated, seen.iter().max()), (5000, 5000, Some(&4999)));
    }
}
