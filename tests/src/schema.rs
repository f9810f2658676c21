//! Whether JSON is what a schema of the API's description says. Understands the part of JSON Schema that descriptions use.

use serde_json::{Map, Value};

/// A description with the schemas that others refer to.
#[derive(Clone, Copy)]
pub struct Schemas<'a>(pub &'a Value);

impl<'a> Schemas<'a> {
    /// The first place where a value is not what a schema says, or has a member that the schema does not know.
    pub fn mismatch(self, schema: &'a Value, value: &Value) -> Option<String> {
        self.differs(schema, value, "").or_else(|| self.unknown(&[schema], value, ""))
    }

    /// The first place where a value is not what a schema says; it may have more members.
    pub fn contradiction(self, schema: &'a Value, value: &Value) -> Option<String> {
        self.differs(schema, value, "")
    }

    /// What a reference stands for; anything else is itself.
    pub fn resolved(self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"].as_str().and_then(|name| self.0.pointer(name.strip_prefix('#')?));
        target.map_or(schema, |target| self.resolved(target))
    }

    fn differs(self, schema: &'a Value, value: &Value, at: &str) -> Option<String> {
        let schema = self.resolved(schema);
        if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array())
            && !choices.iter().any(|choice| self.differs(choice, value, at).is_none())
        {
            let choices = choices.iter().filter(|choice| choice["type"] != "null");
            let reasons: Vec<String> = choices.filter_map(|choice| self.differs(choice, value, at)).collect();
            return Some(format!("{at} is none of the choices: {}", reasons.join(", or ")));
        }
        let all = schema["allOf"].as_array().into_iter().flatten();
        if let Some(problem) = all.filter_map(|part| self.differs(part, value, at)).next() {
            return Some(problem);
        }
        if !is_of_type(&schema["type"], value) {
            return Some(format!("{at} is {}, not {}", brief(value), schema["type"]));
        }
        if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
            return Some(format!("{at} is {}, none of {}", brief(value), schema["enum"]));
        }
        match value {
            Value::Object(members) => self.members(schema, members, at),
            Value::Array(items) => {
                let mut items = items.iter().enumerate();
                items.find_map(|(index, item)| self.differs(&schema["items"], item, &format!("{at}.{index}")))
            }
            _ => None,
        }
    }

    fn members(self, schema: &'a Value, members: &Map<String, Value>, at: &str) -> Option<String> {
        let mut required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        if let Some(name) = required.find(|name| !members.contains_key(*name)) {
            return Some(format!("{at}.{name} is missing"));
        }
        members.iter().find_map(|(name, value)| {
            let known = schema["properties"].get(name).or(schema.get("additionalProperties"))?;
            self.differs(known, value, &format!("{at}.{name}"))
        })
    }

    /// The first member of an object that none of these schemas names.
    fn unknown(self, schemas: &[&'a Value], value: &Value, at: &str) -> Option<String> {
        let schemas: Vec<&Value> = schemas.iter().flat_map(|schema| self.parts(schema, value)).collect();
        match value {
            Value::Array(items) => {
                let said: Vec<&Value> = schemas.iter().filter_map(|schema| schema.get("items")).collect();
                let mut items = items.iter().enumerate();
                items.find_map(|(index, item)| self.unknown(&said, item, &format!("{at}.{index}")))
            }
            Value::Object(members) => {
                // An object of which nothing is said may hold anything.
                let says = |schema: &&Value| schema.get("properties").is_some() || is_map(schema);
                if !schemas.iter().any(says) {
                    return None;
                }
                members.iter().find_map(|(name, value)| {
                    let at = format!("{at}.{name}");
                    let named = schemas.iter().filter_map(|schema| schema["properties"].get(name));
                    let others = schemas.iter().filter_map(|schema| schema.get("additionalProperties"));
                    let said: Vec<&Value> = named.chain(others).collect();
                    if said.is_empty() {
                        Some(format!("{at} is not described"))
                    } else {
                        self.unknown(&said, value, &at)
                    }
                })
            }
            _ => None,
        }
    }

    /// The schemas that say something of a value: itself, all parts, and the choices that fit.
    fn parts(self, schema: &'a Value, value: &Value) -> Vec<&'a Value> {
        let schema = self.resolved(schema);
        let list = |name: &str| schema[name].as_array().into_iter().flatten();
        let choices = list("oneOf").chain(list("anyOf"));
        let fitting = choices.filter(|choice| self.differs(choice, value, "").is_none());
        let nested = list("allOf").chain(fitting).flat_map(|part| self.parts(part, value));
        std::iter::once(schema).chain(nested).collect()
    }
}

fn is_map(schema: &Value) -> bool {
    schema.get("additionalProperties").is_some_and(|members| members != &Value::Bool(true))
}

fn is_of_type(types: &Value, value: &Value) -> bool {
    match types {
        Value::String(name) => is_a(name, value),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(|name| is_a(name, value)),
        _ => true,
    }
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

fn brief(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mismatch(value: &Value) -> Option<String> {
        let document = json!({ "schemas": {
            "Id": { "type": "integer" },
            "Book": { "type": "object", "required": ["id"], "properties": {
                "id": { "$ref": "#/schemas/Id" },
                "title": { "type": ["string", "null"] },
                "kind": { "oneOf": [{ "type": "null" }, { "type": "string", "enum": ["novel", "atlas"] }] },
                "tags": { "type": "array", "items": { "type": "string" } },
                "counts": { "type": "object", "additionalProperties": { "type": "integer" } },
                "anything": {},
            } },
            "Lent": { "allOf": [
                { "$ref": "#/schemas/Book" },
                { "type": "object", "properties": { "reader": { "type": "string" } } },
            ] },
        } });
        Schemas(&document).mismatch(&document["schemas"]["Lent"], value)
    }

    #[test]
    fn value_of_the_schema_fits() {
        let full = json!({ "id": 1, "title": null, "kind": "atlas", "tags": ["a"], "counts": { "x": 1 },
                           "anything": { "at": ["all"] }, "reader": "Ana" });
        assert_eq!(mismatch(&full), None);
        assert_eq!(mismatch(&json!({ "id": 1, "kind": null })), None);
    }

    #[test]
    fn first_difference_is_told_with_its_place() {
        let told = |value: Value| mismatch(&value).unwrap_or_default();
        assert_eq!(told(json!({})), ".id is missing");
        assert_eq!(told(json!({ "id": "1" })), ".id is \"1\", not \"integer\"");
        assert_eq!(told(json!({ "id": 1, "tags": ["a", 2] })), ".tags.1 is 2, not \"string\"");
        assert!(told(json!({ "id": 1, "kind": "poem" })).starts_with(".kind is none of the choices"));
        assert_eq!(told(json!({ "id": 1, "counts": { "x": "1" } })), ".counts.x is \"1\", not \"integer\"");
        assert_eq!(told(json!({ "id": 1, "shelf": 3 })), ".shelf is not described");
    }
}
