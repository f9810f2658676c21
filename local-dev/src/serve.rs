//! `muster serve`: one process, one port per system.

use std::{
    io::{self, Write},
    path::PathBuf,
    time::{Duration, Instant},
};

use axum::Router;
use clap::Args;
use shared::{App, http::service_with_pages, jobs, system::System};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    BoxError,
    connections::{self, Limits},
    database, demo, doctor, frontend, imitations, outbox,
    parts::Parts,
    systems::{self, Registered, variable},
    welcome::{self, Neighbor, Neighbors},
};

/// What to serve, and where.
#[derive(Args, Clone, Debug, Default)]
pub struct ServeOptions {
    /// Only this system; may be repeated [default: MUSTER_SYSTEMS, or all].
    #[arg(long)]
    system: Vec<String>,
    /// The port, when only one system is served [default: PORT, or that of the system].
    #[arg(long)]
    port: Option<u16>,
    /// A built single-page app to serve beside the API.
    #[arg(long, value_name = "DIR")]
    frontend: Option<PathBuf>,
    /// Migrate a configured database first (an embedded one always is).
    #[arg(long)]
    migrate: bool,
}

/// How long the server takes to stop at most: hosts kill one that takes half a minute.
const STOPPED_WITHIN: Duration = Duration::from_secs(24);

/// How long a job may go on after the last request when the server stops.
const JOBS_END_WITHIN: Duration = Duration::from_secs(8);

/// A system that is ready to answer.
struct Served {
    system: &'static System,
    app: App,
    listener: TcpListener,
    /// Those of the demo data, one line each.
    accounts: Vec<String>,
    notes: Vec<String>,
}

/// Serves until Ctrl-C or SIGTERM, then leaves no process behind.
pub async fn serve(systems: &'static [Registered], options: ServeOptions) -> Result<(), BoxError> {
    let mut parts = Parts::from_env()?;
    let outcome = run(systems, &options, &mut parts).await;
    parts.stop().await?;
    outcome
}

/// Does jobs and answers nobody, until Ctrl-C or SIGTERM; with `once` only until nothing is due.
pub async fn work_only((system, _): Registered, once: bool) -> Result<(), BoxError> {
    let mut parts = Parts::from_env()?;
    let outcome = async {
        let stop = stop_signal()?;
        let mut config = parts.config_for(system).await?;
        database::prepare(&config, system, false, parts.has_database()).await?;
        if !config.production && demo::is_there(&config).await? {
            demo::keep_mail(&mut config);
        }
        shared::telemetry::start(config.production);
        config.warn();
        let app = App::new(system, config);
        if once {
            jobs::plan(&app, system.jobs).await?;
            let tally = jobs::run_due(&app, system.jobs).await?;
            writeln!(
                io::stdout(),
                "done {}, postponed {}, failed {}",
                tally.done,
                tally.postponed,
                tally.failed
            )?;
        } else {
            jobs::work(system, app, stop).await;
        }
        Ok(())
    };
    let outcome = outcome.await;
    parts.stop().await?;
    outcome
}

async fn run(
    systems: &'static [Registered],
    options: &ServeOptions,
    parts: &mut Parts,
) -> Result<(), BoxError> {
    let systems = systems::choose(systems, &options.system, &variable).await?;
    if systems.len() > 1 && options.port.is_some() {
        return Err("--port is for one system: choose it with --system".into());
    }
    let stop = stop_signal()?;
    let mut servers = tokio::task::JoinSet::new();
    let neighbors = Neighbors::default();
    for system in systems {
        let prepared = prepare(options, parts, system);
        let served = tokio::select! {
            served = prepared => served?,
            () = stopped(stop.clone()) => return Ok(()),
        };
        shared::telemetry::start(served.app.config.production);
        announce(&served)?;
        neighbors.add(Neighbor { title: served.system.title, home: home(&served)? });
        let pages = match options.frontend.clone() {
            Some(directory) => frontend::frontend(directory),
            None => welcome::pages(served.system, &served.app, served.accounts.clone(), neighbors.clone()),
        };
        servers.spawn(answer(served, pages, stop.clone()));
    }
    while let Some(ended) = servers.join_next().await {
        ended??;
    }
    Ok(())
}

/// Takes the port that was asked for, else that of `SCHOOL_PORT` or `PORT`, else that of the system.
pub(crate) async fn listen(
    system: &System,
    asked: Option<u16>,
    default: u16,
) -> Result<TcpListener, BoxError> {
    let name = system.variable("PORT");
    let port = match (asked, variable(&name).or_else(|| variable("PORT"))) {
        (Some(port), _) => port,
        (None, Some(text)) => {
            text.trim().parse().map_err(|_| format!("PORT or {name} must be a port, such as 5000"))?
        }
        (None, None) => default,
    };
    let listener = TcpListener::bind(("0.0.0.0", port)).await;
    Ok(listener.map_err(|error| format!("port {port} cannot be used: {error}"))?)
}

