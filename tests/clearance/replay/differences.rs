//! The list of intended differences, `differences.toml`.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::line::Line;

/// The list.
pub static LIST: LazyLock<Differences> = LazyLock::new(|| {
    toml::from_str(include_str!("differences.toml"))
        .unwrap_or_else(|error| panic!("differences.toml: {error}"))
});

/// Everything that is answered otherwise than recorded.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Differences {
    difference: Vec<Difference>,
    sent: Vec<Sent>,
    unordered: Vec<Unordered>,
}

/// Another answer to some lines.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    ids: Vec<String>,
    /// The status; without it the recorded one.
    pub status: Option<u16>,
    /// The JSON, with matchers; without it any body will do.
    #[serde(default, deserialize_with = "json")]
    pub body: Option<Value>,
    #[serde(rename = "why")]
    _why: String,
}

/// Another value in the bodies of some lines, because what was sent is refused now.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    ids: Vec<String>,
    member: String,
    value: String,
    #[serde(rename = "why")]
    _why: String,
}

/// Lists whose rows stand in no order that clients may rely on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unordered {
    ids: Vec<String>,
    path: String,
    #[serde(rename = "why")]
    _why: String,
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

    /// The members of the body that are sent with another value.
    pub fn sent(&self, line: &Line) -> impl Iterator<Item = (&str, &str)> {
        let of_line = self.sent.iter().filter(|sent| sent.ids.contains(&line.id));
        of_line.map(|sent| (sent.member.as_str(), sent.value.as_str()))
    }

    /// The lists of an answer that are compared without their order.
    pub fn unordered(&self, line: &Line) -> impl Iterator<Item = &str> {
        let of_line = self.unordered.iter().filter(|unordered| unordered.ids.contains(&line.id));
        of_line.map(|unordered| unordered.path.as_str())
    }

    /// Entries that fit no recorded line, or name one twice.
    pub fn wrong(&self, lines: &[Line]) -> Vec<String> {
        let mut ids: Vec<&String> = self.difference.iter().flat_map(|difference| &difference.ids).collect();
        ids.sort();
        let twice = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone());
        let others = self.sent.iter().flat_map(|sent| &sent.ids);
        let others = others.chain(self.unordered.iter().flat_map(|unordered| &unordered.ids));
        let unknown =
            ids.iter().copied().chain(others).filter(|id| !lines.iter().any(|line| line.id == **id));
        unknown.cloned().chain(twice).collect()
    }
}
