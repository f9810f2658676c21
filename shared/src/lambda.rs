//! Running as a Lambda function.

use std::{process::ExitCode, time::Duration};

use aws_lambda_events::event::{
    apigw::ApiGatewayWebsocketProxyRequest,
    eventbridge::EventBridgeEvent,
    sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent},
};
use axum::extract::Request;
use lambda_http::{RequestExt, request::RequestContext};
use lambda_runtime::{LambdaEvent, service_fn};
use tower::ServiceBuilder;

use crate::{
    App, Result,
    config::Config,
    error::internal,
    http::{address::Peer, group_service, with_path},
    jobs,
    realtime::{
        Source,
        gateway::{self, SocketEvent, answer},
    },
    system::{Group, System},
    telemetry,
};

mod queue;

/// What the `main` of a function gives back.
pub type Exit = ExitCode;

/// Serves one route group behind an API Gateway HTTP API.
///
/// Nothing is contacted before the first request: a cold start only reads the environment.
pub fn serve_http(system: &'static System, group: &'static Group) -> Exit {
    run(system, async move |app| {
        let router = group_service(system, group, app);
        lambda_http::run(ServiceBuilder::new().map_request(from_gateway).service(router)).await
    })
}

/// Runs `job` each time the function is invoked (by a schedule, or by hand).
pub fn serve_job<J, F>(system: &'static System, job: J) -> Exit
where
    J: Fn(App) -> F + Send + Sync + 'static,
    F: Future<Output = Result<serde_json::Value>> + Send,
{
    run(system, async move |app| {
        let handler = |_event: LambdaEvent<EventBridgeEvent<serde_json::Value>>| {
            let outcome = job(app.clone());
            async { outcome.await.map_err(|error| lambda_runtime::Error::from(error.to_string())) }
        };
        lambda_runtime::run(service_fn(handler)).await
    })
}

/// Does the jobs that messages of a queue name, one after the other. A message that could not be dealt with is reported, and
/// comes again; the others are done with.
pub fn serve_queue(system: &'static System) -> Exit {
    run(system, async move |app| {
        let handler = async |event: LambdaEvent<SqsEvent>| {
            let deadline = event.context.deadline();
            let failed = queue::take(&app, system.jobs, event.payload, deadline).await;
            let mut answer = SqsBatchResponse::default();
            answer.batch_item_failures = failed.into_iter().map(failure).collect();
            Ok::<_, lambda_runtime::Error>(answer)
        };
        lambda_runtime::run(service_fn(handler)).await
    })
}

fn failure(message: String) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = message;
    failure
}

/// Starts the job that a rule names (`{"start": "clean_up"}`), if it has not run in this period; or, when the event names
/// none, sends what was lost and starts what was missed.
pub fn serve_schedule(system: &'static System) -> Exit {
    run(system, async move |app| {
        let handler = async |event: LambdaEvent<serde_json::Value>| {
            let outcome = match event.payload["start"].as_str() {
                Some(kind) => jobs::start_kind(&app, system.jobs, kind).await.map(|()| 0),
                None => jobs::put_in_order(&app, system).await,
            };
            let sent = outcome.map_err(|error| lambda_runtime::Error::from(error.to_string()))?;
            Ok::<_, lambda_runtime::Error>(serde_json::json!({ "sent": sent }))
        };
        lambda_runtime::run(service_fn(handler)).await
    })
}

/// Answers what the gateway tells about WebSockets with a status; an error is 500.
pub fn serve_websocket(system: &'static System) -> Exit {
    run(system, async move |app| {
        let source = live_events(system)?;
        let handler = async |event: LambdaEvent<ApiGatewayWebsocketProxyRequest>| {
            let status = match SocketEvent::read(event.payload) {
                Ok(event) => gateway::handle(&app, source, event).await,
                Err(error) => Err(error),
            };
            let status = status.unwrap_or_else(|error| {
                tracing::error!(%error, "an event of a socket could not be handled");
                error.kind().status().as_u16()
            });
            Ok::<_, lambda_runtime::Error>(answer(status))
        };
        lambda_runtime::run(service_fn(handler)).await
    })
}

/// Sends new events to the WebSockets of the gateway each time the function is invoked, for as long as anybody has one and
/// `longest` at most: until shortly before the next turn of the schedule.
pub fn serve_delivery(system: &'static System, longest: Duration) -> Exit {
    serve_job(system, move |app| async move {
        let source = live_events(system)?;
        Ok(serde_json::to_value(gateway::deliver_while_needed(&app, source, longest).await?)?)
    })
}

fn live_events(system: &System) -> Result<&'static dyn Source> {
    system.events.ok_or_else(|| internal("The system has no live events"))
}

fn run<F>(system: &'static System, serve: F) -> Exit
where
    F: AsyncFnOnce(App) -> Result<(), lambda_runtime::Error>,
{
    telemetry::start(true);
    let outcome = Config::for_system(system).map_err(|error| error.to_string()).and_then(|config| {
        config.warn();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let app = App::new(system, config);
        runtime.block_on(serve(app)).map_err(|error| error.to_string())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            tracing::error!(problem, "the function stopped");
            ExitCode::FAILURE
        }
    }
}

/// Adds the client's address and takes the stage out of the path: both stand in the gateway's event only.
pub fn from_gateway(mut request: lambda_http::Request) -> Request<lambda_http::Body> {
    let Some(RequestContext::ApiGatewayV2(context)) = request.request_context_ref() else { return request };
    let address = context.http.source_ip.as_deref().and_then(|address| address.parse().ok());
    let stage = context.stage.clone().filter(|stage| stage != "$default");
    if let Some(path) = stage.and_then(|stage| without_stage(request.uri().path(), &stage)) {
        *request.uri_mut() = with_path(request.uri(), &path);
    }
    if let Some(address) = address {
        request.extensions_mut().insert(Peer(address));
    }
    request
}

/// `/prod/api/people` of the stage `prod` is `/api/people`. With a domain of its own the path has no stage;
/// `lambda_http` then puts one there, unless `AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH` is set.
fn without_stage(path: &str, stage: &str) -> Option<String> {
    let rest = path.strip_prefix('/')?.strip_prefix(stage)?;
    match rest {
        "" => Some("/".to_owned()),
        _ if rest.starts_with('/') => Some(rest.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::without_stage;

    #[test]
    fn only_a_whole_first_segment_is_the_stage() {
        assert_eq!(without_stage("/prod/api/people", "prod").as_deref(), Some("/api/people"));
        assert_eq!(without_stage("/prod", "prod").as_deref(), Some("/"));
        assert_eq!(without_stage("/production/api", "prod"), None);
        assert_eq!(without_stage("/api/people", "prod"), None);
    }
}
