//! Sends recorded lines and tells how the answers differ.

use std::{cell::RefCell, collections::BTreeSet, path::PathBuf};

use http::Method;
use serde_json::{Value, json};
use shared::config::IdentifierLogin;
use tests::{
    Answer, Client, Part, TestApp,
    replay::{Matcher, Variables, fill, fill_text, fits_text, plain, sort_list},
};

use super::{
    alike::alike,
    backup,
    differences::{Difference, LIST},
    file_server::FileServer,
    line::{FormPart, Line},
    sheet,
};
use crate::legacy;

/// Headers the legacy framework sends by itself, or that hold its own hashes and times.
const IGNORED_HEADERS: [&str; 4] = ["ETag", "X-Response-Time", "X-Powered-By", "Vary"];

/// One run of a group: the system, who is signed in, and what was captured.
pub struct Player {
    pub(super) app: TestApp,
    actors: Value,
    signed_in: Option<String>,
    /// Whether requests count for limits, which cannot be switched off in production.
    limited: bool,
    pub(super) token: String,
    variables: Variables,
    _files: Option<FileServer>,
    /// The additions of the contract that were seen.
    pub additions_used: BTreeSet<String>,
}

impl Player {
    /// A fresh copy of the legacy database; sign-in by identifier works as in the legacy server. Mails could leave for
    /// those groups that were recorded so; nothing sends them here.
    pub async fn new(group: &str) -> Self {
        Self::on(group, |app, _| async { app }).await
    }

    /// The same behind functions as the template installs them, with one connection each.
    pub async fn through_functions(group: &str) -> Self {
        let player = Self::on(group, |app, hosts| async move {
            let parameters = [("IDENTIFIER_LOGIN", "trusted"), ("IMPORT_HOSTS", hosts.as_str())];
            app.as_functions(&parameters).await
        });
        let mut player = player.await;
        player.limited = true;
        player
    }

    async fn on<F: Future<Output = TestApp>>(group: &str, serve: impl FnOnce(TestApp, String) -> F) -> Self {
        let fetches = ["admin-import-url", "attendance-import", "attendance-ocr"].contains(&group);
        let files = if fetches { Some(FileServer::start().await) } else { None };
        let mut variables = Variables::new();
        let app = TestApp::on(legacy::adopted().await, |config| {
            if let Some(files) = &files {
                config.imports.own = vec![files.url.clone()];
                variables.insert("FILES_URL".to_owned(), files.url.as_str().trim_end_matches('/').into());
            }
            config.identifier_login = IdentifierLogin::Trusted;
            config.signing_key = None;
            config.rate_limits = false;
            config.realtime.held = true;
            config.database.pool_size = 2;
            if group == "redirect" {
                config.redirects.from_hosts = vec!["old.example.test".to_owned()];
                config.redirects.target_host = "new.example.test".to_owned();
                config.trusted_hops = 1;
            }
            if group == "admin-email" {
                config.mail.smtp = Some("smtp://mail.example.test".into());
            }
        });
        let hosts = files.as_ref().map(|files| files.url.to_string()).unwrap_or_default();
        let app = serve(app.await, hosts).await;
        Self {
            app,
            limited: false,
            _files: files,
            actors: serde_json::from_str(include_str!("../recordings/actors.json")).expect("actors are JSON"),
            signed_in: None,
            token: String::new(),
            variables,
            additions_used: BTreeSet::new(),
        }
    }

