//! A system, or one of its groups, as a complete service.

use std::sync::Arc;

use axum::{
    Router,
    extract::{OriginalUri, Request},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tower::{ServiceBuilder, ServiceExt};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, CompressionLevel, Predicate,
        predicate::{DefaultPredicate, SizeAbove},
    },
};

use super::{
    edge::{Edge, edge, note_route},
    normalise::{Normaliser, WithoutSlash, with_path},
};
use crate::{
    App, Error, error,
    metrics::Operations,
    system::{Group, System},
};

/// Every group of a system as one service: what local-dev and the tests run.
pub fn service(system: &'static System, app: App) -> Router {
    let (routes, operations) = all_routes(system);
    layered(system, app, routes, operations, None)
}

/// The same, with `pages` (a front end) answering everything that is not the API's.
pub fn service_with_pages(system: &'static System, app: App, pages: Router) -> Router {
    let (routes, operations) = all_routes(system);
    layered(system, app, routes, operations, Some(pages))
}

fn all_routes(system: &System) -> (Router<App>, Operations) {
    let nothing = (Router::new(), Operations::default());
    system.groups.iter().fold(nothing, |(all, mut operations), group| {
        let (routes, description) = (group.routes)().split_for_parts();
        operations.add(&description);
        (all.merge(routes), operations)
    })
}

/// One group as a service: what a Lambda function runs.
pub fn group_service(system: &'static System, group: &Group, app: App) -> Router {
    let (routes, description) = (group.routes)().split_for_parts();
    let mut operations = Operations::default();
    operations.add(&description);
    layered(system, app, routes, operations, None)
}

fn layered(
    system: &'static System,
    app: App,
    routes: Router<App>,
    operations: Operations,
    pages: Option<Router>,
) -> Router {
    let operations = Arc::new(operations);
    app.metrics.requests().serve(operations.clone());
    let edge_state = Edge { app: app.clone(), system, operations };
    let templates = edge_state.operations.all().iter().map(|operation| operation.route.as_str());
    let normaliser = Arc::new(Normaliser::new(system.http, templates));
    let exact = routes
        .route_layer(middleware::from_fn(at_route))
        .method_not_allowed_fallback(move |method: Method, OriginalUri(uri): OriginalUri| async move {
            system.envelope.method_not_allowed(&method, &uri)
        })
        .fallback(move |method: Method, OriginalUri(uri): OriginalUri| async move {
            system.envelope.not_found(&method, &uri)
        });
    let exact = match system.http.layer {
        Some(layer) => layer(exact, &app),
        None => exact,
    };
    let exact = exact.with_state(app);
    let again = exact.clone();
    let any_case = exact.fallback(move |request| unmatched(system, again.clone(), pages.clone(), request));
    let inner = any_case
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| panicked().into_response()))
        .layer(middleware::from_fn_with_state(edge_state, edge))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth_compressing()));
    Router::new().fallback_service(
        ServiceBuilder::new()
            .map_request(move |request: Request| normaliser.normalised(request))
            .map_response(move |mut response: Response| {
                // Here, because the router names the methods after every layer.
                if system.http.layer.is_some() {
                    name_options(response.headers_mut());
                }
                response
            })
            .service(inner),
    )
}

/// Where OPTIONS describes a view it is a method like others; HEAD goes without saying.
fn name_options(headers: &mut HeaderMap) {
    let Some(allowed) = headers.get(header::ALLOW).and_then(|value| value.to_str().ok()) else { return };
    let methods = allowed.split(',').map(str::trim).filter(|method| !method.is_empty() && *method != "HEAD");
    let methods: Vec<&str> = methods.chain(["OPTIONS"]).collect();
    if let Ok(value) = HeaderValue::from_str(&methods.join(", ")) {
        headers.insert(header::ALLOW, value);
    }
}

/// What a route does with every request: it says which it is, and sends a browser to the path with a slash, where the
/// surface wants one.
async fn at_route(request: Request, next: Next) -> Response {
    note_route(&request);
    let missing = request.extensions().get::<WithoutSlash>().and(request.extensions().get::<OriginalUri>());
    let Some(OriginalUri(uri)) = missing else { return next.run(request).await };
    let target = with_path(uri, &format!("{}/", uri.path()));
    let target = target.path_and_query().map_or("/", |both| both.as_str());
    (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, target.to_owned())]).into_response()
}

/// What no route matched: a page of the front end, or a path of the API in another case, which is tried
/// again in lower case if the system matches paths without regard to case.
async fn unmatched(system: &System, exact: Router, pages: Option<Router>, mut request: Request) -> Response {
    let path = request.uri().path();
    let is_api = path.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("/api"));
    let next = match pages {
        Some(pages) if !is_api => pages,
        _ if is_api && system.http.any_case => {
            *request.uri_mut() = with_path(request.uri(), &path.to_ascii_lowercase());
            exact
        }
        _ => exact,
    };
    next.oneshot(request).await.unwrap_or_else(|never| match never {})
}

fn panicked() -> Error {
    error::internal("a handler panicked")
}

fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new().and(SizeAbove::new(1024))
}
