use shared::system::System;

use super::*;
use crate::postgres::test_cluster;

static FIRST: System = System { name: "first", ..system_of(0) };
static SECOND: System =
    System { name: "second-school", migrations: &migrate::SHARED, legacy: None, ..system_of(0) };

const fn system_of(place: usize) -> System {
    let it = SYSTEMS[place].0;
    System { ..*it }
}

const BOTH: &[Registered] = &[(&FIRST, 5000), (&SECOND, 5001)];

async fn choice(asked: &[&str], variables: &[(&str, &str)]) -> Result<String, String> {
    let asked: Vec<String> = asked.iter().map(|name| (*name).to_owned()).collect();
    let lookup = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    choose(BOTH, &asked, &lookup).await.map(|chosen| names(&chosen)).map_err(|error| error.to_string())
}

#[tokio::test]
async fn every_system_starts_unless_some_are_chosen() {
    assert_eq!(choice(&[], &[]).await.unwrap(), "first, second-school");
    assert_eq!(choice(&["second-school"], &[("MUSTER_SYSTEMS", "first")]).await.unwrap(), "second-school");
    assert_eq!(choice(&[], &[("MUSTER_SYSTEMS", "first ,")]).await.unwrap(), "first");
    let unknown = choice(&["third"], &[]).await.unwrap_err();
    assert_eq!(unknown, "there is no system named third, only first, second-school");
}

#[tokio::test]
async fn common_port_is_refused_for_several_systems() {
    let refused = choice(&[], &[("PORT", "80")]).await.unwrap_err();
    assert_eq!(
        refused,
        "PORT can only be meant for one of the systems first, second-school: choose it with --system or MUSTER_SYSTEMS, or \
         set variables such as FIRST_PORT for each"
    );
    assert_eq!(choice(&["first"], &[("PORT", "80")]).await.unwrap(), "first");
    let own = [("PORT", "80"), ("FIRST_PORT", "81"), ("SECOND_SCHOOL_PORT", "82")];
    assert_eq!(choice(&[], &own).await.unwrap(), "first, second-school");
}

#[tokio::test]
async fn common_database_starts_the_system_that_owns_it() {
    let cluster = test_cluster().await.unwrap();
    let name = format!("t_{}_owner", std::process::id());
    cluster.create_database(&name).await.unwrap();
    let url = cluster.url(&name);
    let variables = [("DATABASE_URL", url.as_str())];
    let config = Config::read(&|name| (name == "DATABASE_URL").then(|| url.clone())).unwrap();

    let refused = choice(&[], &variables).await.unwrap_err();
    assert!(refused.contains("DATABASE_URL can only be meant for one"), "{refused}");

    let client = db::connect(&config.database).await.unwrap();
    let marks = FIRST.legacy.unwrap().marks;
    for mark in marks {
        client.batch_execute(&format!("CREATE TABLE {mark} (id int)")).await.unwrap();
    }
    assert_eq!(choice(&[], &variables).await.unwrap(), "first");
    for mark in marks {
        client.batch_execute(&format!("DROP TABLE {mark}")).await.unwrap();
    }

    migrate::run(&config.database, &SECOND).await.unwrap();
    assert_eq!(choice(&[], &variables).await.unwrap(), "second-school");
    let other = choice(&["first"], &variables).await.unwrap();
    assert_eq!(other, "first", "what is asked for is not looked up");
    let refused = migrate::run(&config.database, &FIRST).await.unwrap_err().to_string();
    assert!(refused.contains("belongs to the system shared"), "{refused}");
    drop(client);
    let admin = Config::read(&|name| (name == "DATABASE_URL").then(|| cluster.url("postgres"))).unwrap();
    let admin = db::connect(&admin.database).await.unwrap();
    admin.batch_execute(&format!("DROP DATABASE \"{name}\" WITH (FORCE)")).await.unwrap();
}
