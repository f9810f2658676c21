//! The database: whether it answers, whose it is, and whether it is up to date.

use shared::{
    App, Result,
    db::migrate::{self, MigrationSet},
    sql,
    system::System,
};
use tokio_postgres::Client;

use super::{Finding, State};

/// The oldest version of PostgreSQL the migrations run on.
const OLDEST: i32 = 14;

/// Looks at the database, as far as it can be reached.
pub async fn examine(system: &System, app: &App) -> Vec<Finding> {
    let client = match shared::db::connect(&app.config.database).await {
        Ok(client) => client,
        Err(error) => return vec![Finding::new("database", State::Missing, error.message())],
    };
    let mut findings = Vec::new();
    for finding in [
        version(&client).await,
        rights(&client).await,
        ownership(&client, system).await,
        migrations(&client, system).await,
    ] {
        // A database that answers one question and not the next is shown with its own words.
        findings
            .push(finding.unwrap_or_else(|error| Finding::new("database", State::Missing, error.message())));
    }
    if findings.iter().all(|finding| finding.state == State::Fine) {
        findings.push(key(app));
        findings.push(administrator(system, app).await);
    }
    findings
}

async fn version(client: &Client) -> Result<Finding> {
    let version = sql!("SELECT current_setting('server_version_num')::int / 10000");
    let version: i32 = client.query_one(version.text(), &[]).await?.get(0);
    Ok(match version >= OLDEST {
        true => Finding::new("database", State::Fine, format!("PostgreSQL {version} answers")),
        false => Finding::new(
            "database",
            State::Missing,
            format!("PostgreSQL {version} is too old: use version {OLDEST} or newer"),
        ),
    })
}

async fn rights(client: &Client) -> Result<Finding> {
    let rights = sql!(
        "SELECT pg_is_in_recovery(),
             CASE WHEN to_regnamespace('muster') IS NULL THEN has_database_privilege(current_database(), 'CREATE')
                  ELSE has_schema_privilege('muster', 'CREATE') END
             AND has_schema_privilege('public', 'CREATE'),
             current_user::text"
    );
    let row = client.query_one(rights.text(), &[]).await?;
    let (standby, may, user): (bool, bool, String) = (row.get(0), row.get(1), row.get(2));
    Ok(match (standby, may) {
        (true, _) => Finding::new(
            "rights",
            State::Missing,
            "the database is a standby that takes no writes: use the address of the primary",
        ),
        (false, false) => Finding::new(
            "rights",
            State::Missing,
            format!("the role {user} may not create tables: make it the owner of the database"),
        ),
        (false, true) => Finding::new("rights", State::Fine, format!("the role {user} may create tables")),
    })
}

async fn ownership(client: &Client, system: &System) -> Result<Finding> {
    Ok(match migrate::check(client, system).await {
        Ok(()) => Finding::new("owner", State::Fine, format!("no other system than {} uses it", system.name)),
        Err(error) => Finding::new("owner", State::Missing, error.message()),
    })
}

async fn migrations(client: &Client, system: &System) -> Result<Finding> {
    let (mut missing, mut unknown) = (0, 0);
    for set in [&migrate::SHARED, system.migrations] {
        let (absent, newer) = compare(client, set).await?;
        (missing, unknown) = (missing + absent, unknown + newer);
    }
    Ok(match (missing, unknown) {
        (0, 0) => Finding::new("migrations", State::Fine, "the tables are up to date"),
        (0, _) => Finding::new(
            "migrations",
            State::Missing,
            "the tables are those of a newer version of Muster: install that version",
        ),
        _ => Finding::new(
            "migrations",
            State::Missing,
            format!("{missing} migrations are to be applied: run `muster migrate --system {}`", system.name),
        ),
    })
}

/// How many files have not been applied, and how many have been that this program does not know.
async fn compare(client: &Client, set: &MigrationSet) -> Result<(usize, usize)> {
    let runner = (set.versioned)();
    let known: Vec<i32> = runner.get_migrations().iter().map(|file| file.version()).collect();
    let history = format!("muster.migrations_{}", set.name);
    let exists = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&history]).await?;
    if !exists.get::<_, bool>(0) {
        return Ok((known.len(), 0));
    }
    let rows = client.query(&format!("SELECT version FROM {history}"), &[]).await?;
    let applied: Vec<i32> = rows.iter().map(|row| row.get(0)).collect();
    let missing = known.iter().filter(|version| !applied.contains(version)).count();
    Ok((missing, applied.iter().filter(|version| !known.contains(version)).count()))
}

fn key(app: &App) -> Finding {
    if app.config.signing_key.is_some() {
        return Finding::new("keys", State::Fine, "JWT_SECRET signs the tokens");
    }
    Finding::new("keys", State::Fine, "tokens are signed with a key that is kept in the database")
}

async fn administrator(system: &System, app: &App) -> Finding {
    let Some(admin) = system.admin else {
        return Finding::new("administrator", State::Fine, "the system has none");
    };
    let count = async {
        // Only read, and never committed.
        let mut change = app.db.change_for_system("muster doctor").await?;
        admin.count(&mut change).await
    };
    match count.await {
        Ok(0) => Finding::new(
            "administrator",
            State::Missing,
            format!("there is none: run `muster admin create --system {} --email ADDRESS`", system.name),
        ),
        Ok(1) => Finding::new("administrator", State::Fine, "there is one"),
        Ok(count) => Finding::new("administrator", State::Fine, format!("there are {count}")),
        Err(error) => Finding::new("administrator", State::Missing, error.message()),
    }
}
