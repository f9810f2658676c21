//! Workers that are killed in the middle of a job: each kind of job is done once all the same.
//!
//! A trigger of the test's own database holds the job at a place the test names. The program is killed there (SIGKILL),
//! and a second one takes over. A new kind of job gets a test
//! in `kinds.rs` or `files.rs`.

mod files;
mod kinds;

use std::{process::Stdio, time::Duration};

use tests::TestApp;
use tokio::process::{Child, Command};

/// Where a job is held.
#[derive(Clone, Copy, Debug)]
pub enum At {
    /// When it does this (`DELETE`) to this table.
    Writing(&'static str, &'static str),
    /// When it has done everything and is about to say so.
    TheEnd,
}

/// A job whose worker was killed.
pub struct Killed<'a> {
    app: &'a TestApp,
    kind: &'static str,
    variables: Vec<(&'static str, String)>,
}

/// The lock that holds it; its digits mean nothing.
const LOCK: i64 = 604_217;

impl<'a> Killed<'a> {
    /// Lets a worker come to this place in a job of this kind, and kills it there. The job waits in the database, or starts
    /// by itself.
    pub async fn in_the_middle(
        app: &'a TestApp,
        kind: &'static str,
        at: At,
        more: Vec<(&'static str, String)>,
    ) -> Self {
        let killed = Self { app, kind, variables: [app.variables(), more].concat() };
        killed.hold(at).await;
        let mut worker = killed.worker().await;
        killed.until("the job is held", HELD).await;
        worker.kill().await.expect("the worker is killed");
        app.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await;
        killed.until("its connections are gone", GONE).await;
        app.database().await.batch_execute("DROP FUNCTION public.hold() CASCADE").await.expect("no more");
        killed
    }

    /// Lets the dead worker's time be over and a second worker finish.
    pub async fn again(&self) {
        let over = "UPDATE muster.jobs SET lease_until = now() - interval '1 second' WHERE status = 'running' AND kind = $1";
        assert_eq!(self.app.execute(over, &[&self.kind]).await, 1, "the job was left in the middle");
        let mut worker = self.worker().await;
        self.until("the job is done", DONE).await;
        let id = worker.id().expect("the worker lives").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
        assert!(told.success());
        assert!(worker.wait().await.expect("the worker ends").success(), "it ends well when it is asked to");
        let tries = "SELECT string_agg(status || ' ' || tries, ', ') FROM muster.jobs WHERE kind = $1";
        assert_eq!(self.app.value::<String>(tries, &[&self.kind]).await, "done 2");
    }

    async fn hold(&self, at: At) {
        let on = match at {
            At::Writing(what, table) => format!("{what} ON {table} FOR EACH ROW"),
            At::TheEnd => format!(
                "UPDATE ON muster.jobs FOR EACH ROW WHEN (NEW.kind = '{}' AND NEW.status = 'done')",
                self.kind
            ),
        };
        let sql = format!(
            "CREATE FUNCTION public.hold() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN PERFORM pg_advisory_xact_lock_shared({LOCK}); RETURN coalesce(NEW, OLD); END $$;
             CREATE TRIGGER hold BEFORE {on} EXECUTE FUNCTION public.hold();
             SELECT pg_advisory_lock({LOCK})"
        );
        self.app.database().await.batch_execute(&sql).await.expect("a trigger");
    }

    /// `muster work`, as it is installed.
    async fn worker(&self) -> Child {
        let program = tests::programs::path("muster").await;
        Command::new(program)
            .arg("work")
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (*name, value)))
            .env("MUSTER_DATA", std::env::temp_dir().join("muster-test-no-data"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the worker starts")
    }

    /// Asks the database until it says so.
    async fn until(&self, what: &str, sql: &str) {
        let asking = async {
            while !self.app.value::<bool>(sql, &[&self.kind]).await {
                tokio::task::yield_now().await;
            }
        };
        let asked = tokio::time::timeout(LONGEST, asking).await;
        assert!(asked.is_ok(), "{}: still not so: {what}", self.kind);
    }
}

/// A message that a dead worker has taken comes again after a minute.
const LONGEST: Duration = Duration::from_mins(3);

const HELD: &str = "
    SELECT EXISTS (SELECT FROM muster.jobs WHERE kind = $1 AND status = 'running')
       AND EXISTS (SELECT FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory')";

/// Whatever the dead worker's connections were doing.
const GONE: &str = "
    SELECT $1 <> '' AND NOT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()
                         AND backend_type = 'client backend' AND state <> 'idle')";
const DONE: &str = "
    SELECT EXISTS (SELECT FROM muster.jobs WHERE kind = $1 AND status = 'done')
       AND NOT EXISTS (SELECT FROM muster.jobs WHERE kind = $1 AND status IN ('queued', 'running'))";

async fn count(app: &TestApp, rows: &str) -> i64 {
    app.value(&format!("SELECT count(*) FROM {rows}"), &[]).await
}

#[test]
fn every_kind_of_job_is_killed_by_a_test() {
    let tests = [include_str!("kinds.rs"), include_str!("files.rs")].concat();
    let kinds = rotc::SYSTEM.jobs.kinds.iter().map(|kind| kind.name);
    let missing: Vec<_> = kinds.filter(|kind| !tests.contains(&format!("\"{kind}\""))).collect();
    assert!(missing.is_empty(), "write a test in tests/lambda/killed: {missing:?}");
}
