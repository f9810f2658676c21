//! `muster doctor`: whether everything is there that production needs, and what to do about what is missing.

use std::io::{self, Write};

use clap::Args;
use shared::{App, config::Config, system::System};

use crate::{
    BoxError, demo,
    parts::Parts,
    systems::{self, Registered},
};

mod database;
mod outside;

/// What to look at.
#[derive(Args, Clone, Debug, Default)]
pub struct DoctorOptions {
    /// Only this system; may be repeated [default: MUSTER_SYSTEMS, or all].
    #[arg(long)]
    system: Vec<String>,
}

/// How a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is there.
    Fine,
    /// It is not there, and the system works without it.
    Optional,
    /// The system does not do its work without it.
    Missing,
}

/// One part, how it is, and what to do if it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The part.
    pub part: &'static str,
    /// How it is.
    pub state: State,
    /// One sentence without secrets.
    pub sentence: String,
}

impl Finding {
    fn new(part: &'static str, state: State, sentence: impl Into<String>) -> Self {
        Self { part, state, sentence: sentence.into() }
    }
}

/// Prints a table for each system; an error when something is missing.
pub async fn run(systems: &'static [Registered], options: DoctorOptions) -> Result<(), BoxError> {
    let mut missing = 0;
    for (system, _) in systems::choose(systems, &options.system, &systems::variable).await? {
        let findings = examine_system((system, 0)).await?;
        print(system, &findings)?;
        missing += findings.iter().filter(|finding| finding.state == State::Missing).count();
    }
    match missing {
        0 => Ok(()),
        1 => Err("one part that is needed is missing".into()),
        _ => Err(format!("{missing} parts that are needed are missing").into()),
    }
}

async fn examine_system((system, _): Registered) -> Result<Vec<Finding>, BoxError> {
    if let Err(error) = Config::for_system(system) {
        return Ok(vec![Finding::new("configuration", State::Missing, error.message())]);
    }
    let mut parts = Parts::from_env()?;
    let findings = match parts.config_for(system).await {
        Ok(config) => examine(system, &config).await,
        // Everything else can still be looked at.
        Err(error) => {
            let config = Config::for_system(system).map_err(|error| error.to_string())?;
            let mut findings = vec![Finding::new("database", State::Missing, error.to_string())];
            findings.extend(outside::examine(&App::new(system, config)).await);
            findings
        }
    };
    parts.stop().await?;
    Ok(findings)
}

/// Looks at every part.
pub async fn examine(system: &'static System, config: &Config) -> Vec<Finding> {
    let mut config = config.clone();
    if !config.production && matches!(demo::is_there(&config).await, Ok(true)) {
        demo::keep_mail(&mut config);
    }
    let app = App::new(system, config);
    let mut findings = database::examine(system, &app).await;
    findings.extend(outside::examine(&app).await);
    findings
}

/// What is missing, one line each, for the start of a server.
pub async fn in_short(system: &'static System, config: &Config) -> Vec<String> {
    let findings = examine(system, config).await;
    let missing = findings.iter().filter(|finding| finding.state != State::Fine);
    missing.map(|finding| format!("{:<14} {}", finding.part, finding.sentence)).collect()
}

fn print(system: &System, findings: &[Finding]) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{}", system.title)?;
    for Finding { part, state, sentence } in findings {
        let state = match state {
            State::Fine => "ok",
            State::Optional => "optional",
            State::Missing => "MISSING",
        };
        writeln!(out, "  {state:<9} {part:<16} {sentence}")?;
    }
    writeln!(out)
}
