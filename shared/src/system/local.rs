//! What a system brings for the program that runs it on one machine: the first account, something to look at, and the
//! database it takes over.

use futures_util::future::BoxFuture;

use crate::{App, Result, config::Own, db::Change};

/// How the first administrator of an installation comes to be.
pub trait FirstAdmin: Sync {
    /// How many administrators there are.
    fn count<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<i64>>;

    /// Adds one, in a change whose audit rows name the command, and tells how they sign in. `invalid` and `conflict` say what
    /// is wrong with the wish.
    fn create<'a>(
        &'a self,
        app: &'a App,
        change: &'a mut Change,
        wish: &'a NewAdmin,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Access>>;
}

/// An administrator to be.
#[derive(Clone, Debug)]
pub struct NewAdmin {
    /// The address their mail goes to.
    pub email: String,
    /// The name they sign in with; the system has one of its own if none is given.
    pub username: Option<String>,
}

/// How a new administrator signs in. Told once, and stored nowhere.
#[derive(Clone, Debug)]
pub enum Access {
    /// With a password.
    Password {
        /// The name to type.
        username: String,
        /// The password.
        password: String,
    },
    /// By an address that works once.
    Link(String),
}

/// Draws passwords that people can read and type.
pub trait Passwords: Send + Sync {
    /// A new password, or the one that all demo accounts are to have.
    fn draw(&self) -> String;
}

/// What an empty installation on a laptop is filled with.
pub trait Demo: Sync {
    /// Whether nobody has entered anything yet.
    fn is_empty<'a>(&'a self, change: &'a mut Change) -> BoxFuture<'a, Result<bool>>;

    /// Enters everything in this one change, and tells the accounts to try.
    fn fill<'a>(
        &'a self,
        app: &'a App,
        change: &'a mut Change,
        passwords: &'a dyn Passwords,
    ) -> BoxFuture<'a, Result<Vec<DemoAccount>>>;
}

/// An account to try.
#[derive(Clone, Debug)]
pub struct DemoAccount {
    /// What it may do: `admin`.
    pub role: &'static str,
    /// The name to type.
    pub username: String,
    /// The password.
    pub password: String,
}

/// The tables of a legacy database, and what copying them has to know.
#[derive(Debug)]
pub struct LegacyTables {
    /// All of them, parents before children.
    pub tables: &'static [&'static str],
    /// Those whose key is not `id`, with the key.
    pub keys: &'static [(&'static str, &'static str)],
    /// Tables that only this system has: a database with all of them is its own even if nobody has said so.
    pub marks: &'static [&'static str],
    /// Tables with rows in them are not imported into.
    pub occupied: &'static [&'static str],
    /// Tables whose rows go with a missing parent even where the key could be emptied.
    pub strict: &'static [&'static str],
    /// By table, a statement that changes its rows while they wait in the temporary table `stage`.
    pub adjust: &'static [(&'static str, &'static str)],
    /// Columns that old editions of the legacy server had not.
    pub derived: &'static [DerivedColumn],
    /// Text columns whose empty text is no value here: addresses of files.
    pub blank_is_null: &'static [(&'static str, &'static str)],
    /// Columns that the legacy server never had, with an expression over the row in the temporary table `stage`.
    pub computed: &'static [DerivedColumn],
    /// What follows from all rows together.
    pub complete: Option<&'static Completion>,
}

/// A setting of a transaction: name and value.
pub type Parameter = (&'static str, String);

/// What is made of imported rows in the transaction that imports them.
#[derive(Debug)]
pub struct Completion {
    /// Settings of the transaction that the statements read, such as `muster.rate`, from those of the system.
    pub parameters: fn(&Own) -> Result<Vec<Parameter>>,
    /// The statements. Triggers of the imported tables do not run.
    pub statements: &'static str,
}

/// A column that is computed when the source has none.
#[derive(Debug)]
pub struct DerivedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The statement that fills it.
    pub fill: &'static str,
}

impl LegacyTables {
    /// The column that is the key of a table.
    pub fn key_of(&self, table: &str) -> &'static str {
        self.keys.iter().find(|(name, _)| *name == table).map_or("id", |(_, key)| *key)
    }
}
