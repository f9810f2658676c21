//! A whole system as its functions serve it: each group a process of its own that asks Lambda's Runtime API for work, with
//! one connection to the database and the variables that the template sets.

use std::{collections::BTreeMap, net::Ipv4Addr, sync::Arc};

use axum::{Router, body::Body, extract::Request, response::Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use muster::lambda_runtime_api::{Outcome, RuntimeApi};
use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};
use shared::{
    App,
    clock::Clock,
    http::address::Peer,
    queue::Queue,
    system::{Group, Starts, System},
};
use tokio::{process::Child, sync::OnceCell};

use uuid::Uuid;

use crate::{Amazon, TestApp, programs};

/// Where imitations of services on the Internet are found; a function that is deployed asks the services themselves.
const IMITATIONS: [&str; 8] = [
    "IMPORT_HOSTS",
    "FILES_ENDPOINT",
    "FILES_REGION",
    "FILES_ACCESS_KEY",
    "FILES_SECRET_KEY",
    "QUEUE_ENDPOINT",
    "QUEUE_ACCESS_KEY",
    "QUEUE_SECRET_KEY",
];

/// The functions of one system: those behind its gateway, and those that messages of queues start.
pub(crate) struct Gateway {
    system: &'static System,
    /// The template of the system.
    template: String,
    /// Values of variables, by name.
    values: BTreeMap<&'static str, String>,
    functions: BTreeMap<String, OnceCell<(RuntimeApi, Child)>>,
    _queues: Amazon,
}

