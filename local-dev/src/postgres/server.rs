//! Making a cluster with `initdb`, and starting and stopping its server.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::account::Account;
use super::binaries::Binaries;
use super::layout::Layout;
use super::postmaster::Postmaster;
use super::{Options, Purpose, SUPERUSER};

/// How often the state of the server is looked at.
const LOOK: Duration = Duration::from_millis(4);
/// Recovery after a crash may take a while.
const START_LIMIT: Duration = Duration::from_secs(60);
/// After this the server is stopped without waiting for its last checkpoint.
const STOP_LIMIT: Duration = Duration::from_secs(20);
/// A log larger than this is begun anew at the next start.
const LOG_LIMIT_BYTES: u64 = 4 << 20;
/// Port in the name of the socket when none is asked for.
const SOCKET_PORT: u16 = 5432;
/// Test binaries follow each other closely; between them the server stays.
const TESTS_LINGER_SECONDS: &str = "5";

/// Everything needed to start the server of one cluster.
pub(super) struct Server<'a> {
    pub(super) layout: &'a Layout,
    pub(super) account: Account,
    pub(super) binaries: Binaries,
}

impl Server<'_> {
    /// Makes the cluster beside its place and moves it there when complete, so that a killed `initdb` leaves no half of
    /// one. Connections over the socket are trusted, those over TCP need the password.
    pub(super) fn initialise(&self, purpose: Purpose) -> io::Result<()> {
        let partial = self.layout.home.join("cluster.partial");
        let password = self.layout.password();
        let text = format!("{:032x}\n", rand::random::<u128>());
        write_private(&password, text.as_bytes())?;
        self.account.give(&password)?;
        // Systems without the locale C.UTF-8 (older macOS) sort the same way with C.
        let mut failure = String::new();
        for locale in ["C.UTF-8", "C"] {
            if partial.exists() {
                fs::remove_dir_all(&partial)?;
            }
            let output = self.initdb(&partial, &password, locale, purpose).output()?;
            if output.status.success() {
                return fs::rename(&partial, &self.layout.cluster);
            }
            failure = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        }
        Err(io::Error::other(format!("initdb failed: {failure}")))
    }

    fn initdb(&self, partial: &Path, password: &Path, locale: &str, purpose: Purpose) -> Command {
        let mut command = self.account.command(self.binaries.program("initdb"));
        command.arg("-D").arg(partial).arg("--pwfile").arg(password);
        command.args([
            "--username",
            SUPERUSER,
            "--encoding=UTF8",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
        ]);
        command.args(["--locale", locale, "--data-checksums", "--no-instructions"]);
        if purpose == Purpose::Tests {
            command.arg("--no-sync");
        }
        command
    }

    /// Starts the server and waits until it accepts connections.
    pub(super) async fn start(&self, options: &Options) -> io::Result<Started> {
        let deadline = Instant::now() + START_LIMIT;
        loop {
            let mut child = self.spawn(options)?;
            let mut watchdog = self.watch(child.id(), options.purpose)?;
            let error = match self.wait_until_ready(&mut child, deadline).await {
                Ok(postmaster) => return Ok(Started { postmaster, server: child, watchdog }),
                Err(error) => error,
            };
            reap(&mut child)?;
            reap(&mut watchdog)?;
            // After a kill of the postmaster alone its helpers need a moment to notice and go.
            if !error.to_string().contains("still in use") || Instant::now() > deadline {
                return Err(error);
            }
            sleep(LOOK * 10).await;
        }
    }

    fn spawn(&self, options: &Options) -> io::Result<Child> {
        let path = self.layout.log();
        let is_large = fs::metadata(&path).is_ok_and(|log| log.len() > LOG_LIMIT_BYTES);
        if is_large {
            fs::remove_file(&path)?;
        }
        let log = OpenOptions::new().create(true).append(true).mode(0o600).open(&path)?;
        let mut command = self.account.command(self.binaries.program("postgres"));
        command.arg("-D").arg(&self.layout.cluster).arg("-k").arg(&self.layout.socket_directory);
        command.arg("-p").arg(options.port.unwrap_or(SOCKET_PORT).to_string());
        let address = if options.port.is_some() { "127.0.0.1" } else { "" };
        command.arg("-c").arg(format!("listen_addresses={address}"));
        for setting in settings(options.purpose) {
            command.arg("-c").arg(setting);
        }
        if cfg!(target_os = "linux") && self.layout.major() >= Some(14) {
            // After a crash: one call for the file system instead of one for each of some thousand files.
            command.args(["-c", "recovery_init_sync_method=syncfs"]);
        }
        command.stdout(log.try_clone()?).stderr(log).spawn()
    }

    /// A small shell script of its own, because nothing in this process survives a kill. It needs the program `flock`;
    /// without it a server left behind by a kill runs on until the next start takes it over.
    fn watch(&self, server: u32, purpose: Purpose) -> io::Result<Child> {
        let script = self.layout.home.join("watchdog.sh");
        fs::write(&script, include_str!("watchdog.sh"))?;
        self.account.give(&script)?;
        let linger = if purpose == Purpose::Tests { TESTS_LINGER_SECONDS } else { "0" };
        let mut command = self.account.command("sh");
        command.arg(script).arg(self.layout.start_lock()).arg(self.layout.users_lock());
        command.arg(self.layout.cluster.join("postmaster.pid")).arg(server.to_string()).arg(linger);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()
    }

    async fn wait_until_ready(&self, child: &mut Child, deadline: Instant) -> io::Result<Postmaster> {
        loop {
            if let Some(status) = child.try_wait()? {
                let reason = self.last_words();
                return Err(io::Error::other(format!(
                    "the database server did not start ({status}): {reason}"
                )));
            }
            match Postmaster::read(&self.layout.cluster) {
                Some(postmaster) if postmaster.is_ready && postmaster.pid == child.id() => {
                    return Ok(postmaster);
                }
                _ if Instant::now() > deadline => {
                    let reason = self.last_words();
                    return Err(io::Error::other(format!(
                        "the database server is not ready in time: {reason}"
                    )));
                }
                _ => sleep(LOOK).await,
            }
        }
    }

    /// The end of the server's log: the reason of a failed start.
    fn last_words(&self) -> String {
        let log = fs::read(self.layout.log()).unwrap_or_default();
        let text = String::from_utf8_lossy(&log).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(6)..].join("; ")
    }
}

