//! The list of intended differences, `differences.toml`.

use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex},
};

use serde::Deserialize;
use serde_json::Value;

use super::line::Line;

/// The list.
pub static LIST: LazyLock<Differences> = LazyLock::new(|| {
    toml::from_str(include_str!("differences.toml"))
        .unwrap_or_else(|error| panic!("differences.toml: {error}"))
});

/// Everything Muster answers otherwise than recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Differences {
    difference: Vec<Difference>,
    additive: Vec<Additive>,
    later: Vec<Later>,
}

/// Another answer to some lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    ids: Vec<String>,
    /// The status Muster answers.
    pub status: u16,
    /// The JSON Muster answers, with matchers; without it any body will do.
    #[serde(default, deserialize_with = "json")]
    pub body: Option<Value>,
    #[expect(dead_code, reason = "for readers of the list")]
    why: String,
}

/// Members that answers have beside the recorded ones.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Additive {
    paths: Vec<String>,
    keys: Vec<String>,
    #[expect(dead_code, reason = "for readers of the list")]
    why: String,
}

/// Paths that have no route yet.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    paths: Vec<String>,
    #[expect(dead_code, reason = "for readers of the list")]
    why: String,
}

fn json<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map(Some).map_err(serde::de::Error::custom)
}

impl Differences {
    /// The intended difference of a line.
    pub fn of(&self, line: &Line) -> Option<&Difference> {
        self.difference.iter().find(|difference| difference.ids.contains(&line.id))
    }

    /// Whether the route of a line comes later.
    pub fn is_later(&self, line: &Line) -> bool {
        self.later.iter().flat_map(|later| &later.paths).any(|pattern| fits(pattern, line))
    }

    /// Whether the contract adds the member `key` to the answer of a line; if so, in the words of the list.
    pub fn addition(&self, line: &Line, key: &str) -> Option<String> {
        let having = self.additive.iter().filter(|additive| additive.keys.iter().any(|one| one == key));
        let path = having.flat_map(|additive| &additive.paths).find(|pattern| fits(pattern, line));
        path.map(|path| format!("{path}: {key}"))
    }

    /// Entries that fit no recorded line.
    pub fn unknown(&self, lines: &[Line]) -> Vec<String> {
        let ids = self.difference.iter().flat_map(|difference| &difference.ids);
        let unknown_ids = ids.filter(|id| !lines.iter().any(|line| line.id == **id));
        let paths = self.later.iter().flat_map(|later| &later.paths);
        let unknown_paths = paths.filter(|pattern| !lines.iter().any(|line| fits(pattern, line)));
        unknown_ids.chain(unknown_paths).cloned().collect()
    }

    fn additions(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for additive in &self.additive {
            for path in &additive.paths {
                all.extend(additive.keys.iter().map(|key| format!("{path}: {key}")));
            }
        }
        all
    }
}

/// Whether `GET /api/cadets/:id/photo` or `* /api/excuse/*` fits a line. `:id` is any one segment, `*` at the end is
/// anything below, and nothing as well; `*` as the method is every method.
fn fits(pattern: &str, line: &Line) -> bool {
    let Some((method, pattern)) = pattern.split_once(' ') else { return false };
    let (pattern, below) = pattern.strip_suffix("/*").map_or((pattern, false), |pattern| (pattern, true));
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), line.path.split('/').collect());
    let long_enough = path.len() == pattern.len() || (below && path.len() > pattern.len());
    let same = |(want, got): (&&str, &&str)| want.starts_with(':') || want == got;
    (method == "*" || method == line.method) && long_enough && pattern.iter().zip(&path).all(same)
}

/// Called by every group that answers as recorded; the last of them checks that each addition was seen.
pub fn finished(groups: usize, used: BTreeSet<String>) {
    static FINISHED: Mutex<(usize, BTreeSet<String>)> = Mutex::new((0, BTreeSet::new()));
    let mut finished = FINISHED.lock().expect("no group panicked here");
    finished.0 += 1;
    finished.1.extend(used);
    if finished.0 == groups {
        let unused: Vec<_> = LIST.additions().difference(&finished.1).cloned().collect();
        assert!(
            unused.is_empty(),
            "no answer has these members, remove them from differences.toml: {unused:#?}"
        );
    }
}
