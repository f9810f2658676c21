//! Every statement of the sources fits the schema of the system that runs it: a wrong column is a red test.

use shared::system::System;
use tests::{
    SYSTEMS, TestApp,
    sources::{collect, folder_of, repository, sources, statements},
};
use tokio_postgres::types::Type;

/// What measures the only system there is; it moves to that system with the second.
const OF_ONE_SYSTEM: &str = "local-dev/src/bench/";

#[tokio::test]
async fn every_statement_prepares_on_the_schema_of_each_system_that_runs_it() {
    let mut refused = Vec::new();
    for (system, _) in SYSTEMS {
        let mut files = sources(&folder_of(system));
        assert!(!files.is_empty(), "the sources of {} are found", system.name);
        files.extend(sources(&repository("shared/src")));
        files.extend(sources(&repository("local-dev/src")));
        let mut statements = statements(&files);
        if system.migrations.role.is_some() {
            statements.retain(|(place, _)| !place.starts_with(OF_ONE_SYSTEM));
        }
        refused.extend(refused_by(system, &statements).await);
    }
    assert!(refused.is_empty(), "these statements do not work everywhere:\n{}", refused.join("\n"));
}

async fn refused_by(system: &'static System, statements: &[(String, String)]) -> Vec<String> {
    let app = TestApp::of(system, |_| ()).await;
    let mut refused = Vec::new();
    for (place, sql) in statements {
        let statement = match app.database().await.prepare(sql).await {
            Ok(statement) => statement,
            Err(error) => {
                let reason =
                    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
                refused.push(format!("{place} ({}): {reason}", system.name));
                continue;
            }
        };
        // The driver looks up a type that is not built in with a prepared statement, which a transaction pooler loses.
        let types = statement.params().iter().chain(statement.columns().iter().map(|column| column.type_()));
        for foreign in types.filter(|kind| Type::from_oid(kind.oid()).is_none()) {
            refused.push(format!("{place}: {foreign} is not built in, cast it (::text)"));
        }
    }
    refused
}

#[test]
fn statements_inside_other_macros_are_found() {
    let mut found = Vec::new();
    let source = "fn f() { try_join!(one(sql!(\"SELECT 1\"), &[]), other()) }\n\nconst S: Sql = sql!(\n \"SELECT 2\");";
    collect(source.parse().unwrap(), "a.rs", &mut found);
    found.sort();
    let expected = [("a.rs:1", "SELECT 1"), ("a.rs:4", "SELECT 2")];
    assert_eq!(found, expected.map(|(place, sql)| (place.to_owned(), sql.to_owned())));
}
