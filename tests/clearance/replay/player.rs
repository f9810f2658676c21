//! Sends recorded lines and tells how the answers differ.

use chrono::TimeDelta;
use http::Method;
use serde_json::{Map, Value, json};
use tests::{
    Answer, Client, Part, TestApp,
    replay::{Matcher, Variables, equal, fill, fill_text, fits_text, plain, sort_list},
};

use super::{
    differences::{Difference, LIST},
    effects,
    line::Line,
};
use crate::recorded::{self, ALIASES};

/// One run of a group: the system, and what is known of its rows.
pub struct Player {
    app: TestApp,
    variables: Variables,
}

impl Player {
    /// On this system, with the names of the recorded rows.
    pub fn new(app: TestApp) -> Self {
        Self { app, variables: serde_json::from_str(ALIASES).expect("the aliases are JSON") }
    }

    /// Sends one line and answers the differences.
    pub async fn play(&mut self, line: &Line) -> Vec<String> {
        // The lines were recorded one after the other.
        self.app.clock.advance(TimeDelta::seconds(1));
        let before = effects::counted(&self.app, &line.side_effects).await;
        let answer = self.send(line).await.unpacked();
        self.capture(line, &answer);
        if line.unchecked {
            let crashed = answer.status() == 500;
            return if crashed { vec![format!("crashed: {}", answer.text())] } else { Vec::new() };
        }
        match LIST.of(line) {
            Some(difference) => self.intended(line, difference, &answer),
            None if line.deviation.is_some() => self.expected(line, &answer),
            None => {
                let mut problems = self.expected(line, &answer);
                problems.extend(effects::missing(&self.app, &line.side_effects, &before).await);
                problems
            }
        }
    }

    async fn send(&self, line: &Line) -> Answer {
        let mut client = match recorded::account(&line.who) {
            Some(user) if line.auth_token.is_none() => self.app.as_user(user),
            _ => self.app.anonymous(),
        };
        if let Some(token) = &line.auth_token {
            client = self.app.with_token(fill_text(token, &self.variables));
        }
        for (name, value) in &line.headers {
            client = client.header(name, value);
        }
        let (method, url) = (line.method.parse().unwrap_or(Method::GET), self.url(line));
        self.send_body(line, &client, method, &url).await
    }

    async fn send_body(&self, line: &Line, client: &Client<'_>, method: Method, url: &str) -> Answer {
        if let Some(members) = &line.multipart {
            let parts: Vec<Part> = members.iter().map(|(name, value)| self.part(name, value)).collect();
            return client.form(method, url, &parts).await;
        }
        let Some(body) = line.body.as_ref().filter(|body| !body.is_null()) else {
            return client.send(method, url, None, "").await;
        };
        let mut body = fill(body, &self.variables);
        for (member, value) in LIST.sent(line) {
            body[member] = value.into();
        }
        match line.body_encoding.as_deref() {
            None => client.json(method, url, &body).await,
            Some("form") => {
                let kind = "application/x-www-form-urlencoded";
                let mut form = url::form_urlencoded::Serializer::new(String::new());
                for (name, value) in body.as_object().into_iter().flatten() {
                    form.append_pair(name, &plain(value));
                }
                client.send(method, url, Some(kind), form.finish()).await
            }
            Some(kind) => client.send(method, url, Some(kind), plain(&body)).await,
        }
    }

    /// Files were made up for the recording: the first line of a PDF, and then as many letters as asked.
    fn part(&self, name: &str, value: &Value) -> Part {
        let Some(file) = value.as_object() else {
            return Part::Field(name.to_owned(), plain(&fill(value, &self.variables)));
        };
        let text = |member: &str| file.get(member).and_then(Value::as_str).map(str::to_owned);
        let size = file.get("size").and_then(Value::as_u64).unwrap_or(64);
        let mut body = b"%PDF-1.4\n".to_vec();
        body.resize(body.len() + usize::try_from(size).expect("a size"), b'x');
        let kind = text("type").unwrap_or_else(|| "application/pdf".to_owned());
        Part::File(name.to_owned(), text("filename").unwrap_or_default(), kind, body)
    }

    /// Path and query, escaped as a client does.
    fn url(&self, line: &Line) -> String {
        let mut url = url::Url::parse("http://localhost").expect("a base address");
        url.set_path(&fill_text(&line.path, &self.variables));
        for (name, value) in line.query.iter().flatten() {
            url.query_pairs_mut().append_pair(name, &plain(&fill(value, &self.variables)));
        }
        url[url::Position::BeforePath..].to_owned()
    }

    fn capture(&mut self, line: &Line, answer: &Answer) {
        let body: Value = serde_json::from_slice(answer.bytes()).unwrap_or_default();
        for (variable, path) in &line.capture {
            // A row that was not made is one that does not exist.
            let missing = json!("00000000-0000-4000-8000-0000000000ff");
            self.variables.insert(variable.clone(), member(&body, path).cloned().unwrap_or(missing));
        }
    }

