//! Amazon's SQS and SES as another make of server has them: moto, from the Python package index.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::LazyLock,
};

use aws_config::timeout::TimeoutConfig;
use aws_sdk_sqs::{Client, types::QueueAttributeName};
use serde_json::Value;
use shared::{
    config::{AwsConfig, QueueConfig},
    queue::{MOST_RECEIVES, Queue},
};

use crate::python;

/// What is installed, once, beside what cargo builds.
const PACKAGES: [&str; 3] = ["moto==5.2.5", "flask==3.1.3", "flask-cors==6.0.5"];

const PROGRAM: &str = include_str!("amazon.py");

/// The server of this process. It ends with it, because its input does.
static SERVER: LazyLock<Server> = LazyLock::new(Server::start);

struct Server {
    port: u16,
    _process: Child,
}

impl Server {
    fn start() -> Self {
        let python = python::environment("moto", &PACKAGES).join("bin/python");
        let mut process = Command::new(&python)
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", python.display()));
        let mut line = String::new();
        let out = process.stdout.take().expect("the output is piped");
        BufReader::new(out).read_line(&mut line).expect("the output is text");
        let port = line.trim().parse().unwrap_or_else(|_| panic!("moto does not start: {line}"));
        Self { port, _process: process }
    }
}

/// Queues of one test.
pub struct Amazon {
    prefix: String,
    client: Client,
}

impl Amazon {
    /// Every queue with its dead letters, as in the template.
    pub async fn start() -> Self {
        let endpoint = tokio::task::spawn_blocking(endpoint).await.expect("moto starts");
        let name = shared::ids::Ids.uuid().simple().to_string();
        let config = shared::aws::connect(&aws(&endpoint), TimeoutConfig::disabled()).await;
        let amazon =
            Self { prefix: format!("{endpoint}/123456789012/{name}-"), client: Client::new(&config) };
        for queue in Queue::ALL {
            amazon.create(&format!("{name}-{}", queue.name())).await;
        }
        amazon
    }

    async fn create(&self, name: &str) {
        let dead = self.client.create_queue().queue_name(format!("{name}-dead")).send().await;
        let dead = dead.expect("a queue for dead letters").queue_url.unwrap_or_default();
        let arn =
            format!("arn:aws:sqs:us-east-1:123456789012:{}", dead.rsplit('/').next().unwrap_or_default());
        let policy = format!("{{\"deadLetterTargetArn\": \"{arn}\", \"maxReceiveCount\": {MOST_RECEIVES}}}");
        let create = self.client.create_queue().queue_name(name);
        let create = create.attributes(QueueAttributeName::RedrivePolicy, policy);
        create.send().await.expect("a queue");
    }

    /// How the system finds them.
    pub fn queues(&self) -> QueueConfig {
        let endpoint = format!("http://127.0.0.1:{}", SERVER.port);
        QueueConfig { url_prefix: Some(self.prefix.clone()), aws: aws(&endpoint), jobs_at_once: 2 }
    }

    /// The same in the environment of a program.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("QUEUE_URL_PREFIX", self.prefix.clone()),
            ("QUEUE_ENDPOINT", format!("http://127.0.0.1:{}", SERVER.port)),
            ("QUEUE_REGION", "us-east-1".to_owned()),
            ("QUEUE_ACCESS_KEY", "test".to_owned()),
            ("QUEUE_SECRET_KEY", "test".to_owned()),
        ]
    }

    /// A message that is none of ours.
    pub async fn send_text(&self, queue: Queue, text: &str) {
        let send = self.client.send_message().queue_url(format!("{}{}", self.prefix, queue.name()));
        send.message_body(text).send().await.expect("a message is sent");
    }

    /// The dead letters of a queue that have not been looked at yet.
    pub async fn dead_letters(&self, queue: Queue) -> Vec<String> {
        let url = format!("{}{}-dead", self.prefix, queue.name());
        let receive = self.client.receive_message().queue_url(url).max_number_of_messages(10);
        let messages = receive.send().await.expect("the queue is there").messages.unwrap_or_default();
        messages.into_iter().filter_map(|message| message.body).collect()
    }

    /// SES, where this sender is known.
    pub async fn mail_from(sender: &str) -> AwsConfig {
        let endpoint = tokio::task::spawn_blocking(endpoint).await.expect("moto starts");
        let config = shared::aws::connect(&aws(&endpoint), TimeoutConfig::disabled()).await;
        let verify = aws_sdk_sesv2::Client::new(&config).create_email_identity().email_identity(sender);
        // Another test may have done it.
        drop(verify.send().await);
        aws(&endpoint)
    }

    /// The mails that SES has taken for this address, with their headers.
    pub async fn mails_to(recipient: &str) -> Vec<String> {
        let address = format!("http://127.0.0.1:{}/moto-api/data.json", SERVER.port);
        let client = shared::outbound::Outbound::default();
        let answer = client.client().expect("a client").get(address).send().await.expect("moto answers");
        let all: Value = answer.json().await.expect("JSON");
        let mails = all["ses"]["RawMessage"].as_array().cloned().unwrap_or_default();
        let ours = mails.iter().filter(|mail| mail["destinations"] == serde_json::json!([recipient]));
        ours.filter_map(|mail| mail["raw_data"].as_str()).map(str::to_owned).collect()
    }
}

fn endpoint() -> String {
    format!("http://127.0.0.1:{}", SERVER.port)
}

fn aws(endpoint: &str) -> AwsConfig {
    AwsConfig {
        endpoint: Some(endpoint.to_owned()),
        region: Some("us-east-1".to_owned()),
        keys: Some(("test".to_owned(), "test".into())),
    }
}
