//! Live events in a real browser, while the server dies and comes back.

use std::{collections::BTreeSet, process::Stdio, time::Duration};

use axum::{Router, extract::State, response::Html, routing};
use serde_json::{Value, json};
use tests::{Server, TestApp, a_cadet};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
    sync::mpsc,
};

/// How long a browser may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser with both pages open.
struct Browser {
    heard: mpsc::UnboundedReceiver<Value>,
    _process: Child,
    _profile: Profile,
}

/// What the pages know of a grade: how they heard of it, and the points.
type News = (String, i64);

impl Browser {
    async fn open(api: &str, token: &str) -> Self {
        let (sender, heard) = mpsc::unbounded_channel();
        let report = async |State(sender): State<mpsc::UnboundedSender<Value>>, body: String| {
            let event = serde_json::from_str(&body).expect("the pages report JSON");
            sender.send(event).expect("the test listens");
        };
        let pages = Router::new()
            .route("/", routing::get(async || Html(include_str!("browser.html"))))
            .route("/report", routing::post(report))
            .with_state(sender);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, pages).await.expect("the pages are served") });
        tests::programs::installed().await;
        let profile = Profile::new();
        let process = Command::new("chromium")
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"])
            .arg(format!("--user-data-dir={}", profile.0.display()))
            .arg(format!("http://{address}/?api={api}&token={token}"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromium starts");
        Self { heard, _process: process, _profile: profile }
    }

    async fn next(&mut self) -> Value {
        let next = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
        next.expect("the browser reports in time").expect("the pages are served")
    }

    /// Returns when both pages are connected.
    async fn connected(&mut self) {
        let mut ways = BTreeSet::new();
        while ways.len() < 2 {
            let report = self.next().await;
            if ["connected", "connection_established"]
                .contains(&report["event"]["type"].as_str().unwrap_or(""))
            {
                ways.insert(report["way"].to_string());
            }
        }
    }

    /// The changes of grades that both pages hear of, until each has heard of `points`.
    async fn news_until(&mut self, points: i64) -> Vec<News> {
        let mut news: Vec<News> = Vec::new();
        while news.iter().filter(|(_, heard)| *heard == points).count() < 2 {
            let report = self.next().await;
            let way = report["way"].as_str().unwrap_or_default().to_owned();
            if let Some(points) = points_of(&report["event"]) {
                news.push((way, points));
            }
        }
        news.sort();
        news
    }
}

/// The merit points that an event tells, live or replayed.
fn points_of(event: &Value) -> Option<i64> {
    let data = &event["data"];
    let of_ledger = ["merit_added", "grade_update"];
    let kind = event["event_type"].as_str().or_else(|| event["type"].as_str())?;
    of_ledger.contains(&kind).then(|| data["points"].as_i64()).flatten()
}

/// The folder of a browser, removed with this value.
struct Profile(std::path::PathBuf);

impl Profile {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("muster-test-browser-{}", std::process::id())))
    }
}

impl Drop for Profile {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn pages_hear_of_every_change_once_though_the_server_is_killed_in_between() {
    let app = TestApp::rotc().await;
    let cadet = app.add(a_cadet()).await;
    let hash = bcrypt::hash("correct horse", 4).expect("a hash");
    let add = "INSERT INTO users (username, password, role, is_approved) VALUES ($1, $2, 'admin', 1)";
    for name in ["writer", "listener"] {
        app.execute(add, &[&name, &hash]).await;
    }
    let mut server = Server::start(app.database_url()).await;
    let (writer, listener) = (sign_in(&server, "writer").await, sign_in(&server, "listener").await);
    let mut browser = Browser::open(&server.url(), &listener).await;
    browser.connected().await;

    give(&server, &writer, cadet.id, 1).await;
    let once = |points: i64| ["socket", "stream"].map(|way| (way.to_owned(), points));
    assert_eq!(browser.news_until(1).await, once(1));

    server.kill().await;
    // While the pages cannot hear anything, somebody else works on another server.
    let other = Server::start(app.database_url()).await;
    give(&other, &writer, cadet.id, 2).await;
    give(&other, &writer, cadet.id, 3).await;
    server.start_again().await;
    give(&server, &writer, cadet.id, 4).await;

    let mut all: Vec<News> = (2..=4).flat_map(once).collect();
    all.sort();
    let mut heard = browser.news_until(4).await;
    // The pages catch up one after the other; one may hear the last change before it has caught up.
    while heard.len() < all.len() {
        let points = points_of(&browser.next().await["event"]);
        heard.extend(points.map(|points| ("late".to_owned(), points)));
    }
    assert_eq!(heard, all, "nothing is missed, nothing comes twice");
}

async fn sign_in(server: &Server, username: &str) -> String {
    let body = json!({ "username": username, "password": "correct horse" });
    let answer = server.post("/api/auth/login", None, &body).await;
    answer["token"].as_str().unwrap_or_else(|| panic!("no token in {answer}")).to_owned()
}

async fn give(server: &Server, token: &str, cadet_id: i32, points: i64) {
    let log = json!({ "cadetId": cadet_id, "type": "merit", "points": points, "reason": "Test" });
    server.post("/api/admin/merit-logs", Some(token), &log).await;
}
