//! The parts a system runs on: those that are configured, and embedded ones for the rest.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use shared::{config::Config, system::System};

use crate::{
    BoxError,
    files::EmbeddedFiles,
    postgres::{Cluster, Options, Purpose},
};

/// The embedded parts of this process, started when the first system needs them.
pub struct Parts {
    data: PathBuf,
    cluster: Option<Cluster>,
    files: Option<EmbeddedFiles>,
}

impl Parts {
    /// Reads `MUSTER_DATA`: the directory of the embedded parts (default `.muster` in the working directory).
    pub fn from_env() -> Result<Self, BoxError> {
        let data = std::env::var_os("MUSTER_DATA").filter(|value| !value.is_empty());
        let data = data.map_or_else(|| PathBuf::from(".muster"), PathBuf::from);
        Ok(Self { data: std::path::absolute(data)?, cluster: None, files: None })
    }

    /// Where the embedded parts keep their data.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Whether the database is an embedded one.
    pub fn has_database(&self) -> bool {
        self.cluster.is_some()
    }

    /// The configuration of a system, with an embedded part in place of each that is not configured.
    pub async fn config_for(&mut self, system: &System) -> Result<Config, BoxError> {
        let mut config = Config::from_env().map_err(|error| error.to_string())?;
        config.system = Some(system.name);
        if config.database.url.is_none() {
            config.database.url = Some(self.database(system.name).await?.into());
            config.production = explicitly_production();
        }
        if config.files.bucket.is_empty() {
            let files = self.files().await?;
            config.files.bucket.clone_from(&files.bucket);
            config.files.aws.endpoint = Some(files.endpoint.clone());
            config.files.aws.region = Some("local".to_owned());
            config.files.aws.keys = Some((files.access_key.clone(), files.secret_key.clone().into()));
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

    async fn files(&mut self) -> io::Result<&EmbeddedFiles> {
        if self.files.is_none() {
            self.files = Some(EmbeddedFiles::start(&self.data.join("files")).await?);
        }
        self.files.as_ref().ok_or_else(|| io::Error::other("the file storage did not start"))
    }
}

/// Tells the person at the terminal what takes long. A closed terminal must not stop the start.
pub fn progress(step: &str) {
    if writeln!(io::stdout(), "  {step} ...").is_err() {
        tracing::debug!(step, "progress");
    }
}

/// An embedded database means a laptop, unless somebody says otherwise.
#[expect(
    clippy::disallowed_methods,
    reason = "whether the variable is set at all, which the configuration does not tell"
)]
fn explicitly_production() -> bool {
    ["MUSTER_ENV", "NODE_ENV"].iter().any(|name| std::env::var(name).is_ok_and(|value| value == "production"))
}
