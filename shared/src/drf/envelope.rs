//! Errors: `detail`, or the messages of each field.

use http::{Method, Uri};
use serde_json::{Map, Value, json};
use utoipa::openapi::{
    ObjectBuilder, RefOr, Schema,
    schema::{AdditionalProperties, ArrayBuilder, OneOfBuilder, Type},
};

use crate::{
    Error,
    error::{Kind, Problem, not_found},
    http::envelope::{Envelope, Failed},
};

/// The name of messages that belong to no single field.
pub(super) const NON_FIELD: &str = "non_field_errors";

/// What a client is told of a failure of ours.
const OUR_FAULT: &str = "Something went wrong on our side.";

/// `{"detail": ".."}`, or for a rejected body `{"<field>": [".."], "detail": "<field>: .."}`.
#[derive(Clone, Copy, Debug)]
pub struct DrfEnvelope {
    /// Adds `code`, a word for programs, and for a rejected body the messages once more below `field_errors`. Where a field
    /// of the body is called `code`, its messages keep the name and the word is `error_code`.
    pub code: bool,
    /// Adds `message`, the same text as `detail`.
    pub message: bool,
    /// Adds `request_id` to failures of ours.
    pub request_id: bool,
}

impl Envelope for DrfEnvelope {
    fn body(&self, problem: &Problem, request: &Failed<'_>) -> Value {
        let fields = messages(problem);
        let detail = detail(problem);
        let mut body = fields.clone();
        if self.code {
            let name = if fields.contains_key("code") { "error_code" } else { "code" };
            body.insert(name.to_owned(), word(problem).into());
            if !fields.is_empty() {
                body.insert("field_errors".to_owned(), fields.into());
            }
        }
        if self.message {
            body.insert("message".to_owned(), detail.clone().into());
        }
        body.insert("detail".to_owned(), detail.into());
        if self.request_id && problem.kind.status().is_server_error() {
            body.insert("request_id".to_owned(), request.request_id.into());
        }
        if let Some(detail) = &request.detail {
            body.insert("error_detail".to_owned(), detail.clone().into());
        }
        // Last, so that a system can say `code` and `messages` of a token itself.
        body.extend(problem.extra.clone());
        body.into()
    }

    fn schema(&self) -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let messages = || ArrayBuilder::new().items(text());
        let mut schema = ObjectBuilder::new()
            .description(Some(
                "Why a request failed; the messages of each rejected field stand below its name. What a system adds stands \
                 beside them.",
            ))
            .property("detail", text().description(Some("One sentence for people.")))
            .required("detail")
            .property(NON_FIELD, messages())
            .property("error_detail", text().description(Some("For developers; never in production.")))
            .additional_properties(Some(AdditionalProperties::FreeForm(true)));
        if self.code {
            let by_field = ObjectBuilder::new()
                .description(Some("The messages of the rejected fields once more."))
                .additional_properties(Some(AdditionalProperties::from(Schema::from(messages()))));
            let code = OneOfBuilder::new()
                .description(Some("A word for programs, or the messages of a field with this name."))
                .item(text())
                .item(messages());
            let error_code = text().description(Some("The word, where a field is called `code`."));
            schema = schema
                .property("code", code)
                .required("code")
                .property("error_code", error_code)
                .property("field_errors", by_field);
        }
        if self.request_id {
            schema = schema.property("request_id", text().description(Some("Of failures of ours.")));
        }
        if self.message {
            schema = schema
                .property("message", text().description(Some("The same as `detail`.")))
                .required("message");
        }
        RefOr::T(schema.into())
    }

    fn not_found(&self, _: &Method, _: &Uri) -> Error {
        not_found("Not found.")
    }

    fn method_not_allowed(&self, method: &Method, _: &Uri) -> Error {
        Error::new(Kind::MethodNotAllowed, "method_not_allowed", format!("Method \"{method}\" not allowed."))
    }
}

/// Messages by field, in the order in which fields were rejected.
fn messages(problem: &Problem) -> Map<String, Value> {
    let mut fields = Map::new();
    for error in &problem.fields {
        let messages = fields.entry(error.field.clone()).or_insert_with(|| json!([]));
        if let Value::Array(messages) = messages {
            messages.push(error.message.clone().into());
        }
    }
    fields
}

