//! The databases of the legacy server move into ours, from each engine it ran on, and every row is accounted for.

mod awkward;
mod django;

use django::{Dialect, alias, database};
use muster::legacy::{Mode, Report, Source, import};
use serde_json::json;
use tests::{
    MariadbServer, TestApp,
    cluster::{self, Database},
    own_settings,
};

/// Rows of the dump and the awkward ones, by table, and how many of them cannot be exactly as they were.
const EXPECTED: [(&str, u64, u64, u64); 13] = [
    // table, imported, set aside, changed on purpose
    ("departments", 8, 0, 0),
    ("users", 60, 0, 0),
    ("academic_schools", 4, 0, 0),
    ("academic_departments", 4, 0, 0),
    ("academic_courses", 4, 0, 0),
    ("students", 40, 0, 0),
    // One of a student who is not there; an older open one is closed.
    ("clearance_requests", 31, 1, 1),
    ("clearance_approvals", 240, 0, 0),
    ("finance_records", 3, 0, 0),
    ("payments", 21, 0, 0),
    ("gown_issuances", 7, 0, 0),
    ("notifications", 6, 0, 0),
    // One held tokens.
    ("audit_logs", 5, 0, 1),
];

async fn taken_over(source: Source) -> (TestApp, Report) {
    let database = Database::migrated(&clearance::SYSTEM).await;
    let own = own_settings(&clearance::SYSTEM, &[("GRADUATION_FEE", "5500.00")]);
    let mut target = cluster::connect(&database.url).await;
    let legacy = clearance::SYSTEM.legacy.expect("a legacy server");
    let report = import(legacy, &own, source, &mut target, Mode::IntoEmpty).await.expect("it is imported");
    (TestApp::running(&clearance::SYSTEM, database, |_| ()).await, report)
}

async fn sqlite() -> (Source, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a directory");
    let file = folder.path().join("db.sqlite3");
    let connection = rusqlite::Connection::open(&file).expect("a database file");
    connection.execute_batch(&database(Dialect::Sqlite)).expect("the rows are stored");
    (Source::Sqlite(file), folder)
}

fn every_row_is_accounted_for(report: &Report) {
    let told: Vec<_> = report
        .tables
        .iter()
        .map(|table| (table.name.as_str(), table.imported, table.quarantined, table.imported - table.equal))
        .collect();
    assert_eq!(told, EXPECTED, "{report}");
    for table in &report.tables {
        assert_eq!(table.source, table.imported + table.quarantined, "{report}");
        assert!(table.findings.is_empty(), "{report}");
        assert_eq!(table.checksum.len(), 64, "{report}");
    }
    assert_eq!(report.unknown_tables.len(), 2, "{report}");
}

#[tokio::test]
async fn sqlite_database_moves_row_by_row() {
    let (source, _folder) = sqlite().await;
    every_row_is_accounted_for(&taken_over(source).await.1);
}

#[tokio::test]
async fn mysql_database_moves_row_by_row() {
    let server = MariadbServer::start().await;
    server.load(&database(Dialect::Mysql)).await;
    every_row_is_accounted_for(&taken_over(Source::Mysql(server.url())).await.1);
}

#[tokio::test]
async fn postgresql_database_moves_row_by_row() {
    let legacy = Database::empty().await;
    let client = cluster::connect(&legacy.url).await;
    client.batch_execute(&database(Dialect::Postgres)).await.expect("the rows are stored");
    every_row_is_accounted_for(&taken_over(Source::Postgres(legacy.url.clone())).await.1);
}

#[tokio::test]
async fn adopted_payments_have_receipts_and_nobody_owes_what_they_have_paid() {
    let (source, _folder) = sqlite().await;
    let (app, _) = taken_over(source).await;
    let counts = "SELECT (SELECT count(*) FROM payments WHERE is_verified)::text || ' '
                  || (SELECT count(*) FROM receipts WHERE state = 'applied')::text || ' '
                  || (SELECT count(*) FROM payments WHERE is_verified AND due_from(student_id) > 0)::text || ' '
                  || (SELECT count(*) FROM receipts WHERE transaction_id LIKE 'LEGACY-%')::text || ' '
                  || (SELECT count(*) FROM finance_records)::text";
    assert_eq!(app.value::<String>(counts, &[]).await, "15 15 0 2 40");
    let claimed = format!("SELECT due_from('{}')::text", alias("student.S05"));
    assert_eq!(app.value::<String>(&claimed, &[]).await, "10000.00", "a claim is no payment");
    let other = format!("SELECT due_from('{}')::text", alias("student.S24"));
    assert_eq!(app.value::<String>(&other, &[]).await, "5500.00", "others owe the fee of today");
}

#[tokio::test]
async fn adopted_accounts_sign_in_with_their_password_and_no_token_is_left_in_the_log() {
    let (source, _folder) = sqlite().await;
    let (app, _) = taken_over(source).await;
    let body = json!({ "email": "admin@mksu.test", "password": "Adm1n-Peer-Pass" });
    app.anonymous().post("/api/auth/login/", body.clone()).await.is(200);
    let stored = "SELECT left(password, 4) FROM users WHERE email = 'admin@mksu.test'";
    assert_eq!(app.value::<String>(stored, &[]).await, "$2b$", "the hash is replaced");
    app.anonymous().post("/api/auth/login/", body).await.is(200);

    assert_eq!(
        app.value::<String>("SELECT count(*)::text FROM audit_logs WHERE changes::text LIKE '%eyJ%'", &[])
            .await,
        "0"
    );
    let duplicates =
        "SELECT string_agg(email, ' ' ORDER BY email COLLATE \"C\") FROM users WHERE is_email_duplicate";
    assert_eq!(app.value::<String>(duplicates, &[]).await, "S01@Students.mksu.test s01@students.mksu.test");
    let closed = format!(
        "SELECT string_agg(status || ': ' || rejection_reason, ', ' ORDER BY created_at) FROM clearance_requests
         WHERE student_id = '{}'",
        alias("student.S05")
    );
    assert_eq!(
        app.value::<String>(&closed, &[]).await,
        "cancelled: Replaced by a newer request, in_progress: "
    );
}
