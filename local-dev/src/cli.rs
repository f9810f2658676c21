//! The commands of `muster`.

use std::{
    io::{self, Write},
    path::PathBuf,
};

use clap::{Parser, Subcommand};

use crate::{
    BoxError,
    admin::{self, AdminOptions},
    bench, database,
    development::{self, PartsOptions},
    doctor::{self, DoctorOptions},
    legacy::{self, Mode, Source},
    parts::Parts,
    serve::{self, ServeOptions},
    systems::{self, Registered},
    template,
};

/// The backends of five school systems, on one machine.
#[derive(Debug, Parser)]
#[command(name = "muster", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the systems (what `muster` alone does).
    Serve(ServeOptions),
    /// Do background jobs and answer nobody: beside servers with `JOBS_AT_ONCE=0`.
    Work {
        /// The system whose jobs they are, if there are several.
        #[arg(long)]
        system: Option<String>,
        /// Only what is due now.
        #[arg(long)]
        once: bool,
    },
    /// Bring the database to the present schema; adopts a legacy database in place.
    Migrate {
        /// The system whose database it is, if there are several.
        #[arg(long)]
        system: Option<String>,
    },
    /// Start what functions need that `cargo lambda watch` runs: database, file store, workers and outbox.
    Parts(PartsOptions),
    /// Look whether everything is there that production needs, and say what to do about what is missing.
    Doctor(DoctorOptions),
    /// Manage administrators.
    #[command(subcommand)]
    Admin(AdminCommand),
    /// What `muster admin create` is called elsewhere.
    #[command(hide = true, alias = "super-admin")]
    CreateAdmin(AdminOptions),
    /// Throw away the embedded database and files, and start over at the next start.
    Reset {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
    /// Work with the data of a legacy server.
    #[command(subcommand)]
    Legacy(LegacyCommand),
    /// Write the generated files: templates, the functions' programs, the router of `cargo lambda watch`, and the pages of all
    /// variables and jobs in `docs`.
    Template {
        /// The root of the repository.
        #[arg(long, default_value = ".")]
        root: PathBuf,
    },
    /// Measure endpoints beside a handler that does nothing but the query.
    Bench(bench::BenchOptions),
    /// The bare handler of `bench`.
    #[command(hide = true)]
    BenchBare {
        /// Where to listen, on the loopback address.
        #[arg(long)]
        port: u16,
    },
    /// One import of `bench --import`.
    #[command(hide = true)]
    BenchImport {
        /// The workbook.
        file: PathBuf,
        /// Only read it.
        #[arg(long)]
        alone: bool,
    },
    /// Write the description of each API to `functions/<system>/openapi.json`.
    Openapi {
        /// The root of the repository.
        #[arg(long, default_value = ".")]
        root: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Make the first administrator of an installation.
    Create(AdminOptions),
}

#[derive(Debug, Subcommand)]
enum LegacyCommand {
    /// Copy a legacy database into ours, all or nothing, and print the counts of each table.
    Import {
        /// The system that takes over, if there are several.
        #[arg(long)]
        system: Option<String>,
        /// `sqlite:FILE` or `postgres://...`.
        #[arg(long)]
        from: String,
        /// Delete what is in our tables first.
        #[arg(long)]
        replace: bool,
    },
    /// Copy the uploads of a legacy server into the file store; running it again copies what is new.
    Files {
        /// The system that takes over, if there are several.
        #[arg(long)]
        system: Option<String>,
        /// The legacy folder `server/uploads`.
        #[arg(long)]
        from: PathBuf,
    },
}

impl Cli {
    /// Does what was asked, with these systems.
    pub async fn run(self, systems: &'static [Registered]) -> Result<(), BoxError> {
        let one = async |asked: Option<String>| systems::one(systems, asked.as_deref()).await;
        match self.command.unwrap_or_else(|| Command::Serve(ServeOptions::default())) {
            Command::Serve(options) => serve::serve(systems, options).await,
            Command::Work { system, once } => serve::work_only(one(system).await?, once).await,
            Command::Migrate { system } => migrate(one(system).await?).await,
            Command::Parts(options) => development::run(systems, options).await,
            Command::Doctor(options) => doctor::run(systems, options).await,
            Command::Admin(AdminCommand::Create(options)) | Command::CreateAdmin(options) => {
                admin::create(systems, options).await
            }
            Command::Reset { yes } => reset(yes),
            Command::Legacy(LegacyCommand::Import { system, from, replace }) => {
                import(one(system).await?, &from, replace).await
            }
            Command::Legacy(LegacyCommand::Files { system, from }) => {
                import_files(one(system).await?, &from).await
            }
            Command::Template { root } => template(&root),
            Command::Bench(options) => bench::bench(options).await,
            Command::BenchBare { port } => bench::serve_bare(port).await,
            Command::BenchImport { file, alone } => bench::import_child(&file, alone).await,
            Command::Openapi { root } => openapi(systems, &root),
        }
    }
}

async fn migrate((system, _): Registered) -> Result<(), BoxError> {
    let mut parts = Parts::from_env()?;
    let config = parts.config_for(system).await?;
    let applied = shared::db::migrate::run(&config.database, system).await;
    parts.stop().await?;
    let mut out = io::stdout();
    for file in applied? {
        writeln!(out, "applied {file}")?;
    }
    writeln!(out, "The database of {} is up to date.", system.name)?;
    Ok(())
}

async fn import((system, _): Registered, from: &str, replace: bool) -> Result<(), BoxError> {
    let tables = system.legacy.ok_or_else(|| format!("{} replaces no legacy server", system.title))?;
    let mut parts = Parts::from_env()?;
    let config = parts.config_for(system).await?;
    let imported = async {
        shared::db::migrate::run(&config.database, system).await?;
        let mut client = shared::db::connect(&config.database).await?;
        let mode = if replace { Mode::Replace } else { Mode::IntoEmpty };
        Ok::<_, BoxError>(legacy::import(tables, &config.own, Source::parse(from)?, &mut client, mode).await?)
    };
    let report = imported.await;
    parts.stop().await?;
    writeln!(io::stdout(), "{}", report?)?;
    Ok(())
}

async fn import_files((system, _): Registered, from: &std::path::Path) -> Result<(), BoxError> {
    let mut parts = Parts::from_env()?;
    let app = shared::App::new(system, parts.config_for(system).await?);
    let report = legacy::import_files(&app, from).await;
    parts.stop().await?;
    write!(io::stdout(), "{}", report?)?;
    Ok(())
}

fn reset(yes: bool) -> Result<(), BoxError> {
    let parts = Parts::from_env()?;
    let mut out = io::stdout();
    if !yes {
        write!(out, "Delete everything in {}? Type yes: ", parts.data().display())?;
        out.flush()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        if answer.trim() != "yes" {
            return Err("nothing was deleted".into());
        }
    }
    database::remove_data(parts.data())?;
    writeln!(out, "The next start begins with an empty database.")?;
    Ok(())
}

fn template(root: &std::path::Path) -> Result<(), BoxError> {
    for file in template::write_all(root)? {
        writeln!(io::stdout(), "wrote {}", file.display())?;
    }
    Ok(())
}

fn openapi(systems: &[Registered], root: &std::path::Path) -> Result<(), BoxError> {
    for (system, _) in systems {
        let file = root.join("functions").join(system.name).join("openapi.json");
        let json = serde_json::to_string_pretty(&shared::http::openapi::document(system))?;
        std::fs::write(&file, json + "\n")?;
        writeln!(io::stdout(), "wrote {}", file.display())?;
    }
    Ok(())
}
