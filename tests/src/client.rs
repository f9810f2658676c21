//! Requests of one person.

use axum::{body::Body, extract::Request, response::Response};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use http_body_util::BodyExt;
use serde_json::Value;
use shared::{db::UserKey, http::address::Peer, system::System};
use tower::ServiceExt;

use crate::{Answer, EventStream, TestApp, description::Description, exercised};

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    Nobody,
    Admin,
    Staff,
    User(UserKey),
    Token(String),
}

/// One person's side of the conversation: `app.as_admin().get("/api/cadets").await`.
#[derive(Clone)]
pub struct Client<'a> {
    app: &'a TestApp,
    who: Who,
    address: [u8; 4],
    headers: Vec<(HeaderName, HeaderValue)>,
    quiet: bool,
}

/// One part of a multipart form.
#[derive(Clone, Debug)]
pub enum Part {
    /// A field: name and value.
    Field(String, String),
    /// A file: field, file name, type and contents.
    File(String, String, String, Vec<u8>),
}

impl<'a> Client<'a> {
    pub(crate) fn new(app: &'a TestApp, who: Who) -> Self {
        Self { app, who, address: [203, 0, 113, 7], headers: Vec::new(), quiet: false }
    }

    /// Sends a header with every request.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name.parse().expect("a header name");
        self.headers.push((name, HeaderValue::from_str(value).expect("a header value")));
        self
    }

    /// Comes from another address than everybody else.
    #[must_use]
    pub fn from(mut self, address: [u8; 4]) -> Self {
        self.address = address;
        self
    }

    /// Does not count as a test of what it calls: knocking at every door tests none of them. A refused request never counts.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// What is asked.
    pub fn system(&self) -> &'static System {
        self.app.system
    }

    /// GET.
    pub async fn get(&self, url: &str) -> Answer {
        self.send(Method::GET, url, None, Bytes::new()).await
    }

    /// POST of a JSON body.
    pub async fn post(&self, url: &str, body: Value) -> Answer {
        self.json(Method::POST, url, &body).await
    }

    /// PUT of a JSON body.
    pub async fn put(&self, url: &str, body: Value) -> Answer {
        self.json(Method::PUT, url, &body).await
    }

    /// PATCH with a JSON body.
    pub async fn patch(&self, url: &str, body: Value) -> Answer {
        self.json(Method::PATCH, url, &body).await
    }

    /// DELETE without a body.
    pub async fn delete(&self, url: &str) -> Answer {
        self.send(Method::DELETE, url, None, Bytes::new()).await
    }

    /// Any method with a JSON body.
    pub async fn json(&self, method: Method, url: &str, body: &Value) -> Answer {
        self.send(method, url, Some("application/json"), body.to_string()).await
    }

    /// A multipart form.
    pub async fn form(&self, method: Method, url: &str, parts: &[Part]) -> Answer {
        let (kind, body) = encoded(parts);
        self.send(method, url, Some(&kind), body).await
    }

    /// Any body of any type.
    pub async fn send(
        &self,
        method: Method,
        url: &str,
        content_type: Option<&str>,
        body: impl Into<Bytes>,
    ) -> Answer {
        let response = self.response(&method, url, content_type, body.into()).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("the answer has an end").to_bytes();
        let answer = Answer { request: format!("{method} {url}"), parts, body };
        self.check(&method, url, &answer);
        answer
    }

    /// JSON must be what the description says of the operation and the status.
    fn check(&self, method: &Method, url: &str, answer: &Answer) {
        let is_json = answer.header("content-type").starts_with("application/json");
        if !is_json || answer.is_of_gateway() || answer.bytes().is_empty() {
            return;
        }
        let description = Description::of(self.app.system);
        let Some(operation) = description.called(method, url) else { return };
        let body = answer.clone().unpacked().json();
        if let Some(problem) = description.problem(operation, answer.status(), &body) {
            let id = &operation.id;
            panic!("mend the schema of {id}: {problem} in {answer}");
        }
    }

    /// GET of an event stream, which stays open.
    pub async fn listen(&self, url: &str) -> EventStream {
        EventStream::new(self.response(&Method::GET, url, None, Bytes::new()).await)
    }

    /// GET without waiting for the body, as of a stream, which has no end.
    pub async fn head_of(&self, url: &str) -> Answer {
        let response = self.response(&Method::GET, url, None, Bytes::new()).await;
        Answer { request: format!("GET {url}"), parts: response.into_parts().0, body: Bytes::new() }
    }

    /// The token this client sends.
    pub async fn token(&self) -> String {
        self.app.token(&self.who).await.unwrap_or_default()
    }

    async fn response(
        &self,
        method: &Method,
        url: &str,
        content_type: Option<&str>,
        body: Bytes,
    ) -> Response {
        let mut request = Request::builder().method(method.clone()).uri(url);
        if let Some(kind) = content_type {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let own_authorization = self.headers.iter().any(|(name, _)| name == header::AUTHORIZATION);
        if let Some(token) = self.app.token(&self.who).await.filter(|_| !own_authorization) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Body::from(body)).expect("a request");
        request.extensions_mut().insert(Peer(self.address.into()));
        let path = request.uri().path().to_owned();
        let Ok(response) = self.app.router.clone().oneshot(request).await;
        // What is no longer offered answers nothing better than 410.
        let answered = response.status().as_u16() < 400 || response.status() == http::StatusCode::GONE;
        if !self.quiet && answered {
            exercised::note(self.app.system, method, &path);
        }
        response
    }
}

const BOUNDARY: &str = "a-boundary-that-is-in-no-file";

/// The type and the body of a form.
pub(crate) fn encoded(parts: &[Part]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for part in parts {
        body.extend_from_slice(format!("--{BOUNDARY}\r\n{}\r\n\r\n", part.head()).as_bytes());
        body.extend_from_slice(part.body());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// A text of a form.
pub fn field(name: &str, value: &str) -> Part {
    Part::Field(name.to_owned(), value.to_owned())
}

impl Part {
    fn head(&self) -> String {
        match self {
            Self::Field(name, _) => format!("Content-Disposition: form-data; name=\"{name}\""),
            Self::File(name, file, kind, _) => format!(
                "Content-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: {kind}"
            ),
        }
    }

    fn body(&self) -> &[u8] {
        match self {
            Self::Field(_, value) => value.as_bytes(),
            Self::File(_, _, _, body) => body,
        }
    }
}
