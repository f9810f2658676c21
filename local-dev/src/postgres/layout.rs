//! The files of one cluster: `cluster/` is PostgreSQL's own directory, our locks and the log lie beside it.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::Purpose;
use super::account::Account;

/// A Unix socket path may have 107 characters on Linux and 103 elsewhere; PostgreSQL adds `/.s.PGSQL.65535.lock`.
const SOCKET_DIRECTORY_LIMIT: usize = 80;

/// Paths of one cluster.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Holds everything below except the socket.
    pub(super) home: PathBuf,
    /// PostgreSQL's data directory.
    pub(super) cluster: PathBuf,
    /// Short, private to the server's user, derived from the data directory, so that every process finds it.
    pub(super) socket_directory: PathBuf,
}

impl Layout {
    /// Creates the data directory. Root keeps the files elsewhere when the server's user cannot reach the place, as
    /// below `/root`; the progress line says where.
    pub(super) fn prepare(
        data_dir: &Path,
        purpose: Purpose,
        progress: &(dyn Fn(&str) + Sync),
    ) -> io::Result<(Self, Account)> {
        fs::create_dir_all(data_dir)?;
        let mut home = data_dir.canonicalize()?;
        let hash = hex::encode(&Sha256::digest(home.as_os_str().as_encoded_bytes())[..6]);
        let mut account = Account::choose(&home.join("cluster"))?;
        if !account.can_reach(&home) {
            home = reachable_home(purpose, &hash);
            fs::create_dir_all(&home)?;
            account = Account::choose(&home.join("cluster"))?;
            progress(&format!(
                "The user of the database server cannot enter {}: its files are in {}",
                data_dir.display(),
                home.display()
            ));
        }
        account.give_directory(&home)?;
        account.private_directory(&home)?;
        let socket_directory = socket_directory(account.uid, &hash);
        Ok((Self { cluster: home.join("cluster"), home, socket_directory }, account))
    }

    /// Held alone by whoever starts or stops the server.
    pub(super) fn start_lock(&self) -> PathBuf {
        self.home.join("start.lock")
    }

    /// Held shared by everyone who uses the server.
    pub(super) fn users_lock(&self) -> PathBuf {
        self.home.join("users.lock")
    }

    /// Makes the directory of the socket, empty: PostgreSQL would take the socket of a killed server for that of a live one
    /// while the process number is in use again or not yet given back. The caller knows that no server runs.
    pub(super) fn prepare_socket_directory(&self, account: &Account) -> io::Result<()> {
        account.private_directory(&self.socket_directory)?;
        for entry in fs::read_dir(&self.socket_directory)? {
            fs::remove_file(entry?.path())?;
        }
        Ok(())
    }

    /// What the server prints.
    pub(super) fn log(&self) -> PathBuf {
        self.home.join("postgres.log")
    }

    /// Password of connections over TCP; those over the socket need none, its directory is private.
    pub(super) fn password(&self) -> PathBuf {
        self.home.join("password")
    }

    /// Fetched PostgreSQL programs.
    pub(super) fn binaries(&self) -> PathBuf {
        self.home.join("binaries")
    }

    /// Major version the cluster was made with; none before the first start.
    pub(super) fn major(&self) -> Option<u32> {
        fs::read_to_string(self.cluster.join("PG_VERSION")).ok()?.trim().parse().ok()
    }
}

/// Data to keep belongs in `/var/lib`; data of tests may vanish with the temporary files.
fn reachable_home(purpose: Purpose, hash: &str) -> PathBuf {
    match purpose {
        Purpose::Keep => Path::new("/var/lib").join(format!("muster-{hash}")),
        Purpose::Tests => env::temp_dir().join(format!("muster-tests-{hash}")),
    }
}

fn socket_directory(uid: u32, hash: &str) -> PathBuf {
    let name = format!("muster-{uid}-{hash}");
    let directory = env::temp_dir().join(&name);
    if directory.as_os_str().len() > SOCKET_DIRECTORY_LIMIT {
        Path::new("/tmp").join(name)
    } else {
        directory
    }
}
