//! Looking into the database of a test, and what tests most often look for.

use shared::sql;
use tokio_postgres::{Client, Row, types::FromSql};

use crate::{TestApp, cluster};

type Param<'a> = &'a (dyn tokio_postgres::types::ToSql + Sync);

impl TestApp {
    /// A connection beside those of the system.
    pub async fn database(&self) -> &Client {
        self.sql.get_or_init(|| cluster::connect(self.database_url())).await
    }

    /// The rows of a query.
    pub async fn query(&self, sql: &str, params: &[Param<'_>]) -> Vec<Row> {
        self.database().await.query(sql, params).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    /// The first column of the only row of a query.
    pub async fn value<T: for<'a> FromSql<'a>>(&self, sql: &str, params: &[Param<'_>]) -> T {
        let rows = self.query(sql, params).await;
        assert_eq!(rows.len(), 1, "rows of {sql}");
        rows[0].get(0)
    }

    /// Runs a statement and tells how many rows it touched.
    pub async fn execute(&self, sql: &str, params: &[Param<'_>]) -> u64 {
        self.database().await.execute(sql, params).await.unwrap_or_else(|error| panic!("{sql}: {error:?}"))
    }

    /// How often the system has run statements that contain this text, over its only connection, which remembers it.
    /// Empty for all, with this question itself and without `BEGIN` and `COMMIT`.
    pub async fn times_run(&self, text: &str) -> i64 {
        let count = sql!(
            "SELECT coalesce(sum(generic_plans + custom_plans), 0)::bigint FROM pg_prepared_statements
             WHERE strpos(statement, $1) > 0"
        );
        assert_eq!(self.app.config.database.pool_size, 1, "another connection has its own count");
        let mut read = self.app.db.read().await.expect("a connection");
        read.only(count, &[&text]).await.expect("statements are counted")
    }

    /// The audit log says that `operation` (`UPDATE`) happened to this row. Answers the payload of the newest such entry.
    #[track_caller]
    pub fn audited(
        &self,
        table: &str,
        operation: &str,
        id: i32,
    ) -> impl Future<Output = serde_json::Value> + use<'_> {
        let caller = std::panic::Location::caller();
        let (table, operation) = (table.to_owned(), operation.to_owned());
        async move {
            let entries = self
                .query(
                    "SELECT coalesce(payload, '{}'::jsonb) FROM audit_logs
                     WHERE table_name = $1 AND operation = $2 AND record_id = $3 ORDER BY id DESC",
                    &[&table, &operation, &id],
                )
                .await;
            match entries.first() {
                Some(entry) => entry.get(0),
                None => panic!("no audit row {operation} of {table} {id}, asked for at {caller}"),
            }
        }
    }

    /// A mail with this subject waits for (or went to) this address. Answers its text.
    #[track_caller]
    pub fn mailed(&self, address: &str, subject: &str) -> impl Future<Output = String> + use<'_> {
        let caller = std::panic::Location::caller();
        let (address, subject) = (address.to_owned(), subject.to_owned());
        async move {
            let mails = self
                .query(
                    "SELECT subject, text_body FROM muster.mails WHERE recipient = $1 ORDER BY id DESC",
                    &[&address],
                )
                .await;
            let subjects: Vec<String> = mails.iter().map(|mail| mail.get(0)).collect();
            match mails.iter().find(|mail| mail.get::<_, String>(0) == subject) {
                Some(mail) => mail.get(1),
                None => {
                    panic!("no mail {subject:?} to {address}, only {subjects:?}, asked for at {caller}")
                }
            }
        }
    }
}
