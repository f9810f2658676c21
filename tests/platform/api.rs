//! The description of every system's API: complete enough for somebody who knows nothing else.

use std::collections::BTreeSet;

use muster::demo;
use serde_json::{Value, json};
use shared::{
    http::openapi::{Example, Field, examples},
    system::System,
};
use tests::{
    SYSTEMS, TestApp,
    description::{Description, Operation},
    schema::Schemas,
};

fn systems() -> impl Iterator<Item = (&'static System, &'static Description)> {
    SYSTEMS.iter().map(|(system, _)| (*system, Description::of(system)))
}

/// Fails with what `check` finds wrong with the operations of any system.
#[track_caller]
fn for_every_operation(check: impl Fn(&System, &Description, &Operation) -> Option<String>) {
    let mut problems = Vec::new();
    for (system, description) in systems() {
        for operation in &description.operations {
            let problem = check(system, description, operation);
            problems.extend(problem.map(|problem| format!("{} {}: {problem}", system.name, operation.id)));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn tags_are_the_groups_in_their_order_with_a_sentence_each() {
    for (system, description) in systems() {
        let tags: Vec<Value> = description.document["tags"].as_array().cloned().unwrap_or_default();
        let groups = system.groups.iter();
        let groups: Vec<Value> =
            groups.map(|group| json!({ "name": group.name, "description": group.about })).collect();
        assert_eq!(tags, groups, "{}", system.name);
        for group in system.groups {
            let about = group.about;
            let is_sentence =
                about.ends_with('.') && about.starts_with(|first: char| first.is_ascii_uppercase());
            assert!(is_sentence && about.len() < 120 && !about.contains('"'), "{}: {about}", group.name);
        }
    }
}

#[test]
fn every_operation_has_one_tag_that_is_listed() {
    for_every_operation(|system, _, operation| {
        let tags = &operation.description["tags"];
        let fits = system.groups.iter().any(|group| tags == &json!([group.name]));
        (!fits).then(|| format!("its tag is not the name of a group: {tags}"))
    });
}

#[test]
fn operation_ids_are_unique_in_each_system() {
    for (system, description) in systems() {
        let ids: BTreeSet<&str> = description.operations.iter().map(|operation| &*operation.id).collect();
        assert_eq!(ids.len(), description.operations.len(), "{}", system.name);
        assert!(!ids.contains(""), "{}", system.name);
    }
}

#[test]
fn every_operation_describes_how_it_fails() {
    for_every_operation(|_, description, operation| {
        let failed = description.resolve(&operation.description["responses"]["default"]);
        let schema = &failed["content"]["application/json"]["schema"]["$ref"];
        (schema != "#/components/schemas/Problem").then(|| "it does not say how it fails".to_owned())
    });
}

#[test]
fn every_response_has_a_description() {
    for_every_operation(|_, description, operation| {
        let responses = operation.description["responses"].as_object()?;
        let bare = |response: &Value| {
            description.resolve(response)["description"].as_str().is_none_or(str::is_empty)
        };
        let (status, _) = responses.iter().find(|(_, response)| bare(response))?;
        Some(format!("{status} has no description"))
    });
}

#[test]
fn every_reference_leads_somewhere() {
    for (system, description) in systems() {
        let mut parts = vec![&description.document];
        while let Some(part) = parts.pop() {
            let is_broken = part["$ref"].is_string() && std::ptr::eq(description.resolve(part), part);
            assert!(!is_broken, "{}: add the schema of {}, or write it inline", system.name, part["$ref"]);
            parts.extend(part.as_object().into_iter().flat_map(|members| members.values()));
            parts.extend(part.as_array().into_iter().flatten());
        }
    }
}

/// A flattened `Option` is derived as "all of it, or null", which no object is that has other members too.
#[test]
fn no_object_must_be_null_in_part() {
    for (system, description) in systems() {
        let mut parts = vec![&description.document];
        while let Some(part) = parts.pop() {
            let all = part["allOf"].as_array().into_iter().flatten();
            let mut choices = all.flat_map(|one| one["oneOf"].as_array().into_iter().flatten());
            assert!(choices.all(|choice| choice["type"] != "null"), "{}: {part}", system.name);
            parts.extend(part.as_object().into_iter().flat_map(|members| members.values()));
            parts.extend(part.as_array().into_iter().flatten());
        }
    }
}

#[test]
fn server_and_its_other_prefixes_are_named() {
    for (system, description) in systems() {
        let server = &description.document["servers"][0];
        assert_eq!(server["url"], "/", "{}", system.name);
        let text = server["description"].as_str().unwrap_or_default();
        for surface in system.http.surfaces {
            for prefix in surface.prefixes.iter().filter(|prefix| **prefix != surface.canonical) {
                assert!(text.contains(&format!("`{prefix}`")), "{prefix} of {} in {text}", system.name);
            }
        }
    }
}

#[test]
fn every_operation_with_a_body_has_an_example_that_fits_its_schema() {
    for_every_operation(|system, description, operation| {
        let examples =
            examples(system).unwrap_or_else(|error| panic!("examples of {}: {error}", system.name));
        let content = operation.description["requestBody"]["content"].as_object();
        let example = examples.get(&operation.id);
        match (content, example) {
            (None, None) => None,
            (None, Some(_)) => Some("it takes no body, so it needs no example".to_owned()),
            (Some(_), None) => Some("write an example into examples.json of the system".to_owned()),
            (Some(content), Some(example)) => {
                let (content_type, value) = sent(example);
                let Some(said) = content.get(content_type) else {
                    return Some(format!("it takes no {content_type}"));
                };
                if said.get("example").is_none() {
                    return Some("the description does not show its example".to_owned());
                }
                let status = example.status.to_string();
                let responses = &operation.description["responses"];
                if responses.get(&status).is_none() {
                    return Some(format!("the status {status} of its example is not described"));
                }
                Schemas(&description.document).mismatch(&said["schema"], &value)
            }
        }
    });
    for (system, description) in systems() {
        let unknown =
            examples(system).expect("JSON").into_keys().find(|id| description.operation(id).is_none());
        assert_eq!(unknown, None, "no operation of {} is named so", system.name);
    }
}

/// The type of an example's body, and the body as its schema sees it.
fn sent(example: &Example) -> (&'static str, Value) {
    match &example.form {
        None => ("application/json", example.body.clone().unwrap_or_default()),
        Some(form) => {
            let fields = form.iter().map(|(name, field)| (name.clone(), of_form(field)));
            ("multipart/form-data", Value::Object(fields.collect()))
        }
    }
}

/// A form has only texts: what reads as a number or truth counts as one.
fn of_form(field: &Field) -> Value {
    match field {
        Field::Text(text) => match text.parse() {
            Ok(value @ (Value::Bool(_) | Value::Number(_))) => value,
            _ => Value::String(text.clone()),
        },
        Field::TextFile { .. } | Field::File { .. } => Value::String(String::new()),
        Field::Several(fields) => fields.iter().map(of_form).collect(),
    }
}

/// The introduction tells how to get a token with a demo account; this does what it says.
#[tokio::test]
async fn demo_account_gets_a_token_as_the_introduction_says() {
    for (system, description) in systems() {
        let Some(sign_in) = system.sign_in else { continue };
        let operation = description.operation(sign_in.operation).expect("the operation that signs in");
        let introduction = description.document["info"]["description"].as_str().unwrap_or_default();
        let account = sign_in.demo.expect("a demo account");
        for word in [&operation.path, sign_in.name, sign_in.password, sign_in.token, account] {
            assert!(
                introduction.contains(&format!("`{word}`")) || introduction.contains(word),
                "{word} in {introduction}"
            );
        }
        let password = "Pass phrase 1";
        let app = TestApp::of(system, |config| config.demo_password = Some(password.into())).await;
        demo::seed(&app.app, system).await.expect("the demo data fits").expect("the database is empty");

        let body = json!({ sign_in.name: account, sign_in.password: password });
        let signed_in = app.anonymous().json(operation.method.clone(), &operation.path, &body).await;
        let token = signed_in.is(200).json()[sign_in.token].as_str().unwrap_or_default().to_owned();
        let private = description.operations.iter().find(|operation| {
            operation.method == "GET"
                && !operation.path.contains('{')
                && operation.description["responses"].get("401").is_some()
        });
        let private = &private.expect("an operation for those who are signed in").path;
        assert_eq!(app.anonymous().quiet().get(private).await.status(), 401, "{private}");
        assert_ne!(app.with_token(token).quiet().get(private).await.status(), 401, "{private}");
    }
}
