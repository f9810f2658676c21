//! The description as one page that needs no scripts.

use askama::Template;
use serde_json::Value;
use utoipa::openapi::OpenApi;

#[derive(Template)]
#[template(path = "http/openapi/reference.html")]
struct Page {
    title: String,
    version: String,
    about: String,
    groups: Vec<Group>,
}

struct Group {
    name: String,
    about: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    about: String,
    parameters: Vec<(String, String, bool)>,
    body: String,
    responses: Vec<(String, String, String)>,
}

/// Every operation by its tag. A failure to write it is an empty page, which a test would see.
pub(super) fn page(document: &OpenApi) -> String {
    let document = serde_json::to_value(document).unwrap_or_default();
    let all: Vec<(String, Operation)> = members(&document["paths"])
        .flat_map(|(path, item)| members(item).map(move |(method, operation)| (path, method, operation)))
        .filter(|(.., operation)| operation.is_object())
        .map(|(path, method, operation)| (text(&operation["tags"][0]), described(method, path, operation)))
        .collect();
    let mut groups: Vec<Group> = items(&document["tags"])
        .map(|tag| Group {
            name: text(&tag["name"]),
            about: text(&tag["description"]),
            operations: Vec::new(),
        })
        .collect();
    for (tag, operation) in all {
        if let Some(group) = groups.iter_mut().find(|group| group.name == tag) {
            group.operations.push(operation);
        }
    }
    let info = &document["info"];
    let (title, version, about) = (text(&info["title"]), text(&info["version"]), text(&info["description"]));
    Page { title, version, about, groups }.render().unwrap_or_default()
}

fn described(method: &str, path: &str, operation: &Value) -> Operation {
    let parameters = items(&operation["parameters"])
        .map(|parameter| (text(&parameter["name"]), text(&parameter["in"]), parameter["required"] == true));
    let body = members(&operation["requestBody"]["content"]).next().map(|(_, content)| {
        let example = members(&content["examples"]).next().map(|(_, example)| &example["value"]);
        match example {
            Some(example) => serde_json::to_string_pretty(example).unwrap_or_default(),
            None => shown(&content["schema"]),
        }
    });
    let responses = members(&operation["responses"]).map(|(status, response)| {
        let content = members(&response["content"]).next().map(|(_, content)| shown(&content["schema"]));
        (status.clone(), text(&response["description"]), content.unwrap_or_default())
    });
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        about: text(&operation["description"]),
        parameters: parameters.collect(),
        body: body.unwrap_or_default(),
        responses: responses.collect(),
    }
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name of a schema, or what it is.
fn shown(schema: &Value) -> String {
    match (schema["$ref"].as_str(), schema["type"].as_str()) {
        (Some(reference), _) => reference.rsplit('/').next().unwrap_or_default().to_owned(),
        (None, Some(kind)) => kind.to_owned(),
        (None, None) => String::new(),
    }
}
