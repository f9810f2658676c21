//! Registering, signing in and out, passwords, and the accounts of others.

mod requests;
mod sessions;
mod users;

use serde_json::{Value, json};
use tests::{Answer, TestApp};
use uuid::Uuid;

/// A password that nobody would guess.
pub const PASSWORD: &str = "Quiet-Harbour-42";

/// The system without anybody in it.
async fn empty() -> TestApp {
    TestApp::of(&clearance::SYSTEM, |_| ()).await
}

/// Adds an account.
async fn add(app: &TestApp, email: &str, role: &str) -> Uuid {
    let add = "INSERT INTO users (email, full_name, role) VALUES ($1, 'Somebody Else', $2) RETURNING id";
    app.value(add, &[&email, &role]).await
}

async fn register(app: &TestApp, email: &str, number: &str) -> Answer {
    app.anonymous().post("/api/auth/register/", registration(email, number)).await
}

fn registration(email: &str, number: &str) -> Value {
    json!({ "email": email, "full_name": "Amani Mutiso", "admission_number": number, "password": PASSWORD,
            "password_confirm": PASSWORD, "role": "student" })
}

async fn log_in(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous().post("/api/auth/login/", json!({ "email": email, "password": password })).await
}

fn tokens(answer: &Answer) -> (String, String) {
    let text = |name: &str| answer.json()["tokens"][name].as_str().unwrap_or_default().to_owned();
    (text("access"), text("refresh"))
}
