//! The database that the recordings start from: the dump of the legacy server, taken over as an installation takes over its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value, json};
use shared::config::Config;
use tests::{Client, TestApp, cluster::Database, own_settings};
use uuid::Uuid;

/// Every row of the legacy database.
pub const DUMP: &str = include_str!("recordings/fixture.json");

/// Address and password of everybody who has one that is known.
const ACTORS: &str = include_str!("recordings/actors.json");

/// The ids of the rows, by short names (`user.S01`, `appr.S05.LIBRARY`).
pub const ALIASES: &str = include_str!("recordings/aliases.json");

/// What the recordings were made with.
pub const SWITCHES: [(&str, &str); 4] = [
    ("GRADUATION_FEE", "10000.00"),
    ("FEE_GATE", "off"),
    ("MPESA_ENVIRONMENT", "off"),
    ("CARRY_OVER_DAYS", "0"),
];

/// Models of the legacy server in the order in which their tables are filled, and the columns that refer to others.
const MODELS: [(&str, &str, &[&str]); 13] = [
    ("departments.department", "departments", &[]),
    ("users.user", "users", &["department"]),
    ("academics.school", "academic_schools", &[]),
    ("academics.academicdepartment", "academic_departments", &["school"]),
    ("academics.course", "academic_courses", &["department"]),
    ("students.student", "students", &["user", "school", "department", "course"]),
    ("clearances.clearancerequest", "clearance_requests", &["student"]),
    (
        "approvals.clearanceapproval",
        "clearance_approvals",
        &["clearance_request", "department", "approved_by"],
    ),
    ("finance.financerecord", "finance_records", &["student"]),
    ("finance.payment", "payments", &["student", "verified_by"]),
    ("gown_issuance.gownissuance", "gown_issuances", &["student", "issued_by", "returned_to"]),
    ("notifications.notification", "notifications", &["recipient", "clearance", "approval", "payment"]),
    ("audit_logs.auditlog", "audit_logs", &["actor"]),
];

/// Columns that are not kept: they follow from others, or belonged to the framework.
const DROPPED: [&str; 3] = ["graduation_fee_status", "groups", "user_permissions"];

/// Addresses of files, which are null where there is none.
const FILES: [&str; 3] = ["evidence_file", "receipt", "fee_statement"];

/// What an import of the rows makes of them besides. Its job, which gives certificates, is for tests that want some.
fn adoption() -> String {
    let complete = clearance::SYSTEM.legacy.and_then(|legacy| legacy.complete).expect("an adoption");
    format!(
        "SELECT set_config('muster.graduation_fee', '10000.00', false);
         {}
         DELETE FROM muster.jobs;
         UPDATE audit_logs SET actor_name = users.full_name, actor_email = users.email
         FROM users WHERE users.id = audit_logs.actor_id;",
        complete.statements
    )
}

#[derive(Clone, Debug, Deserialize)]
struct Row {
    model: String,
    pk: Value,
    fields: Map<String, Value>,
}

/// The system with the rows of the recordings, and their switches.
pub async fn recorded() -> TestApp {
    recorded_with(&SWITCHES, |_| ()).await
}

/// The same with rate limits.
pub async fn limited() -> TestApp {
    recorded_with(&SWITCHES, |config| config.rate_limits = true).await
}

/// The same with other variables and another configuration.
pub async fn recorded_with(variables: &[(&str, &str)], change: impl FnOnce(&mut Config)) -> TestApp {
    let content = format!("{DUMP}{}", adoption());
    let database = Database::filled(&clearance::SYSTEM, "recorded", &content, fill).await;
    let app = TestApp::running(&clearance::SYSTEM, database, |config| {
        config.own = own_settings(&clearance::SYSTEM, variables);
        config.rate_limits = false;
        change(config);
    });
    let app = app.await;
    // The recordings were made then.
    let day = "2026-11-21T08:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().expect("a moment");
    app.clock.advance(day - app.clock.now());
    app
}

