//! A MariaDB server of one test, with an empty database.

use std::{io::Write, net::TcpListener, process::Stdio, time::Duration};

use tempfile::TempDir;
use tokio::process::{Child, Command};

/// A `mariadbd` on a port of its own that lets everybody in. It ends with this value.
pub struct MariadbServer {
    port: u16,
    folder: TempDir,
    _child: Child,
}

impl MariadbServer {
    /// Starts one, and returns when it takes connections.
    pub async fn start() -> Self {
        let port = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let port = port.expect("a free port").port();
        let folder = tempfile::tempdir().expect("a directory");
        let data = format!("--datadir={}", folder.path().join("data").display());
        let made = Command::new("mariadb-install-db")
            .args([
                "--no-defaults",
                &data,
                "--user=root",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await
            .expect("mariadb is installed (Debian: apt-get install mariadb-server)");
        assert!(made.success(), "mariadb-install-db makes a data directory");
        let child = Command::new("mariadbd")
            .args(["--no-defaults", &data, "--user=root", "--skip-grant-tables", "--bind-address=127.0.0.1"])
            .arg(format!("--port={port}"))
            .arg(format!("--socket={}", folder.path().join("socket").display()))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let server = Self { port, folder, _child: child.expect("mariadbd starts") };
        for _ in 0..300 {
            if server.run("CREATE DATABASE IF NOT EXISTS legacy CHARACTER SET utf8mb4").await {
                return server;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("mariadbd takes no connections");
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        format!("mysql://root@127.0.0.1:{}/legacy", self.port)
    }

    /// Runs the statements of a file in its database.
    pub async fn load(&self, statements: &str) {
        assert!(self.run(&format!("USE legacy;\n{statements}")).await, "the statements run");
    }

    async fn run(&self, statements: &str) -> bool {
        let mut file = tempfile::NamedTempFile::new_in(self.folder.path()).expect("a file");
        file.write_all(statements.as_bytes()).expect("it is written");
        let script = std::fs::File::open(file.path()).expect("it is read");
        let status = Command::new("mariadb")
            .args([
                "--no-defaults",
                "--protocol=tcp",
                "--host=127.0.0.1",
                "--user=root",
                "--default-character-set=utf8mb4",
            ])
            .arg(format!("--port={}", self.port))
            .stdin(script)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .await;
        status.expect("the client of mariadb runs").success()
    }
}
