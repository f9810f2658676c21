//! The programs that tests run as processes of their own: which there must be, and how a bare Debian machine gets them.
//!
//! This is the only list of them: `cargo tests` installs what is missing when it runs as root on a machine with apt, and
//! otherwise says the one command that does.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs::OpenOptions,
    io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::postgres;

/// How to see whether something is installed.
enum Check {
    /// `initdb`, which Debian keeps off the path.
    Postgres,
    /// A program on the path.
    Program(&'static str),
    /// A module of Python.
    PythonModule(&'static str),
    /// A language of tesseract.
    Language(&'static str),
}

/// What the tests need, and the Debian package that has it.
const NEEDED: [(Check, &str); 13] = [
    (Check::Postgres, "postgresql"),
    (Check::Program("pgbouncer"), "pgbouncer"),
    (Check::Program("redis-server"), "redis-server"),
    // A database to import from.
    (Check::Program("mariadbd"), "mariadb-server"),
    // PostgreSQL of other versions.
    (Check::Program("npm"), "npm"),
    (Check::Program("chromium"), "chromium"),
    (Check::Program("tesseract"), "tesseract-ocr"),
    (Check::Language("eng"), "tesseract-ocr-eng"),
    (Check::Language("fil"), "tesseract-ocr-fil"),
    (Check::Language("osd"), "tesseract-ocr-osd"),
    (Check::Language("spa"), "tesseract-ocr-spa"),
    (Check::Program("pdftoppm"), "poppler-utils"),
    // The virtual environments of moto and cargo-lambda.
    (Check::PythonModule("ensurepip"), "python3-venv"),
];

/// Where Debian puts servers; the path of an ordinary user does not name these folders.
const SERVERS: [&str; 2] = ["/usr/local/sbin", "/usr/sbin"];

/// Installs what is missing, once in this process; other processes wait. The error is a sentence with the command to run.
pub fn ensure() -> Result<(), String> {
    static OUTCOME: OnceLock<Result<(), String>> = OnceLock::new();
    OUTCOME.get_or_init(|| Machine::here().ensure()).clone()
}

/// A machine to look at.
struct Machine {
    /// Where its programs are.
    path: OsString,
    has_postgres: bool,
    /// Whether packages may be installed.
    is_root: bool,
    /// Held by whoever installs.
    lock: PathBuf,
}

impl Machine {
    fn here() -> Self {
        let path = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(env::split_paths(&path).chain(SERVERS.map(PathBuf::from)));
        Self {
            path: path.unwrap_or_default(),
            has_postgres: postgres::is_installed(),
            is_root: postgres::is_root(),
            lock: env::temp_dir().join("muster-test-programs.lock"),
        }
    }

    fn ensure(&self) -> Result<(), String> {
        if self.missing().is_empty() {
            return Ok(());
        }
        let lock =
            self.wait().map_err(|error| format!("{} cannot be locked: {error}", self.lock.display()))?;
        // Another process may have installed it meanwhile.
        let missing = self.missing();
        if missing.is_empty() {
            return Ok(());
        }
        let packages = missing.join(" ");
        let advice = format!("apt-get update && apt-get install --yes --no-install-recommends {packages}");
        let Some(apt) = self.find("apt-get") else {
            return Err(format!(
                "the tests need what the Debian packages {packages} hold: please install it"
            ));
        };
        if !self.is_root {
            return Err(format!("the tests need more programs; please run: sudo sh -c '{advice}'"));
        }
        let failed = |reason: String| format!("{reason}; please run: {advice}");
        self.apt(&apt, &["update"]).map_err(failed)?;
        let mut install = vec!["install", "--yes", "--no-install-recommends"];
        install.extend(&missing);
        self.apt(&apt, &install).map_err(failed)?;
        drop(lock);
        Ok(())
    }

    fn wait(&self) -> io::Result<std::fs::File> {
        let file = OpenOptions::new().create(true).append(true).open(&self.lock)?;
        file.lock()?;
        Ok(file)
    }

    fn apt(&self, apt: &Path, arguments: &[&str]) -> Result<(), String> {
        let mut command = self.command(apt);
        command.arg("--quiet").args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        let output = command.output().map_err(|error| format!("apt-get does not start: {error}"))?;
        if output.status.success() {
            return Ok(());
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        let last = errors.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it says no reason");
        Err(format!("apt-get {} failed ({last})", arguments[0]))
    }

    /// The packages of what is not there.
    fn missing(&self) -> Vec<&'static str> {
        let languages = self.answer("tesseract", &["--list-langs"]).unwrap_or_default();
        let is_there = |check: &Check| match check {
            Check::Postgres => self.has_postgres || self.find("initdb").is_some(),
            Check::Program(name) => self.find(name).is_some(),
            Check::PythonModule(name) => self.answer("python3", &["-c", &format!("import {name}")]).is_some(),
            Check::Language(code) => languages.lines().any(|line| line == *code),
        };
        NEEDED.iter().filter(|(check, _)| !is_there(check)).map(|(_, package)| *package).collect()
    }

    /// What a program prints, if it is there and content.
    fn answer(&self, program: &str, arguments: &[&str]) -> Option<String> {
        let output = self.command(&self.find(program)?).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("PATH", &self.path).stdin(Stdio::null());
        command
    }

    fn find(&self, program: &str) -> Option<PathBuf> {
        find_in(&self.path, program)
    }
}

/// Where a program is on a path.
pub fn find_in(path: &OsStr, program: &str) -> Option<PathBuf> {
    env::split_paths(path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    /// A machine with nothing but an apt-get, which notes what it is told and then "installs" everything.
    struct Bare {
        folder: PathBuf,
        machine: Machine,
    }

    const EVERYTHING: &str = "pgbouncer redis-server mariadb-server npm chromium tesseract-ocr tesseract-ocr-eng tesseract-ocr-fil \
                              tesseract-ocr-osd tesseract-ocr-spa poppler-utils python3-venv";

    impl Bare {
        fn new(name: &str) -> Self {
            let folder = env::temp_dir().join(format!("muster-bare-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let machine = Machine {
                path: folder.clone().into(),
                has_postgres: false,
                is_root: true,
                lock: folder.join("lock"),
            };
            Self { folder, machine }
        }

        fn program(&self, name: &str, script: &str) {
            let file = self.folder.join(name);
            fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        }

        fn apt(&self) {
            let folder = self.folder.display();
            let install = format!(
                "echo \"$@\" >>{folder}/told
                [ \"$2\" = install ] || exit 0
                for program in initdb pgbouncer redis-server mariadbd npm chromium pdftoppm python3; do
                    printf '#!/bin/sh\\n' >{folder}/$program
                done
                printf '#!/bin/sh\\nprintf \"eng\\\\nfil\\\\nosd\\\\nspa\\\\n\"\\n' >{folder}/tesseract
                /bin/chmod 755 {folder}/*"
            );
            self.program("apt-get", &install);
        }

        fn told(&self) -> String {
            fs::read_to_string(self.folder.join("told")).unwrap_or_default()
        }
    }

    impl Drop for Bare {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.folder).unwrap();
        }
    }

    #[test]
    fn root_installs_every_missing_package_once() {
        let bare = Bare::new("root");
        bare.apt();
        std::thread::scope(|scope| {
            let both = [scope.spawn(|| bare.machine.ensure()), scope.spawn(|| bare.machine.ensure())];
            for outcome in both {
                assert_eq!(outcome.join().unwrap(), Ok(()));
            }
        });
        let install = format!("--quiet install --yes --no-install-recommends postgresql {EVERYTHING}\n");
        assert_eq!(bare.told(), format!("--quiet update\n{install}"));
    }

    #[test]
    fn ordinary_user_gets_the_command_and_nothing_is_installed() {
        let mut bare = Bare::new("user");
        bare.apt();
        bare.machine.is_root = false;
        bare.machine.has_postgres = true;
        let sentence = format!(
            "the tests need more programs; please run: sudo sh -c 'apt-get update && apt-get install --yes \
             --no-install-recommends {EVERYTHING}'"
        );
        assert_eq!(bare.machine.ensure(), Err(sentence));
        assert_eq!(bare.told(), "");
    }

    #[test]
    fn machine_without_apt_is_told_the_packages() {
        let bare = Bare::new("other");
        bare.program("pgbouncer", "");
        let error = bare.machine.ensure().unwrap_err();
        assert!(
            error.starts_with("the tests need what the Debian packages postgresql redis-server"),
            "{error}"
        );
    }

    #[test]
    fn failed_installation_says_the_reason_and_the_command() {
        let bare = Bare::new("failed");
        bare.program("apt-get", "echo 'E: no network' >&2; exit 100");
        let error = bare.machine.ensure().unwrap_err();
        let expected = "apt-get update failed (E: no network); please run: apt-get update && apt-get install";
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn only_the_missing_language_is_installed() {
        let bare = Bare::new("language");
        bare.apt();
        assert_eq!(bare.machine.apt(&bare.folder.join("apt-get"), &["install"]), Ok(()));
        bare.program("tesseract", "printf 'eng\\nosd\\nspa\\n'");
        assert_eq!(bare.machine.missing(), ["tesseract-ocr-fil"]);
    }
}
