//! Deployed programs as Lambda runs them.

use muster::lambda_runtime_api::{Outcome, RuntimeApi};
use serde_json::Value;
use tests::programs;
use tokio::process::Child;

/// A running function and the Runtime API it asks for work.
pub struct Function {
    pub api: RuntimeApi,
    _process: Child,
}

impl Function {
    /// Starts `rotc-auth` with these variables, and waits until it asks for work.
    pub async fn started(variables: &[(&str, &str)]) -> Self {
        Self::program("rotc-auth", variables).await
    }

    /// The same with another of the programs.
    pub async fn program(name: &str, variables: &[(&str, &str)]) -> Self {
        let program = programs::path(name).await;
        let api = RuntimeApi::start().await.expect("a free port");
        let process = api.launch(&program, variables).expect("the program starts");
        api.first_poll().await;
        Self { api, _process: process }
    }

    /// Its answer to an event.
    pub async fn answer(&self, event: &Value) -> Value {
        match self.api.invoke(event).await {
            Some(Outcome::Answered(answer)) => answer,
            other => panic!("{other:?} to {event}"),
        }
    }
}

/// The JSON inside an answer.
#[track_caller]
pub fn body(answer: &Value) -> Value {
    let text = answer["body"].as_str().unwrap_or_else(|| panic!("no text in {answer}"));
    serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {answer}"))
}
