//! WebSockets that a gateway holds (API Gateway): it calls a function when one opens, closes or says something, and takes
//! messages for them at an address of its own.

mod deliver;
mod sockets;

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_lambda_events::event::apigw::{ApiGatewayProxyResponse, ApiGatewayWebsocketProxyRequest};
use aws_sdk_apigatewaymanagement::{Client, error::SdkError, primitives::Blob};
use tokio::sync::OnceCell;

pub use deliver::{Delivered, deliver, deliver_while_needed};
pub(super) use sockets::LONGEST_SOCKET;
pub use sockets::handle;

use crate::{
    Result, aws,
    config::{AwsConfig, Config},
    error,
};

/// The longest that the gateway may take for one message, tries included.
const LONGEST: Duration = Duration::from_secs(5);

/// What has happened to a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// Somebody opens it, with this token if any.
    Opened(Option<String>),
    /// It is closed.
    Closed,
    /// The client has said something.
    Said(String),
}

/// An event of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketEvent {
    /// The gateway's name for the socket.
    pub connection_id: String,
    /// What has happened.
    pub what: Happened,
}

impl SocketEvent {
    /// Reads an event; the token stands in the query or in the `Authorization` header.
    pub fn read(request: ApiGatewayWebsocketProxyRequest) -> Result<Self> {
        let context = request.request_context;
        let connection_id =
            context.connection_id.ok_or_else(|| error::invalid("no_connection", "No connection id"))?;
        let what = match context.route_key.as_deref() {
            Some("$connect") => {
                let header = request.headers.get("authorization").and_then(|value| value.to_str().ok());
                let header = header.map(|value| value.trim_start_matches("Bearer ").trim());
                let token = request.query_string_parameters.first("token").or(header);
                Happened::Opened(token.filter(|token| !token.is_empty()).map(str::to_owned))
            }
            Some("$disconnect") => Happened::Closed,
            _ => Happened::Said(request.body.unwrap_or_default()),
        };
        Ok(Self { connection_id, what })
    }
}

/// An answer of nothing but a status: at the opening, any other than 200 refuses the socket.
pub fn answer(status: u16) -> ApiGatewayProxyResponse {
    let mut answer = ApiGatewayProxyResponse::default();
    answer.status_code = i64::from(status);
    answer
}

/// The address where the gateway takes messages. Nothing is contacted before the first.
pub struct Gateway {
    config: AwsConfig,
    client: OnceCell<Client>,
}

impl Gateway {
    /// The configured gateway; an error without `SOCKETS_ENDPOINT`.
    pub fn new(config: &Config) -> Result<Self> {
        let mut sockets = config.realtime.sockets.clone();
        if sockets.endpoint.is_none() {
            return Err(error::internal("SOCKETS_ENDPOINT is not set"));
        }
        let region = sockets.region.or_else(|| config.files.aws.region.clone());
        sockets.region = region.or_else(|| Some("us-east-1".to_owned()));
        Ok(Self { config: sockets, client: OnceCell::new() })
    }

    /// Sends one message. False means that the socket is gone.
    pub async fn send(&self, connection_id: &str, text: &str) -> Result<bool> {
        let post = self.client().await.post_to_connection().connection_id(connection_id);
        match post.data(Blob::new(text)).send().await {
            Ok(_) => Ok(true),
            // By its status: it comes without a body.
            Err(SdkError::ServiceError(cause)) if cause.raw().status().as_u16() == 410 => Ok(false),
            Err(cause) => Err(error::unavailable("The gateway of the sockets").caused_by(cause)),
        }
    }

    /// Closes a socket. One that is gone already is no error, nor is a gateway that does not answer: it closes them all
    /// after two hours.
    pub async fn close(&self, connection_id: &str) {
        let close = self.client().await.delete_connection().connection_id(connection_id);
        if let Err(cause) = close.send().await {
            tracing::info!(%cause, "a socket could not be closed");
        }
    }

    async fn client(&self) -> &Client {
        self.client.get_or_init(|| self.connect()).await
    }

    async fn connect(&self) -> Client {
        let times = TimeoutConfig::builder().operation_timeout(LONGEST).build();
        Client::new(&aws::connect(&self.config, times).await)
    }
}
