//! The description of the API.

use std::{collections::BTreeMap, fs};

use regex::Regex;
use serde_json::{Value, json};
use shared::system::System;

use super::list;
use crate::sources::{folder_of, place, sources};

/// Every operation of the description as (`GET /api/cadets/{id}`, description).
fn operations(system: &System) -> BTreeMap<String, Value> {
    let document = serde_json::to_value(shared::http::openapi::document(system)).expect("JSON");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let of_path = |(path, item): (String, Value)| {
        let item = item.as_object().cloned().unwrap_or_default();
        let methods = item.into_iter().filter(|(_, operation)| operation.get("responses").is_some());
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    };
    paths.into_iter().flat_map(of_path).collect()
}

/// Handlers that take a body describe it; there are more than `fewest` of them.
pub fn bodies_are_described(system: &System, fewest: usize) {
    let handler = r"#\[utoipa::path\(([^\]]*)\)\]\s*pub async fn (\w+)\(([^{]*)\{";
    let handler = Regex::new(handler).expect("a pattern");
    let takes_body = Regex::new(r"FormData|: Json<|RawBody|: Data\b|: Bytes|Option<Json").expect("a pattern");
    let files = sources(&folder_of(system));
    let (mut seen, mut silent) = (0, Vec::new());
    for file in &files {
        let text = fs::read_to_string(file).expect("a source file");
        for found in handler.captures_iter(&text) {
            let arguments = found[3].split("->").next().unwrap_or_default();
            seen += usize::from(takes_body.is_match(arguments));
            if takes_body.is_match(arguments) && !found[1].contains("request_body") {
                silent.push(format!("{} in {}", &found[2], place(file)));
            }
        }
    }
    assert!(seen > fewest, "the handlers are found: {seen}");
    assert!(silent.is_empty(), "say `request_body` of these: {silent:#?}");
}

/// No two operations have one name.
pub fn operation_ids_are_unique(system: &System) {
    let mut operations_of = BTreeMap::<String, Vec<String>>::new();
    for (operation, description) in operations(system) {
        operations_of.entry(description["operationId"].to_string()).or_default().push(operation);
    }
    operations_of.retain(|id, operations| operations.len() > 1 || id == "null");
    assert!(operations_of.is_empty(), "rename the handlers: {operations_of:#?}");
}

/// `public.txt` is compared with what strangers are answered; the description must tell clients the same. `proved` are operations
/// for which nobody signs in, and which refuse a stranger all the same.
pub fn public_operations_are_described(system: &System, proved: &[&str]) {
    let public = list(system, "public.txt");
    let mut wrong = Vec::new();
    for (operation, description) in operations(system) {
        let security = description.get("security").and_then(Value::as_array);
        // Either nobody signs in, or a token changes what is shown.
        let described = security.is_some_and(|security| security.is_empty() || security.contains(&json!({})));
        if described != (public.contains(&operation) || proved.contains(&operation.as_str())) {
            wrong.push(operation);
        }
    }
    assert!(wrong.is_empty(), "`security(())` is for the operations of public.txt: {wrong:#?}");
}

/// Error responses are described, by access, parameters and body.
pub fn errors_are_described(system: &System, proved: &[&str]) {
    let public = list(system, "public.txt");
    for (operation, description) in operations(system) {
        let described = |status: &str| description["responses"].get(status).is_some();
        let proved = proved.contains(&operation.as_str());
        let signed_in = !public.contains(&operation) && !proved;
        let may_be_401 = signed_in || proved;
        assert_eq!((described("401"), described("403")), (may_be_401, signed_in), "{operation}");
        assert!(described("404") || !operation.contains('{'), "{operation}: 404 of a path with an id");
        let has_body = description.get("requestBody").is_some();
        assert!(!has_body || described("400") && described("413"), "{operation}: 400 and 413 of a body");
    }
    let document = serde_json::to_value(shared::http::openapi::document(system)).expect("JSON");
    let content = "/components/responses/Unauthorized/content/application~1json/schema/$ref";
    assert_eq!(document.pointer(content), Some(&json!("#/components/schemas/Problem")));
    let problem = document.pointer("/components/schemas/Problem/properties").expect("its members");
    assert!(problem.get("message").or(problem.get("detail")).is_some());
}
