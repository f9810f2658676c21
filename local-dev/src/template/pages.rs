//! The pages that are written from what the programs know of themselves: every variable, and every job and worker.

use std::{fmt::Write, time::Duration};

use shared::{
    config::PARTS,
    jobs::{self, JobKind},
    system::{Starts, System, Worker},
};

/// What is said at the top of each page.
const HEAD: &str = "<!-- Written by `muster template`. -->\n";

/// The page of all variables.
pub fn configuration() -> String {
    let example = super::systems()[0];
    let mut page = format!(
        "# Configuration\n\n{HEAD}\nEvery variable that a program reads from its environment. Empty ones count as absent. For a \
         system there is its own name too, which wins: `{}` before `PORT` for the system `{}`. All problems are told at once, \
         at the start; `muster doctor` says what production lacks.\n",
        example.variable("PORT"),
        example.name
    );
    let own = super::systems().into_iter().filter_map(|system| Some(&system.settings?.part));
    for part in PARTS.iter().chain(own) {
        let rows = part.variables.iter().map(|variable| {
            let names: Vec<String> = std::iter::once(&variable.name)
                .chain(variable.aliases)
                .map(|name| format!("`{name}`"))
                .collect();
            let needed = if variable.production.is_empty() {
                String::new()
            } else {
                format!(" **{}**", variable.production)
            };
            vec![names.join(", "), format!("{}{needed}", variable.about), variable.default.to_owned()]
        });
        table(&mut page, part.title, &["variable, other names", "meaning", "without it"], rows);
    }
    page
}

/// The page of the jobs of every system, and of the workers that do them.
pub fn jobs(systems: &[&System]) -> String {
    let mut page = format!(
        "# Jobs\n\n{HEAD}\nWork that follows a change or the clock, with the functions that do it. A server does all of it in its \
         own process. What jobs are, and how they fail, is said in [CONTRIBUTING.md](../CONTRIBUTING.md#adding-a-job).\n"
    );
    for system in systems {
        let mut kinds: Vec<&JobKind> = system.jobs.kinds.iter().collect();
        kinds.sort_by_key(|kind| (kind.queue, kind.name));
        let head = ["job", "queue", "tries", "longest run", "starts by itself", "EventBridge (UTC)"];
        table(&mut page, &format!("{}: jobs", system.title), &head, kinds.into_iter().map(job));
        let head = ["function", "what it does", "started by", "memory", "longest run"];
        let workers = system.workers.iter().map(|worker| of_worker(system, worker));
        table(&mut page, &format!("{}: workers", system.title), &head, workers);
    }
    page
}

fn job(kind: &JobKind) -> Vec<String> {
    let cron = jobs::cron(kind).map(|cron| format!("`{cron}`"));
    vec![
        format!("`{}`", kind.name),
        kind.queue.name().to_owned(),
        kind.tries.to_string(),
        length(kind.lease),
        kind.every.map(|every| schedule(every, kind.at)).unwrap_or_default(),
        cron.unwrap_or_default(),
    ]
}

fn of_worker(system: &System, worker: &Worker) -> Vec<String> {
    let starts = match worker.starts {
        Starts::ByHand => "somebody, by hand".to_owned(),
        Starts::At(when) => format!("the clock: `{when}`"),
        Starts::WithJobs => "the clock: every minute, and when a job starts by itself".to_owned(),
        Starts::From(queue) => format!("the queue `{}`", queue.name()),
    };
    vec![
        format!("`{}`", super::function::worker_binary(system, worker)),
        format!("{}.", worker.description),
        starts,
        format!("{} MB", worker.memory_mb),
        length(Duration::from_secs(worker.timeout_seconds.into())),
    ]
}

/// `every Monday at 18:00`
fn schedule(every: Duration, at: Duration) -> String {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let minutes = at.as_secs() / 60;
    let clock = format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    match every.as_secs() {
        60 => "every minute".to_owned(),
        3_600 => "every hour".to_owned(),
        86_400 => format!("every day at {clock}"),
        604_800 => format!("every {} at {clock}", DAYS[(minutes / 1440 % 7) as usize]),
        other => format!("every {} minutes", other / 60),
    }
}

/// `5 min`
fn length(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

fn table(page: &mut String, title: &str, head: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let rule = "|---".repeat(head.len());
    // Writing to a text cannot fail.
    let _ = write!(page, "\n## {title}\n\n| {} |\n{rule}|\n", head.join(" | "));
    for row in rows {
        let _ = writeln!(page, "| {} |", row.join(" | "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_are_said_in_words() {
        let hour = Duration::from_hours(1);
        assert_eq!(schedule(Duration::from_mins(1), Duration::ZERO), "every minute");
        assert_eq!(schedule(24 * hour, 18 * hour), "every day at 18:00");
        assert_eq!(schedule(7 * 24 * hour, 25 * hour + Duration::from_mins(5)), "every Tuesday at 01:05");
        assert_eq!(schedule(Duration::from_mins(15), Duration::ZERO), "every 15 minutes");
    }

    #[test]
    fn times_are_short() {
        assert_eq!(
            [75, 300, 30].map(|seconds| length(Duration::from_secs(seconds))),
            ["1 min 15 s", "5 min", "30 s"]
        );
    }
}
