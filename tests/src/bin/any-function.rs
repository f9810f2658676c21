//! Any function of any system, as its own program is: `any-function rotc cadets`, `any-function rotc worker-image`. One
//! program to build and link instead of one for each.

use std::process::ExitCode;

use shared::{
    lambda::{serve_http, serve_queue, serve_schedule},
    system::{Starts, System},
};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (system, function) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let system = tests::SYSTEMS.iter().map(|(system, _)| *system).find(|one| one.name == system);
    system.map_or(ExitCode::FAILURE, |system| serve(system, &function))
}

fn serve(system: &'static System, function: &str) -> ExitCode {
    if let Some(group) = system.groups.iter().find(|group| group.name == function) {
        return serve_http(system, group);
    }
    let name = function.strip_prefix("worker-").unwrap_or_default();
    match system.workers.iter().find(|worker| worker.name == name).map(|worker| worker.starts) {
        Some(Starts::From(_)) => serve_queue(system),
        Some(Starts::WithJobs) => serve_schedule(system),
        _ => ExitCode::FAILURE,
    }
}
