//! The operating system user the server runs as. PostgreSQL refuses to run as root, so root hands the files to an
//! unprivileged user and starts the programs as that user; everybody else runs them as themselves.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Number of the user `nobody` where `/etc/passwd` does not tell.
const NOBODY: u32 = 65_534;

/// Who runs the server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// We are root and must become this user first.
    switch: bool,
}

impl Account {
    /// Ourselves; for root the owner of the existing cluster, else `postgres`, else `nobody`.
    pub(super) fn choose(cluster: &Path) -> io::Result<Self> {
        let own = own_ids()?;
        if own.0 != 0 {
            return Ok(Self { uid: own.0, gid: own.1, switch: false });
        }
        let owner =
            fs::metadata(cluster).ok().map(|found| (found.uid(), found.gid())).filter(|(uid, _)| *uid != 0);
        let (uid, gid) =
            owner.or_else(|| listed("postgres")).or_else(|| listed("nobody")).unwrap_or((NOBODY, NOBODY));
        Ok(Self { uid, gid, switch: true })
    }

    /// A command that runs as this user, in a process group of its own (a Ctrl-C in the terminal reaches us alone and we
    /// stop the server in order), away from our working directory, which the user may not be allowed to see.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null()).process_group(0);
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Hands a file or a whole directory to this user.
    pub(super) fn give(&self, path: &Path) -> io::Result<()> {
        if !self.switch {
            return Ok(());
        }
        let found = fs::symlink_metadata(path)?;
        if found.is_symlink() {
            return Ok(());
        }
        if found.is_dir() {
            for entry in fs::read_dir(path)? {
                self.give(&entry?.path())?;
            }
        }
        chown(path, Some(self.uid), Some(self.gid))
    }

    /// Hands over one directory without what is in it.
    pub(super) fn give_directory(&self, path: &Path) -> io::Result<()> {
        if self.switch { chown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Creates a directory only this user may enter, or checks that an existing one is such.
    pub(super) fn private_directory(&self, path: &Path) -> io::Result<()> {
        match fs::create_dir(path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        let found = fs::symlink_metadata(path)?;
        let ours = found.uid() == self.uid || (self.switch && found.uid() == 0);
        if !found.is_dir() || !ours {
            let text =
                format!("{} belongs to somebody else; remove it or choose another place", path.display());
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, text));
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
        self.give_directory(path)
    }

    /// Whether this user may pass through every directory above `path`.
    pub(super) fn can_reach(&self, path: &Path) -> bool {
        !self.switch
            || path
                .ancestors()
                .skip(1)
                .all(|above| fs::metadata(above).is_ok_and(|found| self.may_pass(&found)))
    }

    fn may_pass(&self, directory: &Metadata) -> bool {
        let bit = if directory.uid() == self.uid {
            0o100
        } else if directory.gid() == self.gid {
            0o010
        } else {
            0o001
        };
        directory.mode() & bit != 0
    }
}

/// User and group number of this process. Linux tells by the owner of our entry in `/proc`.
pub(super) fn own_ids() -> io::Result<(u32, u32)> {
    if let Ok(own) = fs::metadata("/proc/self") {
        return Ok((own.uid(), own.gid()));
    }
    let ask = |flag: &str| -> io::Result<u32> {
        let output = Command::new("id").arg(flag).output()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().map_err(io::Error::other)
    };
    Ok((ask("-u")?, ask("-g")?))
}

/// User and group number of a named user.
fn listed(name: &str) -> Option<(u32, u32)> {
    let users = fs::read_to_string("/etc/passwd").ok()?;
    let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut parts = line.split(':').skip(2);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_closed_to_the_server_user_are_noticed() {
        let account = Account { uid: NOBODY, gid: NOBODY, switch: true };
        assert!(account.can_reach(Path::new("/tmp")));
        let closed = std::env::temp_dir().join(format!("muster-closed-{}", std::process::id()));
        fs::create_dir_all(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!account.can_reach(&closed.join("data")));
        fs::remove_dir(&closed).unwrap();
    }
}
