//! The examples of a description, sent as they are written.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::Value;
use shared::http::openapi::{Example, Field};

use crate::{Answer, Client, Part, description::Operation};

impl Client<'_> {
    /// Sends the example of an operation.
    pub async fn example(&self, operation: &Operation, example: &Example) -> Answer {
        let mut url = operation.path.clone();
        for (name, value) in &example.path {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            url = url.replace(&format!("{{{name}}}"), &value);
        }
        let mut client = self.clone();
        for (name, value) in &example.headers {
            client = client.header(name, value);
        }
        let form = example.form.iter().flatten().flat_map(|(name, field)| parts(name, field));
        let form: Vec<Part> = form.collect();
        match &example.body {
            Some(body) => client.json(operation.method.clone(), &url, body).await,
            None => client.form(operation.method.clone(), &url, &form).await,
        }
    }
}

fn parts(name: &str, field: &Field) -> Vec<Part> {
    match field {
        Field::Text(text) => vec![Part::Field(name.to_owned(), text.clone())],
        Field::TextFile { name: file, content_type, text } => {
            vec![Part::File(name.to_owned(), file.clone(), content_type.clone(), text.clone().into_bytes())]
        }
        Field::File { name: file, content_type, base64 } => {
            let body = BASE64_STANDARD.decode(base64).unwrap_or_else(|error| panic!("{file}: {error}"));
            vec![Part::File(name.to_owned(), file.clone(), content_type.clone(), body)]
        }
        Field::Several(fields) => fields.iter().flat_map(|field| parts(name, field)).collect(),
    }
}

/// What the example of an operation has for `member` in place of what only exists while the test runs.
pub fn put(example: &mut Example, member: &str, value: impl Into<Value>) {
    match (&mut example.body, example.path.get_mut(member)) {
        (_, Some(of_path)) => *of_path = value.into(),
        (Some(body), None) if body.get(member).is_some() => body[member] = value.into(),
        _ => panic!("the example has no {member}"),
    }
}
