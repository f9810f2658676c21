//! The database before the systems use it: migrated, and theirs.

use std::path::Path;

use shared::{
    config::Config,
    db::{SchemaState, migrate, schema_state},
    system::System,
};

use crate::{BoxError, parts::progress};

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
    migrate::check(&client, system).await?;
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

/// Deletes the data of the embedded parts, and nothing else: the directory must look like ours.
pub fn remove_data(data: &Path) -> Result<(), BoxError> {
    for part in ["postgres", "files"] {
        let part = data.join(part);
        if part.exists() {
            std::fs::remove_dir_all(&part)?;
        }
    }
    let notes = std::fs::read_dir(data).into_iter().flatten().flatten();
    for note in notes.filter(|note| note.file_name().to_string_lossy().starts_with("demo-accounts")) {
        std::fs::remove_file(note.path())?;
    }
    Ok(())
}
