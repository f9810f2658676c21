//! The API's description, collected from the handlers, and its pages.

use std::sync::{Arc, OnceLock};

use axum::{
    Router,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use bytes::Bytes;
use http::{HeaderValue, header};
use utoipa::openapi::{
    OpenApi, Paths,
    path::{Operation, PathItem},
    security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_swagger_ui::Config;

mod examples;
mod flattened;
mod introduction;
mod problems;

pub use examples::{Example, Field, examples};

use super::Path;
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

/// `/api/schema/` (JSON) and `/api/docs/` (Swagger UI from files inside the program).
pub fn docs(system: &'static System) -> Router<App> {
    // Of this router, because a process may serve several systems.
    let written = Arc::<OnceLock<Bytes>>::default();
    let schema = move || async move {
        let json = written.get_or_init(|| serde_json::to_vec(&document(system)).unwrap_or_default().into());
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))], json.clone())
    };
    Router::new()
        .route("/api/schema", get(schema))
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
