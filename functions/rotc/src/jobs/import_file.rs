//! Importing a large file in the background.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    App, Error, Result,
    db::{Actor, Change},
    error::{Kind, not_found},
    http::UploadedFile,
    jobs::{Job, Task, is_lost},
    queue::Queue,
    sql,
};
use uuid::Uuid;

use crate::{
    access::{Role, User},
    imports::{
        report::Report,
        run::{self, Input, Plan},
    },
    notifications::notify,
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
        let actor = Actor::user(self.user_id);
        match self.import(task, &actor).await {
            Ok(()) => {}
            Err(cause) if is_final(&cause) => self.refuse(task, &actor, &cause).await?,
            Err(cause) => {
                if is_last_try(task, &cause).await? {
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
            let file =
                file.ok_or_else(|| not_found("The file is no longer there, please upload it again"))?;
            files.push(UploadedFile { name: name.clone(), body: file.body });
        }
        let input = Input::read(app, self.plan, &files).await?;
        let mut change = app.db.change(actor).await?;
        let user = person(&mut change, self.user_id).await?;
        let report = input.apply(&mut change, app, &user).await?;
        run::note(&mut change, &user, self.plan.kind, &report).await?;
        let Report { created, updated, unchanged, skipped, failed, .. } = &report;
        let text = format!(
            "Your import is complete: {created} created, {updated} updated, {unchanged} unchanged, {skipped} \
             skipped, {failed} failed.{}",
            if report.has_remarks() { report_at(task.id) } else { String::new() }
        );
        notify::user(&mut change, self.user_id, "import_completed", &text).await?;
        change.finish(task, &report).await?;
        change.commit().await
    }

    /// Ends an import whose files would be refused every time. That is no failure of ours: no administrator is alarmed.
    async fn refuse(&self, task: &Task, actor: &Actor, cause: &Error) -> Result<()> {
        let why = cause.message();
        let report = Report { refused: Some(why.to_owned()), ..Report::default() };
        let mut change = task.app.db.change(actor).await?;
        tell_failed(&mut change, self.user_id, task.id, why).await?;
        change.refuse(task, why, &report).await?;
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

/// Tells whoever has started an import that it was given up after all its tries.
pub async fn given_up(change: &mut Change, id: Uuid) -> Result<()> {
    let find =
        sql!("SELECT (payload ->> 'user_id')::int, coalesce(problem, '') FROM muster.jobs WHERE id = $1");
    match change.one::<(i32, String)>(find, &[&id]).await? {
        Some((user_id, why)) => tell_failed(change, user_id, id, &why).await,
        None => Ok(()),
    }
}

async fn tell_failed(change: &mut Change, user_id: i32, id: Uuid, why: &str) -> Result<()> {
    let text = format!("Your import has failed, nothing was written: {why}{}", report_at(id));
    notify::user(change, user_id, "import_failed", &text).await.map(drop)
}

fn report_at(id: Uuid) -> String {
    format!(" Report: /api/import/{id}/errors")
}

/// Whether the job is not tried again: nobody needs the files then. While another worker has it, they are that worker's.
async fn is_last_try(task: &Task, cause: &Error) -> Result<bool> {
    let find = sql!("SELECT status, tries FROM muster.jobs WHERE id = $1");
    let found: Option<(String, i32)> = task.app.db.read().await?.one(find, &[&task.id]).await?;
    let is_open = |status: &str| matches!(status, "queued" | "running");
    Ok(found
        .is_none_or(|(status, tries)| !is_open(&status) || (!is_lost(cause) && tries >= ImportFile::TRIES)))
}

/// Whether an import fails the same way every time. A conflict is with what others write at the same moment.
fn is_final(cause: &Error) -> bool {
    !matches!(cause.kind(), Kind::Internal | Kind::Unavailable | Kind::Conflict)
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
    let gone = || shared::error::forbidden("The account that uploaded this file no longer exists.");
    let Person { username, role, cadet_id, staff_id } = found.ok_or_else(gone)?;
    let role = Role::parse(&role).ok_or_else(gone)?;
    let session = Uuid::nil();
    Ok(User { id: user_id, username, role, cadet_id, staff_id, session, request_id: None })
}
