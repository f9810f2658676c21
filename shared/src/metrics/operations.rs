//! Which operation of the API a request calls, found without allocating, and how often and how long each ran.

use std::{collections::HashMap, sync::OnceLock, time::Duration};

use http::{Method, StatusCode};
use utoipa::openapi::{OpenApi, PathItem};

use super::histogram::{Histogram, HistogramView};

/// The statuses that are told apart; the rest count as 0.
const STATUSES: [u16; 29] = [
    0, 200, 201, 202, 204, 206, 301, 302, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 409, 410, 413,
    415, 422, 423, 429, 500, 502, 503, 504,
];

/// The methods that are told apart, and what they are called.
const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A method and a path template.
#[derive(Debug)]
pub struct Operation {
    /// `GET`.
    pub method: &'static str,
    /// `/api/people/{id}`.
    pub route: String,
    by_status: [OnceLock<Box<Histogram>>; STATUSES.len()],
}

impl Operation {
    fn new(method: &'static str, route: &str) -> Self {
        Self { method, route: route.to_owned(), by_status: std::array::from_fn(|_| OnceLock::new()) }
    }

    pub(super) fn note(&self, status: StatusCode, took: Duration) {
        let slot = STATUSES.iter().position(|known| *known == status.as_u16()).unwrap_or(0);
        self.by_status[slot].get_or_init(Box::default).note(took);
    }

    /// The durations for each status that was answered; 0 stands for the rare ones.
    pub fn views(&self) -> impl Iterator<Item = (u16, HistogramView)> {
        let seen = self
            .by_status
            .iter()
            .zip(STATUSES)
            .filter_map(|(slot, status)| Some((status, slot.get()?.view())));
        seen.filter(|(_, view)| view.count() > 0)
    }

    fn reset(&self) {
        self.by_status.iter().filter_map(OnceLock::get).for_each(|histogram| histogram.reset());
    }
}

/// Every operation of a service.
pub struct Operations {
    routes: HashMap<String, [Option<usize>; METHODS.len()]>,
    /// The first stands for every request that calls none: pages, preflights, paths that do not exist.
    all: Vec<Operation>,
}

impl Default for Operations {
    fn default() -> Self {
        Self { routes: HashMap::new(), all: vec![Operation::new("other", "other")] }
    }
}

impl std::fmt::Debug for Operations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.all).finish()
    }
}

impl Operations {
    /// Adds those of a description.
    pub fn add(&mut self, description: &OpenApi) {
        for (path, item) in &description.paths.paths {
            let mut methods = [None; METHODS.len()];
            for (slot, method) in methods.iter_mut().zip(METHODS) {
                if has(item, method) {
                    *slot = Some(self.all.len());
                    self.all.push(Operation::new(method, path));
                }
            }
            self.routes.insert(path.clone(), methods);
        }
    }

    /// The one a request calls, by the route that it matched.
    pub fn find(&self, method: &Method, route: Option<&str>) -> &Operation {
        // HEAD is a GET whose body stays behind.
        let name = if *method == Method::HEAD { "GET" } else { method.as_str() };
        let methods = route.and_then(|route| self.routes.get(route));
        let slot = METHODS.iter().position(|known| *known == name);
        &self.all[methods.and_then(|methods| methods[slot?]).unwrap_or(0)]
    }

    /// Every operation.
    pub fn all(&self) -> &[Operation] {
        &self.all
    }

    pub(super) fn reset(&self) {
        self.all.iter().for_each(Operation::reset);
    }
}

fn has(item: &PathItem, method: &str) -> bool {
    let operation = match method {
        "GET" => &item.get,
        "POST" => &item.post,
        "PUT" => &item.put,
        "PATCH" => &item.patch,
        _ => &item.delete,
    };
    operation.is_some()
}
