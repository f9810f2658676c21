//! Jobs that start by themselves.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::JobKind;
use crate::{App, Result, error::internal, sql};

/// A Monday, 0:00 UTC: the beginning of all periods.
const MONDAY: i64 = 4 * 86_400;

const DAY: u64 = 86_400;
const WEEK: u64 = 7 * DAY;

/// Starts the jobs that run by themselves, each once for each of its periods, also when the beginning of the period was
/// missed. While one still runs, or waits to be tried again, the next is not started.
pub async fn plan(app: &App, jobs: &super::Jobs) -> Result<()> {
    if app.config.database.read_only {
        return Ok(());
    }
    start(app, jobs.kinds.iter()).await
}

/// Starts one kind of them.
pub async fn start_kind(app: &App, jobs: &super::Jobs, name: &str) -> Result<()> {
    let kind = jobs.kind(name).filter(|kind| kind.every.is_some());
    let kind = kind.ok_or_else(|| internal(format!("no job named {name} starts by itself")))?;
    start(app, std::iter::once(kind)).await
}

async fn start<'a>(app: &App, kinds: impl Iterator<Item = &'a JobKind>) -> Result<()> {
    let now = app.clock.now();
    let (mut names, mut queues, mut slots) = (Vec::new(), Vec::new(), Vec::<DateTime<Utc>>::new());
    for (kind, every) in kinds.filter_map(|kind| Some((kind, kind.every?))) {
        names.push(kind.name);
        queues.push(kind.queue.name());
        slots.push(slot(now, every, kind.at)?);
    }
    let insert = sql!(
        "INSERT INTO muster.jobs (kind, queue, payload, slot)
         SELECT kind, queue, '{}', slot
         FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS periodic (kind, queue, slot)
         WHERE NOT EXISTS (SELECT FROM muster.jobs
                           WHERE jobs.kind = periodic.kind
                             AND (status IN ('queued', 'running') OR jobs.slot >= periodic.slot))
         ON CONFLICT (kind, slot) WHERE slot IS NOT NULL DO NOTHING"
    );
    let mut change = app.db.change_for_system("jobs").await?;
    change.execute(insert, &[&names, &queues, &slots]).await?;
    change.commit().await
}

/// The beginning of the period that `now` is in.
fn slot(now: DateTime<Utc>, every: Duration, at: Duration) -> Result<DateTime<Utc>> {
    let (every, at) = (i64::try_from(every.as_secs())?.max(1), i64::try_from(at.as_secs())?);
    let origin = MONDAY + at;
    let periods = (now.timestamp() - origin).div_euclid(every);
    let slot = DateTime::from_timestamp(origin, 0).map(|origin| origin + TimeDelta::seconds(periods * every));
    slot.ok_or_else(|| internal("no such time"))
}

/// The beginning of a kind's periods as EventBridge writes it, in UTC; none for what does not start by itself.
pub fn cron(kind: &JobKind) -> Option<String> {
    let every = kind.every?.as_secs();
    let minutes = kind.at.as_secs() / 60;
    let (hour, minute) = (minutes / 60 % 24, minutes % 60);
    Some(match every {
        DAY => format!("cron({minute} {hour} * * ? *)"),
        WEEK => {
            let day =
                ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"][(kind.at.as_secs() / DAY % 7) as usize];
            format!("cron({minute} {hour} ? * {day} *)")
        }
        60 => "rate(1 minute)".to_owned(),
        other => format!("rate({} minutes)", other / 60),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_begins_at_its_hour_and_weeks_on_monday() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let (day, week) = (Duration::from_secs(DAY), Duration::from_secs(WEEK));
        let night = Duration::from_hours(18);
        let thursday = at("2026-02-05T17:59:59Z");
        assert_eq!(slot(thursday, day, night).unwrap(), at("2026-02-04T18:00:00Z"));
        assert_eq!(slot(at("2026-02-05T18:00:00Z"), day, night).unwrap(), at("2026-02-05T18:00:00Z"));
        assert_eq!(slot(thursday, week, Duration::ZERO).unwrap(), at("2026-02-02T00:00:00Z"));
        assert_eq!(
            slot(at("2026-02-01T23:59:59Z"), week, Duration::ZERO).unwrap(),
            at("2026-01-26T00:00:00Z")
        );
    }
}
