//! Functions under `cargo lambda watch`, started as README says.

use std::{
    collections::HashMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use serde_json::{Value, json};
use tests::{cluster, programs, python};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// What makes the subcommand; without the compiler that only deployments need.
const PACKAGES: [&str; 2] = ["--no-deps", "cargo-lambda==1.9.2"];

/// Longer than a machine with much else to do needs to link a function.
const PATIENCE: Duration = Duration::from_mins(8);

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The words of README's line that begins so.
fn readme(begin: &str) -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("README.md")).expect("README is there");
    let line = text.lines().find(|line| line.starts_with(begin)).expect("README has the line");
    let line = line.split('#').next().unwrap_or_default();
    line.split_whitespace().map(str::to_owned).collect()
}

fn free_port() -> u16 {
    let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|free| free.local_addr());
    free.expect("a free port").port()
}

/// `cargo muster parts`, in a data folder of its own.
struct Parts {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Parts {
    async fn start(data: &Path, env_file: &Path, functions: u16) -> Self {
        let words = readme("cargo muster parts");
        let mut process = Command::new(programs::path("muster").await)
            .args(&words[2..])
            .arg("--env-file")
            .arg(env_file)
            .args(["--functions", &format!("http://127.0.0.1:{functions}")])
            .env("MUSTER_DATA", data)
            .env("MUSTER_SYSTEMS", "rotc")
            .env("PORT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the parts start");
        let lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        Self { _process: process, lines }
    }

    /// The password of the demo administrator, once everything is ready.
    async fn password(&mut self) -> String {
        let mut password = String::new();
        loop {
            let line = timeout(PATIENCE, self.lines.next_line()).await.expect("the parts are ready in time");
            let line = line.expect("text").expect("the parts go on until they are ready");
            if let Some((_, drawn)) = line.split_once("admin / ") {
                drawn.trim().clone_into(&mut password);
            }
            if line.starts_with("The parts are ready") {
                return password;
            }
        }
    }
}

/// `cargo lambda watch`, on a port of its own.
async fn watch(env_file: &Path, port: u16) -> Child {
    let folder = tokio::task::spawn_blocking(|| python::environment("cargo-lambda", &PACKAGES)).await;
    let program = folder.expect("it is installed").join("bin/cargo-lambda");
    let mut words = readme("cargo lambda watch");
    let place = words.iter().position(|word| word == "--env-file").expect("README names the file");
    words[place + 1] = env_file.display().to_string();
    let mut command = Command::new(program);
    command.args(&words[1..]).args(["--ignore-changes", "--invoke-address", "127.0.0.1"]);
    command.arg("--invoke-port").arg(port.to_string()).current_dir(repository());
    // Where the programs of all tests are built, with what they are built of.
    let target = programs::path("rotc-auth").await;
    command.env("CARGO_TARGET_DIR", target.ancestors().nth(2).expect("the folder of all builds"));
    for (name, _) in std::env::vars()
        .filter(|(name, _)| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST"))
    {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.kill_on_drop(true).spawn().expect("cargo lambda starts")
}

/// A request to a function; it is asked again until something listens.
async fn ask(method: &str, url: &str, token: &str, body: &Value) -> (u16, Value) {
    let client = shared::outbound::Outbound::default();
    let client = client.client().expect("a client");
    let method: http::Method = method.parse().expect("a method");
    let answered = timeout(PATIENCE, async {
        loop {
            let request = client.request(method.clone(), url).timeout(PATIENCE).json(body);
            let request = if token.is_empty() { request } else { request.bearer_auth(token) };
            match request.send().await {
                Ok(answer) => break answer,
                Err(error) if error.is_connect() => tokio::time::sleep(Duration::from_millis(100)).await,
                Err(error) => panic!("{url}: {error}"),
            }
        }
    });
    let answer = answered.await.expect("an answer in time");
    let status = answer.status().as_u16();
    let text = answer.text().await.expect("a whole answer");
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

#[tokio::test]
async fn functions_under_watch_use_the_parts_that_readme_starts() {
    let data = tempfile::tempdir().expect("a folder");
    let env_file = data.path().join("functions.env");
    let port = free_port();
    let home = format!("http://127.0.0.1:{port}");
    let mut parts = Parts::start(data.path(), &env_file, port).await;
    let password = parts.password().await;
    let text = std::fs::read_to_string(&env_file).expect("the file is written");
    let variables: HashMap<_, _> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let _watch = watch(&env_file, port).await;

    let (status, health) = ask("GET", &format!("{home}/api/health"), "", &Value::Null).await;
    assert_eq!((status, &health["db"]), (200, &json!("connected")), "{health}");
    assert_eq!(health["checks"]["files"]["status"], json!("healthy"));

    let login = json!({ "username": "admin", "password": password });
    let (status, signed_in) = ask("POST", &format!("{home}/api/auth/login"), "", &login).await;
    assert_eq!(status, 200, "{signed_in}");
    let token = signed_in["token"].as_str().expect("a token");

    let (status, started) = ask("POST", &format!("{home}/api/admin/files/sweep"), token, &json!({})).await;
    assert_eq!(status, 202, "{started}");

    let invoke = format!("{home}/2015-03-31/functions/rotc-worker-schedule/invocations");
    let (status, told) = ask("POST", &invoke, "", &json!({})).await;
    assert!(status == 200 && told["sent"].is_u64(), "{status} {told}");

    let client = cluster::connect(variables["ROTC_DATABASE_URL"]).await;
    let done = "SELECT status FROM muster.jobs WHERE kind = 'sweep_files' ORDER BY created_at DESC LIMIT 1";
    let worked = timeout(PATIENCE, async {
        while client.query_one(done, &[]).await.expect("the job").get::<_, String>(0) != "done" {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    worked.await.expect("a worker of the parts does the job");
}
