//! The description of a system's API as the tests read it.

use std::sync::Mutex;

use http::Method;
use serde_json::Value;
use shared::{
    http::{HttpPolicy, openapi::document},
    system::System,
};

use crate::schema::Schemas;

/// A described operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// `list_books`
    pub id: String,
    /// The method.
    pub method: Method,
    /// `/api/books/{id}`
    pub path: String,
    /// What is said of it.
    pub description: Value,
    /// The paths by which it is called, in segments.
    spellings: Vec<Vec<String>>,
}

/// The description of one system.
pub struct Description {
    /// As JSON.
    pub document: Value,
    /// Its operations.
    pub operations: Vec<Operation>,
    http: &'static HttpPolicy,
}

impl Description {
    /// That of a system, which is read once in a process.
    pub fn of(system: &'static System) -> &'static Self {
        static ALL: Mutex<Vec<(&'static System, &'static Description)>> = Mutex::new(Vec::new());
        let mut all = ALL.lock().expect("no test thread panicked");
        if let Some((_, known)) = all.iter().find(|(of, _)| std::ptr::eq(*of, system)) {
            return known;
        }
        let read: &'static Self = Box::leak(Box::new(Self::read(system)));
        all.push((system, read));
        read
    }

    fn read(system: &'static System) -> Self {
        let document = serde_json::to_value(document(system)).expect("the description is JSON");
        let mut operations = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, description) in item.as_object().into_iter().flatten() {
                let Ok(method) = method.to_uppercase().parse() else { continue };
                let spellings =
                    system.http.spellings(path).iter().map(|path| segments(path, system.http)).collect();
                let id = description["operationId"].as_str().unwrap_or_default().to_owned();
                let (path, description) = (path.clone(), description.clone());
                operations.push(Operation { id, method, path, description, spellings });
            }
        }
        Self { document, operations, http: system.http }
    }

    /// The operation with this id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The operation that a request calls; a fixed segment wins over a variable one.
    pub fn called(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = segments(path, self.http);
        let fitting = self.operations.iter().filter(|operation| {
            operation.method == *method && operation.spellings.iter().any(|spelling| fits(spelling, &path))
        });
        fitting.min_by_key(|operation| operation.path.matches('{').count())
    }

    /// What a reference stands for; anything else is itself.
    pub fn resolve<'a>(&'a self, part: &'a Value) -> &'a Value {
        Schemas(&self.document).resolved(part)
    }

    /// What is wrong with the JSON of a response, by what is said of the operation.
    pub fn problem(&self, operation: &Operation, status: u16, body: &Value) -> Option<String> {
        let schemas = Schemas(&self.document);
        let responses = &operation.description["responses"];
        let said =
            responses.get(status.to_string()).or_else(|| responses.get("default").filter(|_| status >= 400));
        let Some(said) = said else { return Some(format!("the status {status} is not described")) };
        let content = &schemas.resolved(said)["content"];
        match content.get("application/json").map(|json| &json["schema"]) {
            // What helps to mend a request stands beside the members that all failures have.
            Some(schema) if status >= 400 => schemas.contradiction(schema, body),
            Some(schema) => schemas.mismatch(schema, body),
            None => Some(format!("no JSON is described for the status {status}")),
        }
    }
}

/// The parts of a path, as the system compares them: without regard to case or to the separator of words, where it has none.
fn segments(path: &str, http: &HttpPolicy) -> Vec<String> {
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let part = |part: &str| {
        let part = if http.any_case { part.to_lowercase() } else { part.to_owned() };
        if http.any_separator && !part.starts_with('{') { part.replace('_', "-") } else { part }
    };
    path.split('/').map(part).collect()
}

fn fits(template: &[String], path: &[String]) -> bool {
    template.len() == path.len()
        && template.iter().zip(path).all(|(want, got)| want.starts_with('{') || want == got)
}