/// A server this process has started.
pub(super) struct Started {
    pub(super) postmaster: Postmaster,
    pub(super) server: Child,
    pub(super) watchdog: Child,
}

/// Stops a server in order, whoever started it; the caller holds the start lock.
pub(super) async fn stop(postmaster: &Postmaster) -> io::Result<()> {
    let deadline = Instant::now() + STOP_LIMIT;
    postmaster.signal("INT")?;
    let mut is_urgent = false;
    while !postmaster.is_gone() && postmaster.is_alive() {
        if Instant::now() > deadline && !is_urgent {
            tracing::warn!(process = postmaster.pid, "the database server does not stop, ending it at once");
            postmaster.signal("QUIT")?;
            is_urgent = true;
        }
        sleep(LOOK).await;
    }
    Ok(())
}

/// Ends a child of ours, unless it has ended already, and lets the system forget it.
pub(super) fn reap(child: &mut Child) -> io::Result<()> {
    child.kill()?;
    child.wait().map(|_| ())
}

/// Settings of both purposes, then those of one. Tests give up durability, which nobody misses there.
fn settings(purpose: Purpose) -> Vec<&'static str> {
    let mut settings =
        vec!["unix_socket_permissions=0700", "jit=off", "wal_level=minimal", "max_wal_senders=0"];
    settings.extend_from_slice(match purpose {
        Purpose::Keep => &["log_min_duration_statement=1000"],
        Purpose::Tests => &[
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "autovacuum=off",
            "max_connections=300",
            "shared_buffers=48MB",
            "max_wal_size=512MB",
        ],
    });
    settings
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    io::Write::write_all(&mut file, bytes)
}