    fn intended(&self, line: &Line, difference: &Difference, answer: &Answer) -> Vec<String> {
        if self.expected(line, answer).is_empty() {
            return vec!["answers as expected: remove the line from differences.toml".to_owned()];
        }
        let status = difference.status.or(line.status);
        let mut problems = compare(&json!(status), &json!(answer.status()), "status");
        if let Some(body) = &difference.body {
            let actual = serde_json::from_slice(answer.bytes()).unwrap_or_else(|_| json!(answer.text()));
            problems.extend(compare(body, &actual, ""));
        }
        problems
    }

    /// As recorded, or as its deviation says.
    fn expected(&self, line: &Line, answer: &Answer) -> Vec<String> {
        let recorded = self.recorded(line, answer);
        match &line.deviation {
            Some(deviation) if !recorded.is_empty() || deviation.status != answer.status() => {
                let differing = compare(&json!(deviation.status), &json!(answer.status()), "status");
                let text: String = answer.text().chars().take(400).collect();
                differing.into_iter().map(|problem| format!("{problem} (by its deviation): {text}")).collect()
            }
            _ => recorded,
        }
    }

    fn recorded(&self, line: &Line, answer: &Answer) -> Vec<String> {
        let mut problems = compare(&json!(line.status), &json!(answer.status()), "status");
        if !problems.is_empty() {
            let text: String = answer.text().chars().take(400).collect();
            problems[0].push_str(&format!(": {text}"));
        }
        problems.extend(self.body(line, answer));
        for (name, value) in &line.response_headers {
            let actual = answer.header(name);
            if !fits_text(value, actual) {
                problems.push(format!("header {name} is {actual:?}, recorded {value:?}"));
            }
        }
        problems
    }

    fn body(&self, line: &Line, answer: &Answer) -> Vec<String> {
        let mut expected = line.response.clone();
        if expected.is_null() || expected == "" {
            let unexpected = !answer.bytes().is_empty() && line.method != "HEAD";
            return if unexpected { vec![format!("has a body: {}", answer.text())] } else { Vec::new() };
        }
        if !line.content_type.as_deref().unwrap_or_default().starts_with("application/json") {
            return compare(&expected, &json!(answer.text().trim()), "text");
        }
        let Ok(mut actual) = serde_json::from_slice::<Value>(answer.bytes()) else {
            return vec![format!("is not JSON: {}", answer.text().chars().take(200).collect::<String>())];
        };
        let mut problems = Vec::new();
        let unordered: Vec<&str> = LIST.unordered(line).collect();
        for path in &unordered {
            sort_list(&mut expected, path);
            keep_recorded(&expected, &mut actual, path);
            sort_list(&mut actual, path);
        }
        problems.extend(compare(&expected, &actual, ""));
        for (path, name) in line.ids.iter().filter(|_| unordered.is_empty()) {
            let found = member(&actual, &dotted(path)).cloned().unwrap_or_default();
            if self.variables.get(name) != Some(&found) && problems.is_empty() {
                problems.push(format!("{path} is {found}, recorded {name}"));
            }
        }
        problems
    }
}

fn compare(expected: &Value, actual: &Value, path: &str) -> Vec<String> {
    // More members than the legacy server had harm no client.
    let mut matcher = Matcher { added: &|_| true, alike: equal, differences: Vec::new() };
    matcher.compare(expected, actual, path);
    matcher.differences
}

/// `tokens.access`, `0.id`.
fn member<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').filter(|key| !key.is_empty()).try_fold(value, |value, key| match value {
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => value.get(key),
    })
}

/// `$.results[0].id` as `results.0.id`.
fn dotted(path: &str) -> String {
    path.trim_start_matches('$').replace('[', ".").replace(']', "").trim_start_matches('.').to_owned()
}

/// Takes what is volatile or new out of the rows of a list, so that both lists sort alike.
fn keep_recorded(expected: &Value, actual: &mut Value, path: &str) {
    let Some(pattern) = member(expected, path).and_then(|list| list.get(0)).cloned() else { return };
    let at = path.split('.').filter(|key| !key.is_empty()).try_fold(actual, |value, key| value.get_mut(key));
    for row in at.and_then(Value::as_array_mut).into_iter().flatten() {
        *row = reduced(&pattern, row);
    }
}

fn reduced(pattern: &Value, value: &Value) -> Value {
    match (pattern, value) {
        (Value::Object(pattern), Value::Object(members)) => {
            let kept = pattern
                .iter()
                .filter_map(|(name, pattern)| Some((name.clone(), reduced(pattern, members.get(name)?))));
            kept.collect::<Map<_, _>>().into()
        }
        // Rows are told apart by what was recorded as it is.
        (_, Value::String(text)) => {
            let masks = ["<<timestamp>>", "<<uuid>>"].into_iter();
            masks.into_iter().find(|mask| fits_text(mask, text)).map_or_else(|| value.clone(), Value::from)
        }
        _ => value.clone(),
    }
}
