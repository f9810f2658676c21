use std::{
    fs,
    path::{Path, PathBuf},
};

use proc_macro2::{TokenStream, TokenTree};
use tests::TestApp;
use tokio_postgres::types::Type;

use super::repository;

#[tokio::test]
async fn every_statement_in_the_sources_prepares_on_the_schema() {
    let app = TestApp::rotc().await;
    let statements = statements();
    assert!(statements.len() > 20, "the sources are found");
    let mut refused = Vec::new();
    for (place, sql) in &statements {
        let statement = match app.database().await.prepare(sql).await {
            Ok(statement) => statement,
            Err(error) => {
                let reason =
                    error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
                refused.push(format!("{place}: {reason}"));
                continue;
            }
        };
        // The driver looks up a type that is not built in with a prepared statement, which a transaction pooler loses.
        let types = statement.params().iter().chain(statement.columns().iter().map(|column| column.type_()));
        for foreign in types.filter(|kind| Type::from_oid(kind.oid()).is_none()) {
            refused.push(format!("{place}: {foreign} is not built in, cast it (::text)"));
        }
    }
    assert!(refused.is_empty(), "these statements do not work everywhere:\n{}", refused.join("\n"));
}

/// Every `sql!("...")` as (file:line, text).
fn statements() -> Vec<(String, String)> {
    let mut files = Vec::new();
    sources(&repository("shared/src"), &mut files);
    sources(&repository("local-dev/src"), &mut files);
    for system in fs::read_dir(repository("functions")).expect("the folder of the systems").flatten() {
        sources(&system.path().join("src"), &mut files);
    }
    let mut found = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source can be read");
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        collect(tokens, &place(&file), &mut found);
    }
    found
}

/// Every source file below `folder`.
pub(super) fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The path below the repository.
pub(super) fn place(file: &Path) -> String {
    file.strip_prefix(repository("")).unwrap_or(file).display().to_string()
}

/// Looks for `sql ! ( "..." )` among all tokens, so also inside other macros.
pub(super) fn collect(tokens: TokenStream, file: &str, found: &mut Vec<(String, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for window in tokens.windows(3) {
        let [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(group)] = window else {
            continue;
        };
        if name != "sql" || bang.as_char() != '!' {
            continue;
        }
        if let Ok(literal) = syn::parse2::<syn::LitStr>(group.stream()) {
            found.push((format!("{file}:{}", literal.span().start().line), literal.value()));
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            collect(group.stream(), file, found);
        }
    }
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
