//! The error responses of every operation, added in one place: what a handler can fail with follows from its access, its
//! parameters and its body.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Components, Content, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema,
    path::{Operation, Parameter, ParameterIn, PathItem},
    security::SecurityRequirement,
};

/// Status, name of the response in the components, and what it means.
type Answer = (&'static str, &'static str, &'static str);

const BAD_REQUEST: Answer = ("400", "BadRequest", "A parameter or the body is not valid.");
const UNAUTHORIZED: Answer = ("401", "Unauthorized", "There is no valid token.");
const FORBIDDEN: Answer = ("403", "Forbidden", "The signed-in user may not do this.");
const NOT_FOUND: Answer = ("404", "NotFound", "No such record, or none that the user may see.");
const TOO_LARGE: Answer = ("413", "PayloadTooLarge", "The body is larger than this operation takes.");

const ALL: [Answer; 5] = [BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_LARGE];

/// The name of the schema of an error body.
const PROBLEM: &str = "Problem";

/// Adds the schema of a failed request and the responses that use it, and names them in every operation that does not
/// describe the status itself.
pub(super) fn add(document: &mut OpenApi, problem: RefOr<Schema>) {
    let everywhere = document.security.clone().unwrap_or_default();
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            public(operation);
            let answers = answers(operation, &everywhere);
            let responses = &mut operation.responses.responses;
            for (status, name, _) in answers {
                responses.entry(status.to_owned()).or_insert_with(|| Ref::from_response_name(name).into());
            }
        }
    }
    let components = document.components.get_or_insert_default();
    components.schemas.insert(PROBLEM.to_owned(), problem);
    responses(components);
}

fn responses(components: &mut Components) {
    let described = |(_, name, meaning): Answer| {
        let content = Content::new(Some(Ref::from_schema_name(PROBLEM)));
        let response: Response =
            ResponseBuilder::new().description(meaning).content("application/json", content).build();
        (name.to_owned(), response.into())
    };
    components.responses.extend(ALL.map(described).into_iter().collect::<BTreeMap<_, _>>());
}

/// A handler says `security(())` for "no token is needed", which the macro writes as one requirement of nothing.
fn public(operation: &mut Operation) {
    if operation.security.as_deref() == Some(&[SecurityRequirement::default()]) {
        operation.security = Some(Vec::new());
    }
}

fn answers(operation: &Operation, everywhere: &[SecurityRequirement]) -> Vec<Answer> {
    let security = operation.security.as_deref().unwrap_or(everywhere);
    let needs_token = !security.is_empty() && !security.contains(&SecurityRequirement::default());
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has_body = operation.request_body.is_some();
    let in_path = |parameter: &RefOr<Parameter>| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Path);
    let has_id = parameters.iter().any(in_path);
    let conditions = [
        (BAD_REQUEST, has_body || !parameters.is_empty()),
        (UNAUTHORIZED, needs_token),
        (FORBIDDEN, needs_token),
        (NOT_FOUND, has_id),
        (TOO_LARGE, has_body),
    ];
    conditions.into_iter().filter(|(_, applies)| *applies).map(|(answer, _)| answer).collect()
}

/// The operations of an address.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten()
}
