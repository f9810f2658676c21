//! Importing a large file in the background.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    App, Error, Result,
    db::{Actor, Change},
    error::{Kind, not_found},
    http::UploadedFile,
    jobs::{Job, Task},
    queue::Queue,
    sql,
};

use crate::{
    access::{Role, User},
    imports::{
        report::Report,
        run::{self, Input, Plan},
    },
};

/// Imports the files that somebody has sent, in one transaction with the end of the job.
///
/// Safe to run twice: whoever was given up finds the job ended and keeps nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportFile {
    /// How.
    pub plan: Plan,
    /// Who has sent them.
    pub user_id: i32,
    /// The contents, in short: so the same files are known again.
    pub digest: String,
    /// Where they are kept until then.
    pub files: Vec<KeptFile>,
    /// Their rows.
    pub total: usize,
}

/// A file that waits.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct KeptFile {
    /// What the sender calls it.
    pub name: String,
    /// Its name in the vault.
    pub place: String,
}

impl Job for ImportFile {
    const KIND: &'static str = "import_file";

    const QUEUE: Queue = Queue::Import;

    const TRIES: i32 = 3;

    const LEASE: Duration = Duration::from_mins(5);

    async fn run(self, task: &Task) -> Result<()> {
        let actor = Actor { user_id: Some(self.user_id), request_id: None };
        let outcome = self.import(task, &actor).await;
        match outcome {
            Ok(()) => {}
            // It would be refused every time.
            Err(cause) if is_final(&cause) => {
                let report = Report { refused: Some(cause.to_string()), ..Report::default() };
                let mut change = task.app.db.change(&actor).await?;
                change.finish(task, &report).await?;
                change.commit().await?;
            }
            Err(cause) => {
                if is_last_try(task).await? {
                    self.discard(&task.app).await;
                }
                return Err(cause);
            }
        }
        self.discard(&task.app).await;
        Ok(())
    }
}

impl ImportFile {
    async fn import(&self, task: &Task, actor: &Actor) -> Result<()> {
        let app = &task.app;
        let mut files = Vec::with_capacity(self.files.len());
        for KeptFile { name, place } in &self.files {
            let file = app.files.vault().get(place).await?;
            let file = file.ok_or_else(|| not_found("The file is no longer there"))?;
            files.push(UploadedFile { name: name.clone(), body: file.body });
        }
        let input = Input::read(app, self.plan, &files).await?;
        let mut change = app.db.change(actor).await?;
        let user = person(&mut change, self.user_id).await?;
        let report = input.apply(&mut change, app, &user).await?;
        run::note(&mut change, &user, self.plan.kind, &report).await?;
        change.finish(task, &report).await?;
        change.commit().await
    }

    /// Removes the files. What stays when the store is down holds no more than the import did, and nobody can fetch it.
    pub async fn discard(&self, app: &App) {
        for KeptFile { place, .. } in &self.files {
            if let Err(cause) = app.files.vault().delete(place).await {
                tracing::warn!(place, %cause, "an imported file could not be removed");
            }
        }
    }
}

/// Whether the job is not tried again: nobody needs the files then.
async fn is_last_try(task: &Task) -> Result<bool> {
    let tries = sql!("SELECT tries FROM muster.jobs WHERE id = $1");
    let found: Option<(i32,)> = task.app.db.read().await?.one(tries, &[&task.id]).await?;
    Ok(found.is_none_or(|(tries,)| tries >= ImportFile::TRIES))
}

/// Whether an import fails the same way every time.
fn is_final(cause: &Error) -> bool {
    // A job that another worker has taken over is that worker's.
    cause.code() != "job_taken" && !matches!(cause.kind(), Kind::Internal | Kind::Unavailable)
}

/// Who has started the import, as they are now: somebody who has been archived since imports nothing.
async fn person(change: &mut Change, user_id: i32) -> Result<User> {
    shared::row! {
        struct Person {
            username: String,
            role: String,
            cadet_id: Option<i32>,
            staff_id: Option<i32>,
        }
    }
    let find = sql!(
        "SELECT username, role, cadet_id, staff_id FROM users
         WHERE id = $1 AND is_approved = 1 AND is_archived IS NOT TRUE"
    );
    let found: Option<Person> = change.one(find, &[&user_id]).await?;
    let gone = || shared::error::forbidden("Whoever has sent the file has no account any more");
    let Person { username, role, cadet_id, staff_id } = found.ok_or_else(gone)?;
    let role = Role::parse(&role).ok_or_else(gone)?;
    let session = uuid::Uuid::nil();
    Ok(User { id: user_id, username, role, cadet_id, staff_id, session, request_id: None })
}
