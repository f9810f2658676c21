//! The database before the systems use it: migrated, and with something to look at.

use std::path::Path;

use shared::{
    config::Config,
    db::{SchemaState, migrate, schema_state},
    system::System,
};

use crate::{
    BoxError,
    demo::{self, DemoAccounts},
    parts::progress,
};

/// Migrates an embedded database. One that is configured is migrated on request only: other servers may
/// use it too.
pub async fn prepare(config: &Config, system: &System, asked: bool, embedded: bool) -> Result<(), BoxError> {
    if embedded || asked {
        let applied = migrate::run(&config.database, system).await?;
        if !applied.is_empty() {
            progress(&format!("Applied {} migrations", applied.len()));
        }
        return Ok(());
    }
    let client = shared::db::connect(&config.database).await?;
    match schema_state(&client, system).await? {
        SchemaState::Missing => Err(format!(
            "the database of {} has not been migrated: run `muster migrate`, or start with --migrate",
            system.name
        )
        .into()),
        old @ SchemaState::OldServer(_) => Err(old.to_string().into()),
        SchemaState::Current => Ok(()),
        other => {
            progress(&format!("{other}. Until then nothing can be saved."));
            Ok(())
        }
    }
}

/// Fills an empty embedded database with a demo battalion, once, and tells the accounts to try. Their
/// passwords are random; a file in the data directory remembers them for later starts.
pub async fn demo(config: &Config, data: &Path) -> Result<Vec<String>, BoxError> {
    let mut client = shared::db::connect(&config.database).await?;
    let file = data.join("demo-accounts.txt");
    if let Some(accounts) = demo::seed(&mut client).await? {
        let DemoAccounts { admin, staff, cadet } = accounts;
        let line =
            |role: &str, (name, password): (String, String)| format!("{role:<14} {name} / {password}\n");
        let text = [line("Demo admin", admin), line("Demo staff", staff), line("Demo cadet", cadet)].concat();
        std::fs::write(&file, text)?;
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    Ok(known.lines().map(str::to_owned).collect())
}

/// Deletes the data of the embedded parts, and nothing else: the directory must look like ours.
pub fn remove_data(data: &Path) -> Result<(), BoxError> {
    for part in ["postgres", "files"] {
        let part = data.join(part);
        if part.exists() {
            std::fs::remove_dir_all(&part)?;
        }
    }
    let accounts = data.join("demo-accounts.txt");
    if accounts.exists() {
        std::fs::remove_file(accounts)?;
    }
    Ok(())
}