/// One sentence: the message, or the first field with its first message.
fn detail(problem: &Problem) -> String {
    match problem.fields.first() {
        _ if problem.kind == Kind::Internal => OUR_FAULT.to_owned(),
        Some(first) if first.field == NON_FIELD => first.message.clone(),
        Some(first) => format!("{}: {}", first.field, first.message),
        None => problem.message.clone(),
    }
}

/// The word for programs that Django REST Framework uses for this failure.
fn word(problem: &Problem) -> &'static str {
    match problem.kind {
        Kind::Invalid if matches!(problem.code, "malformed_json" | "bad_form" | "body_cut") => "parse_error",
        Kind::Invalid => "invalid",
        Kind::Unauthorized if problem.code == "unauthorized" => "not_authenticated",
        Kind::Forbidden if problem.code == "forbidden" => "permission_denied",
        Kind::Unauthorized | Kind::Forbidden | Kind::PaymentRequired | Kind::Locked => problem.code,
        Kind::Conflict => "conflict",
        Kind::NotFound => "not_found",
        Kind::MethodNotAllowed => "method_not_allowed",
        Kind::NotAcceptable => "not_acceptable",
        Kind::UnsupportedMediaType => "unsupported_media_type",
        Kind::Gone => "gone",
        Kind::TooLarge => "too_large",
        Kind::TooManyRequests => "throttled",
        Kind::BadGateway | Kind::Unavailable => "unavailable",
        Kind::Internal => "server_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{FieldError, forbidden, internal, invalid, unauthorized};

    const WITH_CODE: DrfEnvelope = DrfEnvelope { code: true, message: false, request_id: false };
    const WITH_MESSAGE: DrfEnvelope = DrfEnvelope { code: false, message: true, request_id: true };

    fn body(envelope: DrfEnvelope, error: Error) -> Value {
        let request = Failed { path: "/api/items", request_id: "abcdefgh", detail: None };
        envelope.body(&error.into_problem(), &request)
    }

    fn rejected(fields: &[(&str, &str)]) -> Error {
        let field = |(field, message): &(&str, &str)| FieldError {
            field: (*field).to_owned(),
            message: (*message).to_owned(),
        };
        invalid("invalid", "not shown").with_fields(fields.iter().map(field).collect())
    }

    #[test]
    fn failure_without_fields_is_a_detail_with_its_word() {
        assert_eq!(
            body(WITH_CODE, forbidden("You do not have permission to perform this action.")),
            json!({ "detail": "You do not have permission to perform this action.", "code": "permission_denied" })
        );
        assert_eq!(
            body(WITH_MESSAGE, not_found("Invalid page.")),
            json!({ "detail": "Invalid page.", "message": "Invalid page." })
        );
    }

    #[test]
    fn rejected_fields_stand_at_the_top_with_all_their_messages() {
        let error = rejected(&[("email", "This field is required."), ("name", "a"), ("name", "b")]);
        assert_eq!(
            body(WITH_CODE, error),
            json!({
                "email": ["This field is required."], "name": ["a", "b"], "code": "invalid",
                "detail": "email: This field is required.",
                "field_errors": { "email": ["This field is required."], "name": ["a", "b"] },
            })
        );
        assert_eq!(
            body(WITH_MESSAGE, rejected(&[(NON_FIELD, "Name one of the two.")])),
            json!({
                NON_FIELD: ["Name one of the two."], "detail": "Name one of the two.", "message": "Name one of the two.",
            })
        );
    }

    #[test]
    fn field_called_code_keeps_its_name() {
        let shown = body(WITH_CODE, rejected(&[("code", "taken")]));
        assert_eq!((&shown["code"], &shown["error_code"]), (&json!(["taken"]), &json!("invalid")));
    }

    #[test]
    fn failure_of_ours_hides_its_cause_and_names_the_request() {
        assert_eq!(
            body(WITH_MESSAGE, internal("a secret")),
            json!({ "detail": OUR_FAULT, "message": OUR_FAULT, "request_id": "abcdefgh" })
        );
    }

    #[test]
    fn token_error_brings_its_own_members() {
        let error = unauthorized("token_not_valid", "Given token not valid for any token type")
            .with("messages", json!([{ "token_class": "AccessToken" }]));
        let shown = body(WITH_CODE, error);
        assert_eq!(
            (&shown["code"], &shown["messages"][0]["token_class"]),
            (&json!("token_not_valid"), &json!("AccessToken"))
        );
    }
}
