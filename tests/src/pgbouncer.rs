//! A transaction pooler in front of the database of one test.

use std::{net::TcpListener, os::unix::fs::MetadataExt, process::Stdio};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use tokio_postgres::config::Host;
use url::Url;

/// A PgBouncer that gives every transaction whichever of its few connections is free. It ends with this value.
pub struct Pooler {
    url: String,
    _settings: TempDir,
    _child: Child,
}

impl Pooler {
    /// Starts one in front of a database of the test cluster, and returns when it takes connections.
    pub async fn start(database_url: &str) -> Self {
        let target: tokio_postgres::Config =
            database_url.parse().expect("the address of the test's database");
        let Some(Host::Unix(socket)) = target.get_hosts().first() else { panic!("the cluster has a socket") };
        let (user, name) = (target.get_user().expect("a user"), target.get_dbname().expect("a database"));
        let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
        let port = free.expect("a free port").port();
        let settings = tempfile::tempdir().expect("a directory");
        let file = settings.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n{name} = host={} port={} user={user} dbname={name}\n\
             [pgbouncer]\npool_mode = transaction\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\ndefault_pool_size = 4\nmax_client_conn = 200\nserver_round_robin = 1\n",
            socket.display(),
            target.get_ports().first().expect("a port"),
        );
        std::fs::write(&file, text).expect("a file");
        let mut command = Command::new("pgbouncer");
        // It refuses to run as root, and only the owner of the socket may connect.
        let owner = std::fs::metadata(socket).expect("the socket's directory").uid();
        if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) && owner != 0 {
            let names = Command::new("id").args(["-nu", &owner.to_string()]).output().await.expect("id runs");
            command.arg("-u").arg(String::from_utf8_lossy(&names.stdout).trim());
        }
        let child = command.arg(&file).stdin(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true).spawn();
        let mut child = child.expect("pgbouncer is installed (Debian: apt-get install pgbouncer)");
        let mut lines = BufReader::new(child.stderr.take().expect("its log")).lines();
        loop {
            let line = lines.next_line().await.expect("its log is text").expect("pgbouncer runs");
            if line.contains("process up") {
                break;
            }
        }
        // Whatever it says later must find a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let mut url = Url::parse("postgres://127.0.0.1").expect("an address");
        assert!(url.set_username(user).is_ok() && url.set_port(Some(port)).is_ok());
        url.set_path(name);
        Self { url: url.into(), _settings: settings, _child: child }
    }

    /// The address to use instead of the database's.
    pub fn url(&self) -> &str {
        &self.url
    }
}