    /// Sends one line and answers the differences.
    pub async fn play(&mut self, line: &Line) -> Vec<String> {
        if self.limited {
            self.app
                .execute("TRUNCATE muster.rate_limits, muster.signin_failures, muster.lockouts", &[])
                .await;
        }
        if let Some(person) = line.person()
            && let Err(problem) = self.sign_in(person).await
        {
            return vec![problem];
        }
        if line.sse {
            return self.play_stream(line).await;
        }
        for path in LIST.reads_before(line) {
            self.app.with_token(&self.token).get(path).await;
        }
        let answer = self.send(line).await.unpacked();
        if self.limited && answer.is_of_gateway() && (line.status, answer.status()) == (Some(404), 404) {
            // No function is asked about an address that no group has.
            return Vec::new();
        }
        if line.path.contains("login") || line.path.contains("logout") {
            self.signed_in = None;
        }
        self.capture(line, &answer);
        if LIST.is_later(line) {
            return later(&answer);
        }
        if line.unchecked {
            let crashed = answer.status() == 500;
            return if crashed { vec![format!("crashed: {}", answer.text())] } else { Vec::new() };
        }
        match LIST.of(line) {
            Some(difference) => self.intended(line, difference, &answer),
            None => self.recorded(line, &answer),
        }
    }

    pub(super) async fn sign_in(&mut self, person: &str) -> Result<(), String> {
        if self.signed_in.as_deref() == Some(person) {
            return Ok(());
        }
        let request = &self.actors[person];
        let path = request["path"].as_str().unwrap_or_default();
        let answer = self.app.anonymous().post(path, request["body"].clone()).await;
        let body: Value = serde_json::from_slice(answer.bytes()).unwrap_or_default();
        body["token"]
            .as_str()
            .ok_or(format!("{person} cannot sign in: {answer}"))?
            .clone_into(&mut self.token);
        self.signed_in = Some(person.to_owned());
        Ok(())
    }

    pub(super) async fn send(&self, line: &Line) -> Answer {
        let mut client = match line.person() {
            Some(_) => self.app.with_token(&self.token),
            None => self.app.anonymous(),
        };
        let mut content_type = None;
        for (name, value) in &line.headers {
            match name.as_str() {
                "Content-Type" => content_type = Some(value.as_str()),
                "Authorization" => client = client.header(name, &value.replace("rec-token", &self.token)),
                _ => client = client.header(name, value),
            }
        }
        let (method, url) = (line.method.parse().unwrap_or(Method::GET), self.url(line));
        self.send_body(line, &client, method, &url, content_type).await
    }

    async fn send_body(
        &self,
        line: &Line,
        client: &Client<'_>,
        method: Method,
        url: &str,
        content_type: Option<&str>,
    ) -> Answer {
        if let Some(raw) = &line.raw_body {
            return client.send(method, url, content_type, raw.clone()).await;
        }
        if let Some(parts) = &line.multipart {
            let parts: Vec<Part> = parts.iter().map(|part| self.part(part)).collect();
            return client.form(method, url, &parts).await;
        }
        match line.body.as_ref().filter(|body| !body.is_null()) {
            Some(body) => client.json(method, url, &fill(body, &self.variables)).await,
            None => client.send(method, url, content_type, "").await,
        }
    }

    fn part(&self, part: &FormPart) -> Part {
        let Some(file) = &part.file else {
            let value = fill(part.value.as_ref().unwrap_or(&Value::Null), &self.variables);
            return Part::Field(part.name.clone(), plain(&value));
        };
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("rotc/recordings").join(file);
        let body = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Part::File(part.name.clone(), text(&part.filename), text(&part.content_type), body)
    }

    /// Path and query, escaped as a client does.
    fn url(&self, line: &Line) -> String {
        let path = fill_text(&line.path, &self.variables);
        let mut url = url::Url::parse("http://localhost").expect("a base address");
        // A few lines were recorded with their query in the path.
        let (path, query) =
            path.split_once('?').map_or((path.as_str(), None), |(path, query)| (path, Some(query)));
        url.set_path(path);
        url.set_query(query);
        for (name, value) in &line.query {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            for value in values.iter().filter(|value| !value.is_null()) {
                url.query_pairs_mut().append_pair(name, &plain(&fill(value, &self.variables)));
            }
        }
        url[url::Position::BeforePath..].to_owned()
    }

