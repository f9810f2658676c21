//! The role matrix of a system, `tests/<name>/access/matrix.txt`: who may call each operation.

use std::collections::BTreeSet;

use http::Method;
use serde_json::Value;
use shared::system::System;

use crate::exercised;

/// One row of the matrix: method, path, a cell for each caller, perhaps a body.
#[derive(Clone, Debug)]
pub struct Row {
    /// The method.
    pub method: Method,
    /// `/api/items/{id=item}`, perhaps with a query.
    pub path: String,
    /// What each caller is to get.
    pub cells: Vec<String>,
    /// What is sent, if it must be more than an empty object for the guard to be reached.
    pub body: Option<Value>,
}

impl Row {
    /// Every row of a matrix with so many callers.
    pub fn all(text: &str, callers: usize) -> Vec<Self> {
        let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
        let rows: Vec<Self> = lines.map(Self::parse).collect();
        for row in &rows {
            assert_eq!(
                row.cells.len(),
                callers,
                "matrix.txt: a cell for each caller: {} {}",
                row.method,
                row.path
            );
        }
        rows
    }

    fn parse(line: &str) -> Self {
        let (row, body) = line.split_once(" {\"").map_or((line, None), |(row, body)| (row, Some(body)));
        let words: Vec<&str> = row.split_whitespace().collect();
        let [method, path, cells @ ..] = words.as_slice() else { panic!("matrix.txt: {line}") };
        let cells = cells.iter().map(|cell| (*cell).to_owned()).collect();
        let method = method.parse().unwrap_or_else(|_| panic!("matrix.txt: a method: {line}"));
        let body = body.map(|body| serde_json::from_str(&format!("{{\"{body}")));
        let body = body.map(|body| body.unwrap_or_else(|error| panic!("matrix.txt: {error}: {line}")));
        Self { method, path: (*path).to_owned(), cells, body }
    }

    /// The operation as the description names it.
    pub fn operation(&self) -> String {
        let path = self.path.split('?').next().unwrap_or_default();
        let plain = |segment: &str| match segment.split_once('=') {
            Some((variable, _)) => format!("{variable}}}"),
            None => segment.to_owned(),
        };
        format!("{} {}", self.method, path.split('/').map(plain).collect::<Vec<_>>().join("/"))
    }

    /// The address with the ids of the fixtures, which `id` knows by name.
    pub fn url(&self, id: impl Fn(&str) -> Option<String>) -> String {
        let fill = |segment: &str| {
            let Some(inner) = segment.strip_prefix('{') else { return segment.to_owned() };
            let (inner, rest) = inner.split_once('}').unwrap_or((inner, ""));
            let name = inner.split_once('=').map_or("", |(_, name)| name);
            let text = name.strip_prefix('\'').map(|text| text.trim_end_matches('\'').to_owned());
            let id = text.or_else(|| id(name));
            let id =
                id.unwrap_or_else(|| panic!("{}: write {{id=NAME}} with the name of a fixture", self.path));
            format!("{id}{rest}")
        };
        self.path.split('/').map(fill).collect::<Vec<_>>().join("/")
    }
}

/// Every operation of a system has a row, and every row an operation.
pub fn is_complete(system: &System, rows: &[Row]) {
    let operations =
        exercised::operations(system).into_iter().map(|(method, path)| format!("{method} {path}"));
    let served: BTreeSet<String> = operations.collect();
    let listed: BTreeSet<String> = rows.iter().map(Row::operation).collect();
    let file = format!("tests/{}/access/matrix.txt", system.name);

    let missing: Vec<_> = served.difference(&listed).map(|one| format!("{one}  ?")).collect();
    assert!(missing.is_empty(), "say in {file} who may call these: {missing:#?}");
    let unused: Vec<_> = listed.difference(&served).collect();
    assert!(unused.is_empty(), "remove these rows from {file}: {unused:#?}");
}
