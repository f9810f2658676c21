//! A flattened `Option` as what it is in JSON: the members of the type, or none of them.
//!
//! The derived schema says that the whole object is of the type, or is null, and so refuses every object without them.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Components, RefOr, Schema,
    schema::{ArrayItems, Object, OneOf, SchemaType, Type},
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Mends all schemas of a document.
pub(super) fn mend(components: &mut Components) {
    let known = components.schemas.clone();
    components.schemas.values_mut().for_each(|schema| mended(schema, &known));
}

fn mended(schema: &mut RefOr<Schema>, known: &Schemas) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => object.properties.values_mut().for_each(|part| mended(part, known)),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                mended(items, known);
            }
        }
        Schema::OneOf(choices) => choices.items.iter_mut().for_each(|part| mended(part, known)),
        Schema::AnyOf(choices) => choices.items.iter_mut().for_each(|part| mended(part, known)),
        Schema::AllOf(parts) => {
            for part in &mut parts.items {
                if let RefOr::T(Schema::OneOf(choice)) = part
                    && let Some(mut members) = optional(choice, known)
                {
                    members.required.clear();
                    *part = Schema::Object(members).into();
                }
                mended(part, known);
            }
        }
        _ => {}
    }
}

/// The type of a choice between it and null.
fn optional(choice: &OneOf, known: &Schemas) -> Option<Object> {
    let is_null = |part: &&RefOr<Schema>| matches!(part, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null));
    let others: Vec<&RefOr<Schema>> = choice.items.iter().filter(|part| !is_null(part)).collect();
    let [RefOr::Ref(name)] = others[..] else { return None };
    match known.get(name.ref_location.rsplit('/').next()?)? {
        RefOr::T(Schema::Object(object)) if choice.items.len() == 2 => Some(object.clone()),
        _ => None,
    }
}
