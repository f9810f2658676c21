//! The API's description, collected from the handlers, and its pages.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderValue, header};
use serde::Deserialize;
use utoipa::openapi::{
    OpenApi, Paths, RefOr, Schema,
    path::{Operation, PathItem},
    schema::AdditionalProperties,
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_swagger_ui::Config;

mod examples;
mod flattened;
mod introduction;
mod problems;
mod reference;

pub use examples::{Example, Field, examples};

use super::{Path, Query};
use crate::{App, Error, error, system::System};

/// The description of every group of a system.
pub fn document(system: &System) -> OpenApi {
    let mut all = OpenApi::new(introduction::info(system), Paths::new());
    for group in system.groups {
        all.merge((group.routes)().split_for_parts().1);
    }
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let components = all.components.get_or_insert_default();
    flattened::mend(components);
    components.security_schemes.insert("bearer".to_owned(), SecurityScheme::Http(bearer).into());
    open_bodies(&mut all.paths);
    all.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    all.servers = Some(introduction::servers(system.http));
    all.tags = Some(introduction::tags(system.groups));
    if let Some(sign_in) = system.sign_in {
        introduction::sign_in(&mut all, sign_in);
    }
    problems::add(&mut all, system.envelope.schema());
    // A file that cannot be read fails a test, not the page.
    examples::add(&mut all, &examples(system).unwrap_or_default());
    all
}

/// The operations of a path with their methods.
fn operations_of(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("DELETE", &mut item.delete),
        ("PATCH", &mut item.patch),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// A body that is an object of which nothing else is said has members all the same: generated clients must be able to send
/// some.
fn open_bodies(paths: &mut Paths) {
    for item in paths.paths.values_mut() {
        for (_, operation) in operations_of(item) {
            let Some(RefOr::T(body)) = &mut operation.request_body else { continue };
            for content in body.content.values_mut() {
                if let RefOr::T(content) = content
                    && let Some(RefOr::T(Schema::Object(object))) = &mut content.schema
                    && object.properties.is_empty()
                    && object.additional_properties.is_none()
                {
                    object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(true)));
                }
            }
        }
    }
}

/// Serves the one operation of `routes` under a second address as well, with an id of its own in the description.
///
/// `summary` is what the second address says about itself, if not the same.
pub fn also_at<S>(
    mut routes: UtoipaMethodRouter<S>,
    path: &str,
    id: &str,
    summary: Option<&str>,
) -> UtoipaMethodRouter<S> {
    let paths = &mut routes.1.paths;
    let mut alias = paths.values().next().cloned().unwrap_or_default();
    for (_, operation) in operations_of(&mut alias) {
        operation.operation_id = Some(id.to_owned());
        if let Some(summary) = summary {
            (operation.summary, operation.description) = (Some(summary.to_owned()), None);
        }
    }
    paths.insert(path.to_owned(), alias);
    routes
}

/// How a description is asked for.
#[derive(Debug, Deserialize)]
struct Wanted {
    /// `openapi` (JSON, the default), `json`, `yaml`.
    #[serde(default)]
    format: Option<String>,
}

/// `/api/schema/` (JSON, or YAML), `/api/docs/` (Swagger UI from files inside the program) and `/api/redoc/` (a page without
/// scripts).
pub fn docs(system: &'static System) -> Router<App> {
    // Of this router, because a process may serve several systems.
    let written = Arc::<[OnceLock<Bytes>; 3]>::default();
    let (of_schema, of_page) = (written.clone(), written);
    let schema = move |Query(Wanted { format }): Query<Wanted>| async move {
        let (text, kind) = match format.as_deref() {
            None | Some("openapi" | "json") => {
                let json = || serde_json::to_vec(&document(system)).unwrap_or_default().into();
                (of_schema[0].get_or_init(json), "application/json; charset=utf-8")
            }
            Some("yaml") => {
                let yaml = || document(system).to_yaml().unwrap_or_default().into();
                (of_schema[1].get_or_init(yaml), "application/yaml; charset=utf-8")
            }
            Some(_) => return Err(error::not_found("Not found.")),
        };
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text.clone()))
    };
    let reference = move || async move {
        let page = of_page[2].get_or_init(|| reference::page(&document(system)).into()).clone();
        let policy =
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
        ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page))
    };
    Router::new()
        .route("/api/schema", get(schema))
        .route("/api/redoc", get(reference))
        .route("/api/docs", get(|| async { Redirect::permanent("/api/docs/") }))
        .route("/api/docs/", get(|| async { page("index.html") }))
        .route("/api/docs/{file}", get(|Path(file): Path<String>| async move { page(&file) }))
}

fn page(file: &str) -> Result<Response, Error> {
    static CONFIG: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| Arc::new(Config::from("/api/schema/"))).clone();
    let found = utoipa_swagger_ui::serve(file, config)
        .map_err(|cause| error::internal(format!("the documentation page failed: {cause}")))?
        .ok_or_else(|| error::not_found("There is no such page"))?;
    Ok(([(header::CONTENT_TYPE, found.content_type)], found.bytes.into_owned()).into_response())
}
