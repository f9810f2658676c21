//! Printing the profiles of many cadets.

use std::time::Duration;

use chrono::{DateTime, Utc};
use documents::{Archive, ZIP, pdf::Letterhead};
use futures_util::future::try_join_all;
use serde::{Deserialize, Serialize};
use shared::{
    App, Result,
    http::{Pieces, download::plain_name, written},
    jobs::{Job, Task},
    queue::Queue,
};

use crate::reports::{
    batch::BatchOfCadets,
    files::{Printed, store},
    letterhead::letterhead,
    profile::{Profile, file_name, profiles},
};

/// Cadets that are read and printed together.
const TOGETHER: usize = 100;

/// Writes a ZIP with the profile of each cadet.
///
/// Safe to run twice: the file has the name of the job, and the job ends together with what it notes.
#[derive(Debug, Serialize, Deserialize)]
pub struct BatchProfiles {
    /// Whose.
    pub cadets: BatchOfCadets,
    /// The user who asked for them.
    pub started_by: i32,
}

impl Job for BatchProfiles {
    const KIND: &'static str = "batch_profiles";

    const QUEUE: Queue = Queue::Pdf;

    const LEASE: Duration = Duration::from_mins(15);

    async fn run(self, task: &Task) -> Result<()> {
        let app = task.app.clone();
        let (ids, head) = (self.cadets.ids(&app).await?, letterhead(&app).await?);
        let printed = Printed {
            kind: Self::KIND,
            started_by: self.started_by,
            file_name: "cadet_profiles.zip",
            content_type: ZIP,
            about: ids.iter().copied().map(Some).collect(),
            count: ids.len(),
        };
        let task_in_hand = task.clone();
        let told = move |done: u64, of: u64| task_in_hand.progress(done, of);
        let file = written(move |pieces| async move { write(&app, &ids, &head, &pieces, told).await });
        store(task, printed, file).await
    }
}

/// Writes the archive piece by piece, and tells how many cadets of all are in it.
pub async fn write(
    app: &App,
    ids: &[i32],
    head: &Letterhead,
    pieces: &Pieces,
    told: impl Fn(u64, u64),
) -> Result<()> {
    let now = app.clock.now();
    let mut archive = Archive::new(now);
    let (mut done, of) = (0, u64::try_from(ids.len())?);
    for some in ids.chunks(TOGETHER) {
        for (name, file) in print(profiles(app, some).await?, head, now).await? {
            archive.add(&name, &file)?;
        }
        pieces.send(archive.take()).await?;
        done += u64::try_from(some.len())?;
        told(done, of);
    }
    pieces.send(archive.finish()?).await
}

/// The files of these cadets, on every core.
async fn print(
    profiles: Vec<Profile>,
    head: &Letterhead,
    now: DateTime<Utc>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = profiles.len().div_ceil(cores).max(1);
    let mut rest = profiles;
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let later = rest.split_off(share.min(rest.len()));
        let (some, head) = (std::mem::replace(&mut rest, later), head.clone());
        parts.push(tokio::task::spawn_blocking(move || {
            let print = |profile: &Profile| {
                Ok((plain_name(&file_name(&profile.person.student_id)), profile.print(head.clone(), now)?))
            };
            some.iter().map(print).collect::<Result<Vec<_>>>()
        }));
    }
    let parts = try_join_all(parts).await?;
    let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(parts.into_iter().flatten().collect())
}