/// The account of somebody who asks in the recordings: `admin`, `staff:LIBRARY`, `student:S05`.
pub fn account(name: &str) -> Option<Uuid> {
    let actors: BTreeMap<String, (String, String)> = serde_json::from_str(ACTORS).expect("actors are JSON");
    let known = |name: String| actors.get(&name).map(|(email, _)| email.clone());
    let email = match name.split_once(':') {
        None if name == "student" => known("student.S01".to_owned()),
        None => known(name.to_owned()),
        Some(("admin", "plain")) => known("admin_plain".to_owned()),
        Some((kind, rest)) => known(format!("{kind}.{rest}")).or_else(|| known(rest.to_owned())),
    };
    let row =
        rows().into_iter().find(|row| row.fields.get("email").map(Value::as_str) == Some(email.as_deref()));
    row.and_then(|row| row.pk.as_str()?.parse().ok())
}

/// A student, and what no text about another student holds.
pub struct Known {
    /// The account.
    pub user: Uuid,
    /// Ids, number and address.
    pub marks: Vec<String>,
}

/// Every student of the recordings.
pub fn students() -> Vec<Known> {
    let rows = rows();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let email = |user: &str| rows.iter().find(|row| row.pk == user).map(|row| text(&row.fields["email"]));
    let students = rows.iter().filter(|row| row.model == "students.student");
    let known = students.map(|row| {
        let (user, number) = (text(&row.fields["user"]), text(&row.fields["registration_number"]));
        let marks = [text(&row.pk), number, email(&user).unwrap_or_default(), user.clone()].into();
        Known { user: user.parse().expect("a UUID"), marks }
    });
    known.collect()
}

/// The id of a row by its short name: `student.S05`, `gown.GWN-008`.
pub fn id(alias: &str) -> Uuid {
    let aliases: BTreeMap<String, Uuid> = serde_json::from_str(ALIASES).expect("aliases are JSON");
    aliases.get(alias).copied().unwrap_or_else(|| panic!("no row is called {alias}"))
}

/// Requests of somebody who asks in the recordings.
pub fn client<'a>(app: &'a TestApp, name: &str) -> Client<'a> {
    app.as_user(account(name).unwrap_or_else(|| panic!("nobody is called {name}")))
}

fn rows() -> Vec<Row> {
    serde_json::from_str(DUMP).expect("the dump is JSON")
}

async fn fill(client: tokio_postgres::Client) {
    refill(&client, "DELETE FROM departments").await;
}

/// Fills the tables, which `empty` empties, without the triggers: nobody has written these rows.
pub async fn refill(client: &tokio_postgres::Client, empty: &str) {
    let run =
        async |sql: &str| client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    run(&format!("SET session_replication_role = replica; {empty}")).await;
    let rows = rows();
    let unknown: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
    assert_eq!(unknown.len(), MODELS.len(), "models of the dump: {unknown:?}");
    for (model, table, references) in MODELS {
        let of_table: Vec<Map<String, Value>> = rows
            .iter()
            .filter(|row| row.model == model)
            .map(|row| columns(row.clone(), references))
            .collect();
        let names: Vec<&str> =
            of_table.first().into_iter().flat_map(|row| row.keys().map(String::as_str)).collect();
        let names = names.join(", ");
        let insert = format!(
            "INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, $1::jsonb)"
        );
        let inserted = client.execute(&insert, &[&json!(of_table)]).await;
        let inserted = inserted.unwrap_or_else(|error| panic!("{insert}: {error:?}"));
        assert_eq!(inserted, of_table.len() as u64, "rows of {table}");
    }
    run(&adoption()).await;
    run("RESET session_replication_role").await;
}

/// The columns of a row, as the tables name them.
fn columns(row: Row, references: &[&str]) -> Map<String, Value> {
    let mut columns = Map::new();
    columns.insert("id".to_owned(), row.pk);
    for (name, value) in row.fields {
        if DROPPED.contains(&name.as_str()) {
            continue;
        }
        let value = if FILES.contains(&name.as_str()) && value == "" { Value::Null } else { value };
        let name = if references.contains(&name.as_str()) { format!("{name}_id") } else { name };
        columns.insert(name, value);
    }
    columns
}
