//! The heartbeat of a job beside a job that holds the only connection of its process.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::{
    Result,
    jobs::{self, Job, JobKind, Jobs, Outcome, Task},
    sql,
};
use tests::TestApp;
use tokio::{sync::Semaphore, time::timeout};

/// Steps of the job, which the test waits for and allows.
static REACHED: Semaphore = Semaphore::const_new(0);
static ALLOWED: Semaphore = Semaphore::const_new(0);

static JOBS: Jobs = Jobs {
    kinds: &[JobKind::of::<Transaction>()],
    failed: |app, change, kind, id| (Jobs::NONE.failed)(app, change, kind, id),
};

/// Reports progress while its transaction is open, and then goes on without a connection.
#[derive(Serialize, Deserialize)]
struct Transaction {}

async fn step() {
    REACHED.add_permits(1);
    ALLOWED.acquire().await.expect("it succeeds").forget();
}

impl Job for Transaction {
    const KIND: &'static str = "platform_transaction";

    async fn run(self, task: &Task) -> Result<()> {
        let mut change = task.app.db.change_for_system("a test").await?;
        change.execute(sql!("SELECT 1"), &[]).await?;
        task.progress(1, 2);
        step().await;
        change.commit().await?;
        step().await;
        Ok(())
    }
}

#[tokio::test]
async fn heartbeat_does_not_wait_for_the_only_connection_and_notes_progress_later() {
    let app = TestApp::rotc().await;
    let mut change = app.app.db.change_for_system("a test").await.unwrap();
    let id = change.start(&Transaction {}).await.unwrap();
    change.commit().await.unwrap();
    let worker = app.app.clone();
    let worker = tokio::spawn(async move { jobs::handle(&worker, &JOBS, id, Duration::from_mins(1)).await });
    REACHED.acquire().await.unwrap().forget();

    for _ in 0..100 {
        tokio::task::yield_now().await;
        assert_eq!(app.app.db.connections().waiting, 0, "the heartbeat waits for the job's own connection");
    }

    ALLOWED.add_permits(1);
    REACHED.acquire().await.unwrap().forget();
    let progress = "SELECT coalesce(progress_done, 0) FROM muster.jobs WHERE id = $1";
    let noted = async { while app.value::<i64>(progress, &[&id]).await == 0 {} };
    timeout(Duration::from_secs(20), noted).await.expect("the progress is noted when the connection is free");
    ALLOWED.add_permits(1);
    assert_eq!(worker.await.unwrap().unwrap(), Outcome::Done);
}
