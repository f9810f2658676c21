//! The parts a system runs on: those that are configured, and embedded ones for the rest.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use shared::{
    config::{Config, MemoryConfig},
    system::System,
};

use crate::{
    BoxError,
    files::EmbeddedFiles,
    postgres::{Cluster, Options, Purpose},
    systems::variable,
};

/// What to do about a production without a database.
pub const NO_DATABASE: &str =
    "no database is configured: set DATABASE_URL (in production no embedded one is started)";

/// The embedded parts of this process, started when the first system needs them.
pub struct Parts {
    data: PathBuf,
    cluster: Option<Cluster>,
    files: Vec<(PathBuf, EmbeddedFiles)>,
    memory: Option<MemoryConfig>,
}

impl Parts {
    /// Reads `MUSTER_DATA`: the directory of the embedded parts (default `.muster` in the working directory).
    pub fn from_env() -> Result<Self, BoxError> {
        let data = std::env::var_os("MUSTER_DATA").filter(|value| !value.is_empty());
        let data = data.map_or_else(|| PathBuf::from(".muster"), PathBuf::from);
        Ok(Self { data: std::path::absolute(data)?, cluster: None, files: Vec::new(), memory: None })
    }

    /// Where the embedded parts keep their data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Whether the database is an embedded one.
    pub fn has_database(&self) -> bool {
        self.cluster.is_some()
    }

    /// The configuration of a system, with an embedded part in place of each that is not configured. In production nothing
    /// stands in for the database, and a folder for the file store only if `FILES_DIR` names it.
    pub async fn config_for(&mut self, system: &System) -> Result<Config, BoxError> {
        let mut config = Config::for_system_or_laptop(system).map_err(|error| error.to_string())?;
        // One process has one memory, however many systems it serves.
        config.memory = self.memory.get_or_insert(config.memory).clone();
        if config.database.url.is_none() {
            config.production = is_said_to_be_production(system);
            if config.production {
                return Err(NO_DATABASE.into());
            }
            config.database.url = Some(self.database(system.name).await?.into());
        }
        if config.files.bucket.is_empty() {
            let folder = match &config.files.folder {
                Some(folder) => Some(std::path::absolute(folder)?),
                None => (!config.production).then(|| self.data.join("files")),
            };
            if let Some(folder) = folder {
                self.files(&mut config, folder).await?;
            }
        }
        Ok(config)
    }

    /// Stops what was started.
    pub async fn stop(self) -> io::Result<()> {
        match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }

    async fn database(&mut self, name: &str) -> io::Result<String> {
        if self.cluster.is_none() {
            let options =
                Options { data_dir: self.data.join("postgres"), port: None, purpose: Purpose::Keep };
            self.cluster = Some(Cluster::start(options, &progress).await?);
        }
        let cluster = self.cluster.as_ref().ok_or_else(|| io::Error::other("the cluster did not start"))?;
        cluster.create_database(name).await?;
        Ok(cluster.url(name))
    }

    async fn files(&mut self, config: &mut Config, folder: PathBuf) -> Result<(), BoxError> {
        let known = self.files.iter().position(|(known, _)| *known == folder);
        let place = match known {
            Some(place) => place,
            None => {
                let started = EmbeddedFiles::start(&folder).await;
                let started = started.map_err(|error| {
                    format!("the folder for files {} cannot be used: {error}", folder.display())
                })?;
                self.files.push((folder, started));
                self.files.len() - 1
            }
        };
        let files = &self.files[place].1;
        config.files.bucket.clone_from(&files.bucket);
        config.files.aws.endpoint = Some(files.endpoint.clone());
        config.files.aws.region = Some("local".to_owned());
        config.files.aws.keys = Some((files.access_key.clone(), files.secret_key.clone().into()));
        Ok(())
    }
}

/// Tells the person at the terminal what takes long. A closed terminal must not stop the start.
pub fn progress(step: &str) {
    if writeln!(io::stdout(), "  {step} ...").is_err() {
        tracing::debug!(step, "progress");
    }
}

/// An embedded database means a laptop, unless somebody says otherwise.
fn is_said_to_be_production(system: &System) -> bool {
    let said = |name: &str| variable(&system.variable(name)).or_else(|| variable(name));
    ["MUSTER_ENV", "NODE_ENV"].into_iter().find_map(said).is_some_and(|value| value == "production")
}
