//! Any HTTP function of any system, as its own program is: `any-function rotc cadets`. One program to build and link
//! instead of one for each group.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let (system, group) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let system = tests::SYSTEMS.iter().map(|(system, _)| *system).find(|one| one.name == system);
    let group = system.and_then(|system| {
        system.groups.iter().copied().find(|one| one.name == group).map(|group| (system, group))
    });
    match group {
        Some((system, group)) => shared::lambda::serve_http(system, group),
        None => ExitCode::FAILURE,
    }
}
