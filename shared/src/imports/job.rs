//! Importing a large file in the background.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::IntoDeserializer};
use uuid::Uuid;

use super::{
    Import, Report,
    run::{self, Input},
};
use crate::{
    App, Error, Result,
    db::{Actor, Change, UserKey},
    error::{Kind, invalid, not_found},
    http::{UploadedFile, lenient},
    jobs::{Job, Queue, Task, is_lost},
    sql,
};

/// Imports the files that somebody has sent, in one transaction with the end of the job.
///
/// Safe to run twice: whoever was given up finds the job ended and keeps nothing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(serialize = "I: Import", deserialize = "I: Import"))]
pub struct ImportFile<I> {
    /// How they are imported.
    pub(super) plan: I,
    /// Who has sent them; a number where users are numbered.
    #[serde(serialize_with = "plain_key", deserialize_with = "key")]
    pub(super) user_id: UserKey,
    /// SHA-256 of the files, by which the same ones are known again.
    pub(super) digest: String,
    /// Empty of an import that ran at once.
    pub(super) files: Vec<StoredUpload>,
    /// Rows and lines of the files.
    pub(super) total: usize,
}

/// A file in private storage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct StoredUpload {
    /// What the sender calls it: its ending tells kinds of text apart.
    pub name: String,
    /// Its object key.
    #[serde(rename = "place")]
    pub object_key: String,
}

fn plain_key<S: Serializer>(key: &UserKey, serializer: S) -> Result<S::Ok, S::Error> {
    match key.parse::<i64>() {
        Some(number) => serializer.serialize_i64(number),
        None => serializer.serialize_str(key.as_str()),
    }
}

fn key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UserKey, D::Error> {
    UserKey::deserialize(lenient::text(deserializer)?.unwrap_or_default().into_deserializer())
}

impl<I: Import> Job for ImportFile<I> {
    const KIND: &'static str = I::KIND;

    const QUEUE: Queue = Queue::Import;

    const TRIES: i32 = 3;

    const LEASE: Duration = Duration::from_mins(5);

    async fn run(self, task: &Task) -> Result<()> {
        match self.import(task).await {
            Ok(()) => {}
            Err(Stopped { cause, report }) if is_final(&cause) => self.refuse(task, &cause, report).await?,
            Err(Stopped { cause, .. }) => {
                if is_last_try::<I>(task, &cause).await? {
                    self.discard(&task.app).await;
                }
                return Err(cause);
            }
        }
        self.discard(&task.app).await;
        Ok(())
    }
}

/// Why nothing was imported, and the report of a file whose wrong rows were the reason.
struct Stopped<K> {
    cause: Error,
    report: Option<Report<K>>,
}

impl<K> From<Error> for Stopped<K> {
    fn from(cause: Error) -> Self {
        Self { cause, report: None }
    }
}

impl<I: Import> ImportFile<I> {
    fn actor(&self, task: &Task) -> Actor {
        Actor { user: Some(self.user_id.clone()), scope: task.scope.clone(), ..Actor::default() }
    }

    async fn import(&self, task: &Task) -> Result<(), Stopped<I::Id>> {
        let app = &task.app;
        let input = Input::read(app, &self.plan, &self.fetch(app).await?).await?;
        let mut change = app.db.change(&self.actor(task)).await?;
        let person = I::person(&mut change, &self.user_id).await?;
        let report = input.apply(&mut change, app, &person).await?;
        if let Some(why) = run::refusal(&self.plan, &report) {
            return Err(Stopped { cause: invalid("bad_rows", why), report: Some(report) });
        }
        self.plan.done(&mut change, &person, &report, Some(task.id)).await?;
        change.finish(task, &report).await?;
        Ok(change.commit().await?)
    }

    async fn fetch(&self, app: &App) -> Result<Vec<UploadedFile>> {
        let mut files = Vec::with_capacity(self.files.len());
        for StoredUpload { name, object_key } in &self.files {
            let file = app.files.vault().get(object_key).await?;
            let file =
                file.ok_or_else(|| not_found("The file is no longer there, please upload it again"))?;
            files.push(UploadedFile { name: name.clone(), body: file.body });
        }
        Ok(files)
    }

    /// Ends an import whose files would be refused every time. That is no failure of ours: no administrator is alarmed.
    async fn refuse(&self, task: &Task, cause: &Error, report: Option<Report<I::Id>>) -> Result<()> {
        let why = cause.message();
        let report = Report { refused: Some(why.to_owned()), ..report.unwrap_or_default() };
        let mut change = task.app.db.change(&self.actor(task)).await?;
        I::failed(&mut change, &self.user_id, task.id, why).await?;
        change.refuse(task, why, &report).await?;
        change.commit().await
    }

    /// Removes the files. What stays when the store is down holds no more than the import did, and nobody can fetch it.
    pub(super) async fn discard(&self, app: &App) {
        for StoredUpload { object_key, .. } in &self.files {
            if let Err(cause) = app.files.vault().delete(object_key).await {
                tracing::warn!(object_key, %cause, "an imported file could not be removed");
            }
        }
    }
}

/// Tells whoever has started an import that it was given up after all its tries: for `Jobs::failed`.
pub async fn given_up<I: Import>(change: &mut Change, id: Uuid) -> Result<()> {
    let find = sql!(
        "SELECT payload ->> 'user_id', coalesce(problem, '') FROM muster.jobs WHERE id = $1 AND payload ? 'user_id'"
    );
    match change.one::<(UserKey, String)>(find, &[&id]).await? {
        Some((user, why)) => I::failed(change, &user, id, &why).await,
        None => Ok(()),
    }
}

/// Whether the job is not tried again: nobody needs the files then. While another worker has it, they are that worker's.
async fn is_last_try<I: Import>(task: &Task, cause: &Error) -> Result<bool> {
    let find = sql!("SELECT status, tries FROM muster.jobs WHERE id = $1");
    let found: Option<(String, i32)> = task.read().await?.one(find, &[&task.id]).await?;
    let is_open = |status: &str| matches!(status, "queued" | "running");
    Ok(found.is_none_or(|(status, tries)| {
        !is_open(&status) || (!is_lost(cause) && tries >= ImportFile::<I>::TRIES)
    }))
}

/// Whether an import fails the same way every time. A conflict is with what others write at the same moment.
fn is_final(cause: &Error) -> bool {
    !matches!(cause.kind(), Kind::Internal | Kind::Unavailable | Kind::Conflict)
}
