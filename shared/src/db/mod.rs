//! PostgreSQL: [`Db::read`] only queries, [`Db::change`] is one transaction made for somebody.
//!
//! SQL stands beside the handler that needs it, as `sql!("literal")`; a test prepares every literal on
//! the migrated schema. There is no repository layer.

mod change;
mod connect_error;
mod held;
mod key;
mod listen;
pub mod migrate;
mod pool;
mod problem;
mod read;
mod record;
mod row;
mod schema;
mod scope;
mod secret;
mod snapshot;
mod sql;
mod statement;
mod tls;
mod unit;

pub use change::{Actor, Change};
pub use connect_error::ConnectError;
pub use key::{TenantKey, UserKey};
pub use listen::{Notices, listen};
pub use pool::{Connections, Db, connect};
pub use problem::problem;
pub use read::Read;
pub use record::Record;
pub use row::Row;
pub use schema::{Difference, SchemaState, schema_state};
pub use scope::Scope;
pub use snapshot::{Rows, Snapshot};
pub use sql::Sql;
pub(crate) use unit::must_hold_none;
pub use unit::unit_of_work;

/// A parameter of a statement.
pub type Param<'a> = &'a (dyn tokio_postgres::types::ToSql + Sync);
