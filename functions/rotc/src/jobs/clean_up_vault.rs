//! Removing files full of personal data that nobody fetches any more.

use chrono::TimeDelta;
use shared::{App, Result, db::Sql, files::Listing, sql};

/// A file younger than this may belong to a request or a job that is about to write it down.
const YOUNG: TimeDelta = TimeDelta::days(1);

/// A folder of the vault, and which of these files of it may go.
struct Folder {
    name: &'static str,
    unwanted: Sql,
}

const FOLDERS: &[Folder] = &[
    // Whoever asked for one was sent to an address that holds for minutes.
    Folder { name: "downloads/", unwanted: sql!("SELECT place FROM unnest($1::text[]) AS stored (place)") },
    // A job that ends removes its own files, unless it is cancelled, given up, or cannot reach the store.
    Folder {
        name: "imports/",
        unwanted: sql!(
            "SELECT place FROM unnest($1::text[]) AS stored (place)
             WHERE NOT EXISTS (SELECT FROM muster.jobs
                               WHERE kind = 'import_file' AND status IN ('queued', 'running')
                                 AND payload -> 'files' @> jsonb_build_array(jsonb_build_object('place', place)))"
        ),
    },
    // Those with a row go with it (`expire_reports`); a batch that was cancelled at its end has left none.
    Folder {
        name: "reports/",
        unwanted: sql!(
            "SELECT place FROM unnest($1::text[]) AS stored (place)
             WHERE NOT EXISTS (SELECT FROM muster.report_files WHERE 'reports/' || task_id = place)
               AND NOT EXISTS (SELECT FROM muster.jobs
                               WHERE 'reports/' || id = place AND status IN ('queued', 'running'))"
        ),
    },
];

/// Deletes downloads of yesterday, and files that were sent for or printed by jobs that have ended without them. Tells how
/// many.
///
/// Safe to run twice: what is gone is gone.
pub async fn clean_up_vault(app: &App) -> Result<u64> {
    let mut deleted = 0;
    for folder in FOLDERS {
        let mut from = None;
        loop {
            let Listing { files, next } = app.files.vault().list(folder.name, from).await?;
            let old = app.clock.now() - YOUNG;
            let places: Vec<String> =
                files.into_iter().filter(|file| file.modified < old).map(|file| file.address).collect();
            deleted += delete(app, folder, &places).await?;
            match next {
                Some(_) => from = next,
                None => break,
            }
        }
    }
    Ok(deleted)
}

async fn delete(app: &App, folder: &Folder, places: &[String]) -> Result<u64> {
    if places.is_empty() {
        return Ok(0);
    }
    let unwanted: Vec<String> = app.db.read().await?.all(folder.unwanted, &[&places]).await?;
    for place in &unwanted {
        app.files.vault().delete(place).await?;
    }
    Ok(u64::try_from(unwanted.len())?)
}
