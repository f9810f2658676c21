//! Running as a Lambda function.

use std::process::ExitCode;

use aws_lambda_events::event::eventbridge::EventBridgeEvent;
use axum::extract::Request;
use lambda_http::{RequestExt, request::RequestContext};
use lambda_runtime::{LambdaEvent, service_fn};
use tower::ServiceBuilder;

use crate::{
    App, Result,
    config::Config,
    http::{address::Peer, group_service},
    system::{Group, System},
    telemetry,
};

/// What the `main` of a function gives back.
pub type Exit = ExitCode;

/// Serves one route group behind an API Gateway HTTP API.
///
/// Nothing is contacted before the first request: a cold start only reads the environment.
pub fn serve_http(system: &'static System, group: &'static Group) -> Exit {
    run(async move |app| {
        let router = group_service(system, group, app);
        lambda_http::run(ServiceBuilder::new().map_request(with_peer).service(router)).await
    })
}

/// Runs `job` each time the function is invoked (by a schedule, or by hand).
pub fn serve_job<J, F>(job: J) -> Exit
where
    J: Fn(App) -> F + Send + Sync + 'static,
    F: Future<Output = Result<serde_json::Value>> + Send,
{
    run(async move |app| {
        let handler = |_event: LambdaEvent<EventBridgeEvent<serde_json::Value>>| {
            let outcome = job(app.clone());
            async { outcome.await.map_err(|error| lambda_runtime::Error::from(error.to_string())) }
        };
        lambda_runtime::run(service_fn(handler)).await
    })
}

fn run<F>(serve: F) -> Exit
where
    F: AsyncFnOnce(App) -> Result<(), lambda_runtime::Error>,
{
    telemetry::start(true);
    let outcome = Config::from_env().map_err(|error| error.to_string()).and_then(|config| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        runtime.block_on(serve(App::new(config))).map_err(|error| error.to_string())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(problem, "the function stopped");
            ExitCode::FAILURE
        }
    }
}

/// Adds the client's address, which the gateway reports in the event.
fn with_peer(mut request: lambda_http::Request) -> Request<lambda_http::Body> {
    let source = match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.clone(),
        _ => None,
    };
    if let Some(address) = source.and_then(|address| address.parse().ok()) {
        request.extensions_mut().insert(Peer(address));
    }
    request
}