/// Serves pages that need no shutdown of their own.
pub(crate) async fn answer_until(
    listener: TcpListener,
    router: Router,
    stop: watch::Receiver<bool>,
) -> io::Result<()> {
    connections::serve(listener, router, stop, Limits::default()).await
}

async fn prepare(
    options: &ServeOptions,
    parts: &mut Parts,
    (system, default): Registered,
) -> Result<Served, BoxError> {
    let listener = listen(system, options.port, default).await?;
    let port = listener.local_addr()?.port();
    let mut out = io::stdout();
    writeln!(out, "Starting {}", system.title)?;
    let mut config = parts.config_for(system).await?;
    let embedded = parts.has_database();
    if config.public_url.is_none() && !config.production {
        config.public_url = Some(url::Url::parse(&format!("http://localhost:{port}"))?);
    }
    database::prepare(&config, system, options.migrate, embedded).await?;
    let accounts = demo::fill(&config, system, parts.data()).await?;
    let mut notes = accounts.clone();
    if !config.production && config.mail.leaves() && demo::is_there(&config).await? {
        demo::keep_mail(&mut config);
        notes.push("Mail stays in the outbox: this database holds demo data".to_owned());
    }
    if config.production {
        notes.extend(doctor::in_short(system, &config).await);
    }
    Ok(Served { system, app: App::new(system, config), listener, accounts, notes })
}

/// Says what is served where.
fn announce(served: &Served) -> io::Result<()> {
    let mut out = io::stdout();
    let home = home(served)?;
    writeln!(out, "\n{} is ready.\n  Start page     {home}/", served.system.title)?;
    writeln!(out, "  Documentation  {home}/api/docs/")?;
    if outbox::is_shown(&served.app) {
        writeln!(out, "  Mail           {home}/_dev/outbox")?;
    }
    for name in imitations::names(&served.app) {
        writeln!(out, "  Imitation      {home}/_dev/{name}")?;
    }
    for note in &served.notes {
        writeln!(out, "  {note}")?;
    }
    served.app.config.warn();
    writeln!(out)
}

/// Its address on this machine.
fn home(served: &Served) -> io::Result<String> {
    Ok(format!("http://localhost:{}", served.listener.local_addr()?.port()))
}

async fn answer(served: Served, pages: Router, stop: watch::Receiver<bool>) -> Result<(), BoxError> {
    let pages =
        outbox::routes(served.app.clone()).merge(imitations::routes(&served.app)).fallback_service(pages);
    let router: Router =
        Router::new().fallback_service(service_with_pages(served.system, served.app.clone(), pages));
    let limits = Limits::from_env(served.app.config.trusted_hops)?;
    let mut worker = tokio::spawn(work(served.system, served.app.clone(), stop.clone()));
    let hub = served.app.hub.clone();
    follow_events(served.system, &served.app).await;
    let stopping = stop.clone();
    let begins_to_stop = tokio::spawn(async move {
        stopped(stopping).await;
        // Open event streams would keep the server waiting.
        hub.stop();
        Instant::now()
    });
    let outcome = connections::serve(served.listener, router, stop.clone(), limits).await;
    // Jobs that have begun may end. One that does not is begun again by another process, once its lease is over.
    let left = STOPPED_WITHIN.saturating_sub(begins_to_stop.await?.elapsed()).min(JOBS_END_WITHIN);
    match tokio::time::timeout(left, &mut worker).await {
        Ok(ended) => ended?,
        Err(_) => {
            tracing::warn!("a job is cut off, it will be done again");
            worker.abort();
        }
    }
    if let Err(error) = served.app.hub.flush(&served.app).await {
        tracing::warn!(%error, "the places of event streams could not be kept");
    }
    Ok(outcome?)
}

/// Does jobs, unless other processes are to.
async fn work(system: &'static System, app: App, stop: watch::Receiver<bool>) {
    if app.config.queue.jobs_at_once > 0 {
        jobs::work(system, app, stop).await;
    }
}

/// Begins to broadcast events. Should that fail, the first listener tries again.
async fn follow_events(system: &System, app: &App) {
    let Some(source) = system.events else { return };
    if let Err(error) = app.hub.start(app, source).await {
        tracing::warn!(%error, "events are not broadcast yet");
    }
}

/// Turns true at Ctrl-C or SIGTERM. The handlers are in place when this returns.
pub(crate) fn stop_signal() -> io::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let (told, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        told.send_replace(true);
    });
    Ok(stop)
}

pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, which also means the end.
    drop(stop.wait_for(|stop| *stop).await);
}
