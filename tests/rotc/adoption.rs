//! A database of the legacy server is taken over as it is: nothing is lost, however damaged it was.

use std::collections::BTreeMap;

use shared::db::migrate::{Applied, migrate};
use tests::cluster::{Database, SETS, connect};
use tokio_postgres::Client;

use crate::legacy::{REPAIRED, UNREPAIRED, restore};

/// What earlier servers and hand-made repairs have been seen to leave behind.
const DAMAGE: &str = include_str!("damage.sql");

/// A restored dump on a connection with its usual search path.
async fn restored(dump: &str) -> (Database, Client) {
    let database = Database::empty().await;
    restore(&connect(&database.url).await, dump).await;
    let client = connect(&database.url).await;
    (database, client)
}

async fn adopt(client: &mut Client) -> Vec<Applied> {
    migrate(client, &SETS).await.expect("the database is adopted")
}

/// Rows of every table of the legacy server.
async fn rows(client: &Client) -> BTreeMap<String, i64> {
    let tables = client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", &[]).await;
    let mut counts = BTreeMap::new();
    for table in tables.expect("tables can be listed").iter().map(|row| row.get::<_, String>(0)) {
        let count = client.query_one(&format!("SELECT count(*) FROM public.\"{table}\""), &[]).await;
        counts.insert(table, count.expect("rows can be counted").get(0));
    }
    counts
}

/// Every table before has as many rows after.
async fn assert_nothing_lost(client: &Client, before: BTreeMap<String, i64>) {
    let mut after = rows(client).await;
    after.retain(|table, _| before.contains_key(table));
    assert_eq!(after, before);
}

#[tokio::test]
async fn a_repaired_database_is_adopted_twice_without_losing_a_row() {
    let (_database, mut client) = restored(REPAIRED).await;
    let before = rows(&client).await;
    assert!(before["cadets"] == 125 && before["attendance_records"] == 1770, "{before:?}");

    let first = adopt(&mut client).await;
    let second = adopt(&mut client).await;

    assert!(!first.is_empty() && second.is_empty());
    assert_nothing_lost(&client, before).await;
}

#[tokio::test]
async fn an_unrepaired_database_is_adopted_twice_without_losing_a_row() {
    let (_database, mut client) = restored(UNREPAIRED).await;
    let before = rows(&client).await;

    adopt(&mut client).await;
    adopt(&mut client).await;

    assert_nothing_lost(&client, before).await;
    client.prepare("SELECT religion FROM cadets").await.unwrap();
    client.prepare("SELECT last_location_accuracy, last_location_provider FROM users").await.unwrap();
}

#[tokio::test]
async fn a_damaged_database_is_adopted_and_its_damage_named() {
    let (_database, mut client) = restored(REPAIRED).await;
    client.batch_execute(DAMAGE).await.expect("the damage can be done");
    let before = rows(&client).await;

    adopt(&mut client).await;
    adopt(&mut client).await;

    assert_nothing_lost(&client, before).await;
    let named = client.query("SELECT DISTINCT table_name FROM muster.adoption_findings", &[]).await.unwrap();
    let named: Vec<String> = named.iter().map(|row| row.get(0)).collect();
    for table in ["cadets", "grades", "excuse_letters", "attendance_records", "users"] {
        assert!(named.iter().any(|name| name == table), "no finding about {table}: {named:?}");
    }
    let birthdate = client.query_one("SELECT birthdate::text FROM cadets WHERE id = 5", &[]).await.unwrap();
    assert_eq!(birthdate.get::<_, &str>(0), "2004-02-20", "a text that is a date stays");
}

#[tokio::test]
async fn database_with_two_accounts_of_one_cadet_is_adopted_without_the_index_and_names_them() {
    let (_database, mut client) = restored(REPAIRED).await;
    let twice = "INSERT INTO users (username, password, role, cadet_id, is_approved, is_archived)
                 SELECT 'twice', '!', 'cadet', cadet_id, 1, FALSE FROM users
                 WHERE role = 'cadet' AND cadet_id IS NOT NULL AND is_archived IS NOT TRUE ORDER BY id LIMIT 1
                 RETURNING cadet_id::text";
    let cadet: String = client.query_one(twice, &[]).await.unwrap().get(0);

    adopt(&mut client).await;

    let found = "SELECT row_key FROM muster.adoption_findings WHERE finding LIKE 'several active accounts%'";
    assert_eq!(client.query_one(found, &[]).await.unwrap().get::<_, String>(0), cadet);
    let index = "SELECT to_regclass('public.idx_muster_users_cadet') IS NULL";
    assert!(client.query_one(index, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn an_adopted_database_takes_new_rows_and_audits_them() {
    let (_database, mut client) = restored(UNREPAIRED).await;
    client.batch_execute("SELECT setval('cadets_id_seq', 1)").await.unwrap();

    adopt(&mut client).await;

    let insert =
        "INSERT INTO cadets (first_name, last_name, student_id) VALUES ('A', 'B', '2026-1') RETURNING id";
    let id: i32 = client.query_one(insert, &[]).await.unwrap().get(0);
    assert!(id > 125, "{id}");
    let audited = "SELECT count(*) FROM audit_logs WHERE table_name = 'cadets' AND record_id = $1";
    assert_eq!(client.query_one(audited, &[&id]).await.unwrap().get::<_, i64>(0), 1);
}

#[tokio::test]
async fn two_migrators_of_one_database_wait_for_each_other() {
    let (database, mut one) = restored(REPAIRED).await;
    let mut other = connect(&database.url).await;

    let (first, second) = tokio::join!(adopt(&mut one), adopt(&mut other));

    assert!(first.is_empty() != second.is_empty(), "one of them did all the work");
}