impl TestApp {
    /// The database and the files of this app in the environment of a program.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let files = &self.app.config.files;
        let (access, secret) = files.aws.keys.clone().expect("the files have keys");
        vec![
            ("DATABASE_URL", self.database_url().to_owned()),
            ("FILES_BUCKET", files.bucket.clone()),
            ("FILES_ENDPOINT", files.aws.endpoint.clone().unwrap_or_default()),
            ("FILES_REGION", "us-east-1".to_owned()),
            ("FILES_ACCESS_KEY", access),
            ("FILES_SECRET_KEY", secret.expose_secret().to_owned()),
        ]
    }

    /// The same database and files behind deployed functions instead of the routes in this process. `parameters` are
    /// variables whose value an installation chooses. All go by the time of the machine, and sign with the key in the
    /// database.
    pub async fn as_functions(mut self, parameters: &[(&'static str, &str)]) -> Self {
        let system = self.system;
        assert!(self.app.config.signing_key.is_none(), "the template sets no key");
        let queues = Amazon::start().await;
        let mut values = BTreeMap::from([
            ("MUSTER_ENV", "production".to_owned()),
            ("AWS_LAMBDA_HTTP_IGNORE_STAGE_IN_PATH", "true".to_owned()),
            ("IDENTIFIER_LOGIN", "link".to_owned()),
            ("PUBLIC_URL", "https://rotc.example.test".to_owned()),
            ("MAIL_TRANSPORT", "smtp".to_owned()),
            ("MAIL_FROM", "School <office@school.example>".to_owned()),
            ("SMTP_URL", "smtp://127.0.0.1:9".to_owned()),
        ]);
        values.extend(self.variables());
        values.extend(queues.variables());
        values.extend(parameters.iter().map(|(name, value)| (*name, (*value).to_owned())));
        let gateway = Gateway {
            system,
            template: muster::template::nested(system),
            values,
            functions: names_of(system).map(|name| (name, OnceCell::new())).collect(),
            _queues: queues,
        };
        let gateway = Arc::new(gateway);
        self.gateway = Some(gateway.clone());
        self.clock = Clock::default();
        self.app = App::with_clock(system, (*self.app.config).clone(), self.clock.clone());
        self.router = Router::new().fallback(move |request| {
            let gateway = gateway.clone();
            async move { gateway.answer(request).await }
        });
        self
    }
}

impl Gateway {
    /// The group of the longest prefix that fits, as the gateway chooses.
    fn group(&self, path: &str) -> Option<&'static Group> {
        let path = path.replacen("/api/v1/", "/api/", 1);
        let length = |group: &&&'static Group| {
            let fits = group.prefixes.iter().filter(|prefix| {
                path.strip_prefix(**prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            fits.map(|prefix| prefix.len()).max()
        };
        self.system.groups.iter().filter(|group| length(group).is_some()).max_by_key(length).copied()
    }

    async fn answer(&self, request: Request) -> Response {
        let Some(group) = self.group(request.uri().path()) else {
            return plain(StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#);
        };
        match self.invoke(group.name, &event(request).await).await {
            Some(Outcome::Answered(answer)) => response(&answer),
            // What the gateway makes of a function that fails.
            _ => plain(StatusCode::INTERNAL_SERVER_ERROR, r#"{"message":"Internal Server Error"}"#),
        }
    }

    async fn invoke(&self, name: &str, event: &Value) -> Option<Outcome> {
        let function = self.functions[name].get_or_init(|| self.start(name)).await;
        function.0.invoke(event).await
    }

    /// Hands every job that is due to the worker of its queue, a message each, until none is due. What no worker does is
    /// left.
    pub(crate) async fn work(&self, app: &TestApp) {
        let due = "SELECT id, kind FROM muster.jobs
                   WHERE status = 'queued' AND (run_at IS NULL OR run_at <= now()) ORDER BY created_at, id";
        loop {
            let due = app.database().await.query(due, &[]).await.expect("the jobs that are due");
            let due = due.iter().map(|row| (row.get::<_, Uuid>(0), row.get::<_, String>(1)));
            let due: Vec<_> = due
                .filter_map(|(id, kind)| Some((id, self.worker(queue_of(self.system, &kind)?)?)))
                .collect();
            if due.is_empty() {
                return;
            }
            for (id, worker) in due {
                let answer = self.invoke(&worker, &sqs_batch(&[&id.to_string()])).await;
                let done = json!({ "batchItemFailures": [] });
                assert!(
                    matches!(&answer, Some(Outcome::Answered(answer)) if *answer == done),
                    "{worker}: {answer:?}"
                );
            }
        }
    }

    /// The function that takes the messages of a queue.
    fn worker(&self, queue: Queue) -> Option<String> {
        let worker = self.system.workers.iter().find(|worker| worker.starts == Starts::From(queue))?;
        Some(format!("worker-{}", worker.name))
    }

    async fn start(&self, name: &str) -> (RuntimeApi, Child) {
        let program = programs::path("any-function").await;
        let api = RuntimeApi::start().await.expect("a free port");
        let named = self.variables(name);
        let variables: Vec<(&str, &str)> = self
            .values
            .iter()
            .filter(|(name, _)| named.contains(name) || IMITATIONS.contains(name))
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let process = api.launch_with(&program, &[self.system.name, name], &variables);
        let process = process.expect("the function starts");
        api.first_poll().await;
        (api, process)
    }

    /// The names of the variables that the template sets for a function, and for all functions.
    fn variables(&self, name: &str) -> Vec<&str> {
        let function = format!("CodeUri: ../../target/lambda/{}-{name}", self.system.name);
        let (globals, resources) = self.template.split_once("\nResources:").expect("a template");
        let own = resources.split("\n  # ").find(|part| part.contains(&function));
        let own = own.unwrap_or_else(|| panic!("{function} is not in the template"));
        [globals, own].into_iter().flat_map(|part| names(part)).collect()
    }
}

/// Every function as `any-function` knows it.
fn names_of(system: &System) -> impl Iterator<Item = String> {
    let groups = system.groups.iter().map(|group| group.name.to_owned());
    groups.chain(system.workers.iter().map(|worker| format!("worker-{}", worker.name)))
}

fn queue_of(system: &System, kind: &str) -> Option<Queue> {
    system.jobs.kinds.iter().find(|known| known.name == kind).map(|known| known.queue)
}

/// What SQS hands to a function: these bodies, each with its number as the message's id.
pub fn sqs_batch(bodies: &[&str]) -> Value {
    let record = |(number, body): (usize, &&str)| {
        json!({
            "messageId": number.to_string(),
            "receiptHandle": "AQEB",
            "body": body,
            "attributes": { "ApproximateReceiveCount": "1", "SentTimestamp": "1770019200000",
                            "SenderId": "AIDA", "ApproximateFirstReceiveTimestamp": "1770019200001" },
            "messageAttributes": {},
            "md5OfBody": "00000000000000000000000000000000",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:muster-rotc-image",
            "awsRegion": "eu-central-1"
        })
    };
    json!({ "Records": bodies.iter().enumerate().map(record).collect::<Vec<_>>() })
}

/// The names in the lists `Variables:` of a part of a template.
fn names(part: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut lines = part.lines().peekable();
    while let Some(line) = lines.next() {
        let Some(indent) = line.strip_suffix("Variables:").map(str::len) else { continue };
        while let Some(line) = lines.next_if(|line| line.len() - line.trim_start().len() > indent) {
            let name = line.trim_start();
            if line.len() - name.len() == indent + 2 && !name.starts_with('#') {
                found.extend(name.split_once(':').map(|(name, _)| name));
            }
        }
    }
    found
}

/// A request as an HTTP API of API Gateway tells it (format 2.0).
async fn event(request: Request) -> Value {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.expect("a whole body").to_bytes();
    let address = parts.extensions.get::<Peer>().map_or(Ipv4Addr::LOCALHOST.into(), |peer| peer.0);
    let mut headers = Map::new();
    for name in parts.headers.keys().filter(|name| *name != header::COOKIE) {
        let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        headers.insert(name.to_string(), values.collect::<Vec<_>>().join(",").into());
    }
    headers.insert("host".to_owned(), "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com".into());
    headers.insert("x-forwarded-for".to_owned(), address.to_string().into());
    headers.insert("x-forwarded-proto".to_owned(), "https".into());
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let cookies: Vec<&str> = cookies.flat_map(|line| line.split("; ")).collect();
    let path = parts.uri.path();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": address.to_string(),
                "userAgent": "",
            },
            "requestId": "XxYyZzAaBbCcDd=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "02/Feb/2026:08:00:00 +0000",
            "timeEpoch": 1_770_019_200_000_i64,
        },
        "isBase64Encoded": true,
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    if !body.is_empty() {
        event["body"] = BASE64_STANDARD.encode(&body).into();
    }
    event
}

/// The answer of a function as the gateway sends it.
fn response(answer: &Value) -> Response {
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok());
    let text = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => BASE64_STANDARD.decode(text).expect("base64"),
        _ => text.as_bytes().to_vec(),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status.and_then(|status| StatusCode::from_u16(status).ok()).expect("a status");
    let headers: &mut HeaderMap = response.headers_mut();
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let (name, value) = (name.parse::<header::HeaderName>(), value.as_str().unwrap_or_default().parse());
        headers.append(name.expect("a name of a header"), value.expect("a value of a header"));
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        let cookie = cookie.as_str().unwrap_or_default().parse().expect("a cookie");
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// Of a response that the gateway makes itself.
#[derive(Clone, Copy)]
pub(crate) struct OfGateway;

fn plain(status: StatusCode, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.extensions_mut().insert(OfGateway);
    response
}