    fn capture(&mut self, line: &Line, answer: &Answer) {
        let body: Value = serde_json::from_slice(answer.bytes()).unwrap_or_default();
        for (variable, member) in &line.capture {
            if let Some(value) = body.get(member) {
                self.variables.insert(variable.clone(), value.clone());
            }
        }
    }

    fn intended(&mut self, line: &Line, difference: &Difference, answer: &Answer) -> Vec<String> {
        if !line.hang && self.recorded(line, answer).is_empty() {
            return vec!["answers as recorded: remove the line from differences.toml".to_owned()];
        }
        let mut problems = self.compare(line, &json!(difference.status), &json!(answer.status()), "status");
        if let Some(body) = &difference.body {
            let actual = serde_json::from_slice(answer.bytes()).unwrap_or_else(|_| json!(answer.text()));
            let actual = if line.response["json_summary"] == true {
                backup::summary(&line.response, &actual)
            } else {
                actual
            };
            problems.extend(self.compare(line, body, &actual, ""));
        }
        problems
    }

    fn recorded(&mut self, line: &Line, answer: &Answer) -> Vec<String> {
        if line.hang {
            return vec![format!("the legacy server never answered; list what we answer: {answer}")];
        }
        let mut problems = self.compare(line, &json!(line.status), &json!(answer.status()), "status");
        let kind = answer.header("content-type").split(';').next().unwrap_or_default();
        problems.extend(self.compare(line, &json!(line.content_type), &json!(kind), "content type"));
        problems.extend(self.body(line, answer));
        for (name, value) in &line.response_headers {
            let actual = answer.header(name);
            if !IGNORED_HEADERS.contains(&name.as_str()) && !fits_text(value, actual) {
                problems.push(format!("header {name} is {actual:?}, recorded {value:?}"));
            }
        }
        problems
    }

    fn body(&mut self, line: &Line, answer: &Answer) -> Vec<String> {
        let expected = &line.response;
        if let Some(magic) = expected["magic"].as_str() {
            return sheet::compare(expected, magic, answer);
        }
        if let Some(text) =
            expected["text"].as_str().filter(|_| expected.as_object().is_some_and(|o| o.len() == 1))
        {
            return self.compare(line, &json!(text), &json!(answer.text()), "text");
        }
        if expected.is_null() {
            let unexpected = !answer.bytes().is_empty() && line.method != "HEAD";
            return if unexpected { vec![format!("has a body: {}", answer.text())] } else { Vec::new() };
        }
        let Ok(mut actual) = serde_json::from_slice::<Value>(answer.bytes()) else {
            return vec![format!("is not JSON: {}", answer.text().chars().take(200).collect::<String>())];
        };
        let mut expected = expected.clone();
        if expected["json_summary"] == true {
            actual = backup::summary(&expected, &actual);
        }
        for path in &line.unordered {
            sort_list(&mut expected, path);
            sort_list(&mut actual, path);
        }
        self.compare(line, &expected, &actual, "")
    }

    pub(super) fn compare(
        &mut self,
        line: &Line,
        expected: &Value,
        actual: &Value,
        path: &str,
    ) -> Vec<String> {
        let used = RefCell::new(&mut self.additions_used);
        let added = |key: &str| {
            let addition = LIST.addition(line, key);
            addition.map(|addition| used.borrow_mut().insert(addition)).is_some()
        };
        let mut matcher = Matcher { added: &added, alike, differences: Vec::new() };
        matcher.compare(expected, actual, path);
        matcher.differences
    }
}

/// A route that comes later must not be there yet: so the list of them can only shrink.
fn later(answer: &Answer) -> Vec<String> {
    let unknown = ["API endpoint not found", "API Route not found", "Server Error: Route not found"];
    if answer.status() == 404 && unknown.iter().any(|words| answer.text().contains(words)) {
        return Vec::new();
    }
    vec![format!("has a route now: take it off the `later` list of differences.toml ({})", answer.status())]
}
