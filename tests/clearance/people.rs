//! The people of the recorded database, and what they usually do.

use serde_json::{Value, json};
use tests::{Answer, Client, TestApp};

use crate::recorded::{ALIASES, account, recorded_with};

/// Codes of the offices in their order.
pub const OFFICES: [&str; 8] =
    ["FINANCE", "LIBRARY", "MESS", "HOSTEL", "ACADEMIC", "WORKSHOP", "SPORTS", "STUDENT_SERVICES"];

/// The recorded database with the settings of a new installation.
pub async fn university() -> TestApp {
    university_with(&[]).await
}

/// The same with other settings.
pub async fn university_with(variables: &[(&str, &str)]) -> TestApp {
    recorded_with(variables, |_| ()).await
}

/// The same with enough connections for requests that race.
pub async fn crowded() -> TestApp {
    recorded_with(&[], |config| config.database.pool_size = 8).await
}

/// Requests of somebody: `admin`, `staff:LIBRARY`, `student:S05`.
pub fn client<'a>(app: &'a TestApp, name: &str) -> Client<'a> {
    app.as_user(account(name).unwrap_or_else(|| panic!("nobody is {name}")))
}

/// The id of a recorded row: `student.S05`, `appr.S05.LIBRARY`.
pub fn id(alias: &str) -> String {
    let aliases: Value = serde_json::from_str(ALIASES).expect("aliases are JSON");
    aliases[alias].as_str().unwrap_or_else(|| panic!("nothing is {alias}")).to_owned()
}

/// A student, by a short name such as `S02`, asks for clearance.
pub async fn ask(app: &TestApp, student: &str) -> Answer {
    let body = json!({ "student_id": id(&format!("student.{student}")) });
    client(app, &format!("student:{student}")).post("/api/clearances/", body).await
}

/// The id of a request that was just made.
pub async fn asked(app: &TestApp, student: &str) -> String {
    text(&ask(app, student).await.is(201).json()["id"])
}

/// The text of a JSON string.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The approval of an office in a request.
pub async fn approval(app: &TestApp, request: &str, office: &str) -> String {
    let detail = client(app, "admin").get(&format!("/api/clearances/{request}/")).await.is(200).json();
    let approvals = detail["approvals"].as_array().expect("a list").clone();
    let found = approvals.iter().find(|row| row["department_code"] == office);
    text(&found.unwrap_or_else(|| panic!("no {office} in {request}"))["id"])
}

/// An office decides.
pub async fn decide(app: &TestApp, request: &str, office: &str, action: &str) -> Answer {
    let approval = approval(app, request, office).await;
    let body = if action == "reject" { json!({ "reason": "Two books are missing" }) } else { json!({}) };
    client(app, &format!("staff:{office}")).post(&format!("/api/approvals/{approval}/{action}/"), body).await
}

/// All these offices agree.
pub async fn agree(app: &TestApp, request: &str, offices: &[&str]) {
    for office in offices {
        decide(app, request, office, "approve").await.is(200);
    }
}

/// A request that everybody has agreed to.
pub async fn cleared(app: &TestApp, student: &str) -> String {
    let request = asked(app, student).await;
    agree(app, &request, &OFFICES).await;
    request
}

/// A request as an administrator sees it.
pub async fn seen(app: &TestApp, request: &str) -> Value {
    client(app, "admin").get(&format!("/api/clearances/{request}/")).await.is(200).json()
}

/// The titles of the notices of somebody, oldest first.
pub async fn titles(app: &TestApp, name: &str) -> Vec<String> {
    let find = "SELECT title FROM notifications WHERE recipient_id = $1 AND created_at > '2026-01-01' ORDER BY created_at, title";
    let rows = app.query(find, &[&account(name)]).await;
    rows.iter().map(|row| row.get(0)).collect()
}
