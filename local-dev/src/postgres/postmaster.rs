//! What `postmaster.pid` tells about a running server, and signals to it.

use std::fs;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The process named in `postmaster.pid`.
#[derive(Clone, Debug)]
pub(super) struct Postmaster {
    pid_file: PathBuf,
    pub(super) pid: u32,
    pub(super) port: u16,
    /// Ready for connections; otherwise still starting or already stopping.
    pub(super) is_ready: bool,
}

impl Postmaster {
    /// None when there is no such file, as after a clean stop.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        let pid_file = cluster.join("postmaster.pid");
        let text = fs::read_to_string(&pid_file).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        Some(Self {
            pid_file,
            pid: lines.first()?.parse().ok()?,
            port: lines.get(3).and_then(|port| port.parse().ok()).unwrap_or_default(),
            is_ready: lines.get(7) == Some(&"ready"),
        })
    }

    /// Whether the process lives and is a PostgreSQL server: after a crash of the machine the number may belong to any
    /// other program. A zombie counts as dead.
    pub(super) fn is_alive(&self) -> bool {
        if Path::new("/proc/self").exists() {
            let command = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
            return String::from_utf8_lossy(&command).contains("postgres");
        }
        let output = Command::new("ps").args(["-o", "comm=", "-p", &self.pid.to_string()]).output();
        output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).contains("postgres"))
    }

    /// Whether the file no longer names this process; the server removes it as its last act.
    pub(super) fn is_gone(&self) -> bool {
        fs::read_to_string(&self.pid_file).map_or(true, |text| {
            text.lines().next().and_then(|line| line.trim().parse().ok()) != Some(self.pid)
        })
    }

    /// Removes the file of a dead server, which PostgreSQL would take for a live one if the number is in use again.
    pub(super) fn forget(&self) -> io::Result<()> {
        fs::remove_file(&self.pid_file)
    }

    /// `INT` stops at once but in order; `QUIT` leaves the rest to recovery at the next start.
    pub(super) fn signal(&self, name: &str) -> io::Result<()> {
        let status = Command::new("sh")
            .args(["-c", "kill -\"$1\" \"$2\" 2>/dev/null", "sh", name, &self.pid.to_string()])
            // A second Ctrl-C must not end the messenger.
            .process_group(0)
            .status()?;
        if status.success() || !self.is_alive() {
            return Ok(());
        }
        Err(io::Error::other(format!("the database server (process {}) belongs to another user", self.pid)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_of_another_program_is_not_a_live_server() {
        let cluster = std::env::temp_dir().join(format!("muster-pid-{}", std::process::id()));
        fs::create_dir_all(&cluster).unwrap();
        assert!(Postmaster::read(&cluster).is_none());
        let text =
            format!("{}\n/data\n1700000000\n5432\n/tmp/socket\n\n  1 2\nready   \n", std::process::id());
        fs::write(cluster.join("postmaster.pid"), text).unwrap();
        let postmaster = Postmaster::read(&cluster).unwrap();
        assert!(postmaster.is_ready && postmaster.port == 5432);
        assert!(!postmaster.is_gone());
        postmaster.forget().unwrap();
        assert!(postmaster.is_gone());
        fs::remove_dir_all(cluster).unwrap();
    }
}
