use std::{collections::BTreeSet, fs};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use regex::Regex;
use tests::{
    TestApp,
    sources::{collect, folder_of, place, sources},
};

/// A source file that keeps answers: the tables they are said to be made of, and its statements.
struct Keeper {
    place: String,
    declared: Vec<BTreeSet<String>>,
    statements: Vec<(String, String)>,
}

#[tokio::test]
async fn what_is_kept_declares_every_table_it_is_made_of() {
    let app = TestApp::rotc().await;
    let keepers = keepers();
    assert!(!keepers.is_empty(), "the sources are found");
    let triggers = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'trg_muster_touched'";
    let telling: BTreeSet<String> = app.query(triggers, &[]).await.iter().map(|row| row.get(0)).collect();
    let mut problems = Vec::new();
    for keeper in &keepers {
        let mut read = BTreeSet::new();
        for (place, statement) in &keeper.statements {
            for (table, column, tells) in columns_of(&app, place, statement).await {
                if !tells {
                    problems.push(format!("{place}: {table}.{column} does not tell when it changes"));
                }
                read.insert(table);
            }
        }
        for declared in &keeper.declared {
            let forgotten: Vec<_> = read.difference(declared).collect();
            let silent: Vec<_> = declared.iter().filter(|table| !telling.contains(*table)).collect();
            if !forgotten.is_empty() {
                problems.push(format!("{}: name these tables, they are read: {forgotten:?}", keeper.place));
            }
            if !silent.is_empty() {
                problems.push(format!("{}: these do not tell when they change: {silent:?}", keeper.place));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// The tests of kept answers go through a list; one that is missing there would not be tested.
#[test]
fn every_kept_answer_is_tested_for_being_never_old() {
    let mut declared: Vec<_> = keepers().into_iter().flat_map(|keeper| keeper.declared).collect();
    let table_set = |(_, _, tables): &(&str, i64, &[&str])| -> BTreeSet<String> {
        tables.iter().map(|&table| table.to_owned()).collect()
    };
    let mut tested: Vec<_> = crate::kept::KEPT.iter().map(table_set).collect();
    declared.sort();
    tested.sort();
    assert_eq!(declared, tested, "add the address to KEPT in tests/rotc/kept.rs");
}

/// What a statement reads, which is what a view of it would depend on: tables, their columns, and whether a change of
/// such a column is told. A table of which only the number of rows counts has an empty column.
async fn columns_of(app: &TestApp, place: &str, statement: &str) -> Vec<(String, String, bool)> {
    let query = Regex::new(r"\$\d+").expect("a pattern").replace_all(statement, "NULL");
    let database = app.database().await;
    let view =
        format!("CREATE OR REPLACE TEMP VIEW looked_at AS SELECT count(*) FROM ({query}) AS statement");
    if let Err(error) = database.batch_execute(&view).await {
        panic!("{place}: only a SELECT may stand in a file that keeps answers: {error:?}");
    }
    let rows = app
        .query(
            "SELECT DISTINCT refobjid::regclass::text, coalesce(attname, ''), NOT EXISTS (
                 SELECT FROM pg_trigger
                 WHERE tgrelid = refobjid AND tgname = 'trg_muster_touched' AND tgattr::text <> ''
                   AND refobjsubid <> 0 AND refobjsubid::text <> ALL (string_to_array(tgattr::text, ' ')))
             FROM pg_depend
             JOIN pg_rewrite ON pg_rewrite.oid = objid
             LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid AND attnum > 0
             WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_class'::regclass
               AND ev_class = 'pg_temp.looked_at'::regclass AND refobjid <> ev_class",
            &[],
        )
        .await;
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect()
}

/// The files that call `cached` or `cached_for_all`.
fn keepers() -> Vec<Keeper> {
    let files = sources(&folder_of(&rotc::SYSTEM));
    let mut keepers = Vec::new();
    for file in files.iter().filter(|file| !file.ends_with("cached.rs")) {
        let text = fs::read_to_string(file).expect("a source can be read");
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let mut declared = Vec::new();
        calls(tokens.clone(), &mut declared);
        if declared.is_empty() {
            continue;
        }
        let place = place(file);
        assert!(
            declared.iter().all(|tables| !tables.is_empty()),
            "{place}: write the tables into the call of `cached`, as &[\"cadets\", \"grades\"]"
        );
        let mut statements = Vec::new();
        collect(tokens, &place, &mut statements);
        keepers.push(Keeper { place, declared, statements });
    }
    keepers
}

/// The table lists of all calls.
fn calls(tokens: TokenStream, found: &mut Vec<BTreeSet<String>>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for window in tokens.windows(2) {
        if let [TokenTree::Ident(name), TokenTree::Group(group)] = window
            && (name == "cached" || name == "cached_for_all")
            && group.delimiter() == Delimiter::Parenthesis
        {
            found.push(list(group.stream()));
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            calls(group.stream(), found);
        }
    }
}

/// The texts of the first `[...]` among the arguments.
fn list(arguments: TokenStream) -> BTreeSet<String> {
    let bracket = arguments.into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => Some(group.stream()),
        _ => None,
    });
    let texts = bracket.unwrap_or_default().into_iter().filter_map(|token| match token {
        TokenTree::Literal(literal) => syn::parse_str::<syn::LitStr>(&literal.to_string()).ok(),
        _ => None,
    });
    texts.map(|text| text.value()).collect()
}

#[test]
fn tables_are_found_in_calls_only() {
    let mut found = Vec::new();
    let source = "fn f() { cached(&app, &user, LIFE, &[\"a\", \"b\"], async || g([1]).await).await } fn cached<T>() {}";
    calls(source.parse().unwrap(), &mut found);
    assert_eq!(found, [BTreeSet::from(["a".to_owned(), "b".to_owned()])]);
}
