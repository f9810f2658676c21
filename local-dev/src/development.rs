//! `muster parts`: what the functions need that `cargo lambda watch` runs: a database, a file store, workers and the outbox.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Args;
use secrecy::ExposeSecret;
use shared::{App, config::Config, jobs, system::System};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use url::Url;

use crate::{
    BoxError, database, demo, outbox,
    parts::Parts,
    serve,
    systems::{self, Registered, variable},
};

/// How often a worker looks for jobs: functions have no queue to tell it of them.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// For whom to start the parts.
#[derive(Args, Clone, Debug)]
pub struct PartsOptions {
    /// Only this system; may be repeated [default: MUSTER_SYSTEMS, or all].
    #[arg(long)]
    system: Vec<String>,
    /// Where the functions answer, for links in mails.
    #[arg(long, default_value = "http://localhost:9000")]
    functions: Url,
    /// The file to write for `--env-file` [default: parts.env in the data directory].
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

/// A system whose parts run.
struct Ready {
    system: &'static System,
    config: Config,
    listener: TcpListener,
    notes: Vec<String>,
}

/// Starts the parts, writes how to reach them, and works until Ctrl-C or SIGTERM.
pub async fn run(systems: &'static [Registered], options: PartsOptions) -> Result<(), BoxError> {
    let mut parts = Parts::from_env()?;
    let file = options.env_file.clone().unwrap_or_else(|| parts.data().join("parts.env"));
    let outcome = start(systems, &options, &file, &mut parts).await;
    // What it says is true only while the parts run, and its keys are secrets.
    let removed = if file.exists() { std::fs::remove_file(&file) } else { Ok(()) };
    parts.stop().await?;
    outcome?;
    Ok(removed?)
}

async fn start(
    systems: &'static [Registered],
    options: &PartsOptions,
    file: &Path,
    parts: &mut Parts,
) -> Result<(), BoxError> {
    let stop = serve::stop_signal()?;
    let mut ready = Vec::new();
    for registered in systems::choose(systems, &options.system, &variable).await? {
        ready.push(prepare(registered, parts).await?);
    }
    let text = environment(ready.iter().map(|ready| (ready.system, &ready.config)), &options.functions);
    write_private(file, &text)?;
    shared::telemetry::start(false);
    let mut running = JoinSet::new();
    for Ready { system, config, listener, notes } in ready {
        announce(system, &listener, &notes)?;
        let app = App::new(system, config);
        running.spawn(jobs::work(system, app.clone(), stop.clone()));
        running.spawn(look_for_jobs(system, app.clone(), stop.clone()));
        let outbox = outbox::routes(app);
        let stop = stop.clone();
        running.spawn(async move {
            if let Err(error) = serve::answer_until(listener, outbox, stop).await {
                tracing::error!(%error, "the outbox stopped");
            }
        });
    }
    writeln!(io::stdout(), "The parts are ready: cargo lambda watch --env-file {}", file.display())?;
    while let Some(ended) = running.join_next().await {
        ended?;
    }
    Ok(())
}

async fn prepare((system, port): Registered, parts: &mut Parts) -> Result<Ready, BoxError> {
    let listener = serve::listen(system, None, port).await?;
    let mut config = parts.config_for(system).await?;
    if config.production {
        return Err("muster parts is for development: set MUSTER_ENV=development".into());
    }
    database::prepare(&config, system, false, parts.has_database()).await?;
    let notes = demo::fill(&config, system, parts.data()).await?;
    if demo::is_there(&config).await? {
        demo::keep_mail(&mut config);
    }
    Ok(Ready { system, config, listener, notes })
}

async fn look_for_jobs(system: &'static System, app: App, stop: watch::Receiver<bool>) {
    if app.config.queue.jobs_at_once == 0 {
        return;
    }
    while !*stop.borrow() {
        if let Err(error) = jobs::run_due(&app, system.jobs).await {
            tracing::warn!(%error, "jobs could not be looked for");
        }
        // Either way the next look at `stop` tells.
        let _elapsed = tokio::time::timeout(LOOK_EVERY, serve::stopped(stop.clone())).await;
    }
}

fn announce(system: &System, listener: &TcpListener, notes: &[String]) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(
        out,
        "{}\n  Mail           http://localhost:{}/_dev/outbox",
        system.title,
        listener.local_addr()?.port()
    )?;
    notes.iter().try_for_each(|note| writeln!(out, "  {note}"))
}

/// The variables of the functions: files are in one place, each system has a database of its own.
fn environment<'a>(systems: impl Iterator<Item = (&'static System, &'a Config)>, functions: &Url) -> String {
    let mut lines = vec!["MUSTER_ENV=development".to_owned()];
    for (system, config) in systems {
        let mut say = |name: &str, value: &str| lines.push(format!("{}={value}", system.variable(name)));
        if let Some(url) = &config.database.url {
            say("DATABASE_URL", url.expose_secret());
        }
        say("PUBLIC_URL", functions.as_str());
        say("FILES_BUCKET", &config.files.bucket);
        say("FILES_ENDPOINT", config.files.aws.endpoint.as_deref().unwrap_or_default());
        say("FILES_REGION", config.files.aws.region.as_deref().unwrap_or_default());
        if let Some((key, secret)) = &config.files.aws.keys {
            say("FILES_ACCESS_KEY", key);
            say("FILES_SECRET_KEY", secret.expose_secret());
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Only its owner may read it.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Permissions are those of a new file only.
    if file.exists() {
        std::fs::remove_file(file)?;
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(file)?;
    file.write_all(text.as_bytes())
}
