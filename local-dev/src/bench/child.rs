//! A server in a process of its own.

use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};

use serde_json::json;
use tokio::{
    net::{TcpListener, TcpStream},
    process::Command,
};

use super::{data::ADMIN, load, memory_kb};
use crate::BoxError;

/// A running server, with a token for it. It is killed when dropped.
pub struct Child {
    process: tokio::process::Child,
    pub address: SocketAddr,
    pub token: String,
}

impl Child {
    /// `muster serve` on the database, signed in as the admin.
    pub async fn server(database_url: &str) -> Result<Self, BoxError> {
        Self::server_of(&std::env::current_exe()?, database_url).await
    }

    /// The same of another build.
    pub async fn server_of(program: &Path, database_url: &str) -> Result<Self, BoxError> {
        let port = free_port().await?;
        let arguments = ["serve", "--system", "rotc", "--port", &port.to_string()];
        let mut child = Self::start(program, &arguments, database_url, port).await?;
        let (username, password) = ADMIN;
        let body = json!({ "username": username, "password": password }).to_string();
        let answer = load::post(child.address, "/api/auth/login", &body).await?;
        let token =
            serde_json::from_slice::<serde_json::Value>(&answer)?["token"].as_str().map(str::to_owned);
        child.token = token.ok_or("the bench could not sign in")?;
        Ok(child)
    }

    /// The bare handler on the same database.
    pub async fn bare(database_url: &str) -> Result<Self, BoxError> {
        let port = free_port().await?;
        Self::start(
            &std::env::current_exe()?,
            &["bench-bare", "--port", &port.to_string()],
            database_url,
            port,
        )
        .await
    }

    async fn start(
        program: &Path,
        arguments: &[&str],
        database_url: &str,
        port: u16,
    ) -> Result<Self, BoxError> {
        let process = Command::new(program)
            .args(arguments)
            .env("DATABASE_URL", database_url)
            .env("MUSTER_ENV", "production")
            .env("FILES_DIR", std::env::temp_dir().join("muster-bench-files"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        for _ in 0..200 {
            if TcpStream::connect(address).await.is_ok() {
                return Ok(Self { process, address, token: String::new() });
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Err(format!("{arguments:?} did not start").into())
    }

    /// Resident memory now.
    pub fn memory_mb(&self) -> Result<f64, BoxError> {
        self.memory("VmRSS")
    }

    /// The most memory that was ever resident.
    pub fn peak_mb(&self) -> Result<f64, BoxError> {
        self.memory("VmHWM")
    }

    fn memory(&self, figure: &str) -> Result<f64, BoxError> {
        let id = self.process.id().ok_or("the server has ended")?;
        let kilobytes = memory_kb(id, figure).ok_or("the system does not tell the memory of a process")?;
        Ok(kilobytes as f64 / 1024.0)
    }
}

async fn free_port() -> Result<u16, BoxError> {
    Ok(TcpListener::bind(("127.0.0.1", 0)).await?.local_addr()?.port())
}
