use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use regex::Regex;
use rotc::SYSTEM;
use serde_json::{Value, json};
use tests::sources::{place, repository, sources};

/// Every operation of the description as (`GET /api/cadets/{id}`, description).
fn operations() -> BTreeMap<String, Value> {
    let document = serde_json::to_value(shared::http::openapi::document(&SYSTEM)).expect("JSON");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let of_path = |(path, item): (String, Value)| {
        let item = item.as_object().cloned().unwrap_or_default();
        let methods = item.into_iter().filter(|(_, operation)| operation.get("responses").is_some());
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    };
    paths.into_iter().flat_map(of_path).collect()
}

#[test]
fn handlers_that_take_a_body_describe_it() {
    let handler = r"#\[utoipa::path\(([^\]]*)\)\]\s*pub async fn (\w+)\(([^{]*)\{";
    let handler = Regex::new(handler).expect("a pattern");
    let takes_body = Regex::new(r"FormData|: Json<|RawBody|: Data\b|: Bytes|Option<Json").expect("a pattern");
    let files = sources(&repository("functions/rotc/src"));
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
    assert!(seen > 50, "the handlers are found: {seen}");
    assert!(silent.is_empty(), "say `request_body` of these: {silent:#?}");
}

#[test]
fn operation_ids_are_unique() {
    let mut operations_of = BTreeMap::<String, Vec<String>>::new();
    for (operation, description) in operations() {
        operations_of.entry(description["operationId"].to_string()).or_default().push(operation);
    }
    operations_of.retain(|id, operations| operations.len() > 1 || id == "null");
    assert!(operations_of.is_empty(), "rename the handlers: {operations_of:#?}");
}

/// Nobody is signed in who calls it, and a stranger without the code of a mail is refused all the same.
const PROVED_BY_A_CODE: &str = "POST /api/auth/link";

/// `public.txt` is compared with what strangers are answered; the description must tell clients the same.
#[test]
fn operations_without_sign_in_are_described_as_public() {
    let public: BTreeSet<&str> = include_str!("public.txt").lines().collect();
    let mut wrong = Vec::new();
    for (operation, description) in operations() {
        let security = description.get("security").and_then(Value::as_array);
        // Either nobody signs in, or a token changes what is shown.
        let described = security.is_some_and(|security| security.is_empty() || security.contains(&json!({})));
        if described != (public.contains(operation.as_str()) || operation == PROVED_BY_A_CODE) {
            wrong.push(operation);
        }
    }
    assert!(wrong.is_empty(), "`security(())` is for the operations of public.txt: {wrong:#?}");
}

#[test]
fn error_responses_are_described_by_access_parameters_and_body() {
    let public: BTreeSet<&str> = include_str!("public.txt").lines().collect();
    for (operation, description) in operations() {
        let described = |status: &str| description["responses"].get(status).is_some();
        let signed_in = !public.contains(operation.as_str()) && operation != PROVED_BY_A_CODE;
        let may_be_401 = signed_in || operation == PROVED_BY_A_CODE;
        assert_eq!((described("401"), described("403")), (may_be_401, signed_in), "{operation}");
        assert!(described("404") || !operation.contains('{'), "{operation}: 404 of a path with an id");
        let has_body = description.get("requestBody").is_some();
        assert!(!has_body || described("400") && described("413"), "{operation}: 400 and 413 of a body");
    }
    let document = serde_json::to_value(shared::http::openapi::document(&SYSTEM)).expect("JSON");
    let content = "/components/responses/Unauthorized/content/application~1json/schema/$ref";
    assert_eq!(document.pointer(content), Some(&json!("#/components/schemas/Problem")));
    assert!(document.pointer("/components/schemas/Problem/properties/message").is_some());
}
