//! How a system describes itself: its route groups, migrations and error envelope.

use futures_util::future::BoxFuture;
use utoipa_axum::router::OpenApiRouter;

mod local;
#[cfg(test)]
pub(crate) mod sample;
mod workers;

pub use local::{
    Access, Completion, Demo, DemoAccount, DerivedColumn, FirstAdmin, LegacyTables, NewAdmin, Passwords,
};

use crate::{
    App, Result,
    config::OwnSettings,
    db::{Change, Scope, migrate::MigrationSet},
    files::Intake,
    http::{HttpPolicy, envelope::Envelope},
    jobs::{CleanUpRule, Jobs},
    queue::Queue,
    realtime::Source,
};

/// One school system.
pub struct System {
    /// Short name: crate, log prefix, `--system`.
    pub name: &'static str,
    /// Title of its API documentation.
    pub title: &'static str,
    /// What it is for, without a full stop: "Books and loans of a library".
    pub about: &'static str,
    /// How its errors look.
    pub envelope: &'static dyn Envelope,
    /// How its paths are spelled, and what every response says.
    pub http: &'static HttpPolicy,
    /// Every route group: the one table that local-dev, the tests, the templates and the documentation read.
    pub groups: &'static [&'static Group],
    /// Its functions that no HTTP request starts.
    pub workers: &'static [&'static Worker],
    /// Its WebSockets behind the gateway.
    pub sockets: Option<&'static Sockets>,
    /// What can follow a change.
    pub jobs: &'static Jobs,
    /// Tells the administrators of a failure of ours, which a sentence names; none where nobody is told.
    pub alarm: Option<Alarm>,
    /// What goes every night, beside what goes in every system.
    pub clean_up: &'static [CleanUpRule],
    /// Its live events.
    pub events: Option<&'static dyn Source>,
    /// Its tables, after Muster's own.
    pub migrations: &'static MigrationSet,
    /// How somebody gets a token; none where nobody signs in.
    pub sign_in: Option<&'static SignIn>,
    /// An example of a request for each operation that takes a body, as JSON: `examples.json` of its folder, by the ids of
    /// the operations ([`Example`](crate::http::openapi::Example)).
    pub examples: &'static str,
    /// Where its files lie.
    pub storage: &'static Storage,
    /// Variables that only it reads.
    pub settings: Option<&'static OwnSettings>,
    /// How the first administrator of an installation comes to be; none where nobody administers the system.
    pub admin: Option<&'static dyn FirstAdmin>,
    /// What an empty installation on a laptop is filled with.
    pub demo: Option<&'static dyn Demo>,
    /// The database of the legacy server that it replaces.
    pub legacy: Option<&'static LegacyTables>,
    /// The outside services that it uses and that `muster serve` imitates in development, by name: below `/_dev/<name>`.
    pub imitations: &'static [&'static str],
}

impl System {
    /// The scope of work on the rows of all tenants, for this reason.
    pub(crate) fn across_tenants(&self, reason: &str) -> Scope {
        match self.migrations.role {
            Some(_) => Scope::Platform(reason.to_owned()),
            None => Scope::None,
        }
    }

    /// The name of a variable for this system only: `SCHOOL_PORT`.
    pub fn variable(&self, name: &str) -> String {
        format!("{}_{name}", self.name.to_uppercase().replace('-', "_"))
    }
}

/// Writes a notice with this text for the administrators, in this change.
pub type Alarm = for<'a> fn(&'a mut Change, &'a str) -> BoxFuture<'a, Result<()>>;

/// How somebody gets a token, for the introduction of the API's description.
#[derive(Debug)]
pub struct SignIn {
    /// The id of the operation: `login`.
    pub operation: &'static str,
    /// The member of its body with the name of the account.
    pub name: &'static str,
    /// The member of its body with the password.
    pub password: &'static str,
    /// The member of its response that is the token.
    pub token: &'static str,
    /// The name of a demo account.
    pub demo: Option<&'static str>,
}

/// Where the files of a system lie in stores that other systems use too.
#[derive(Debug)]
pub struct Storage {
    /// How the keys of its objects begin: `<system>/`. Empty for a system whose files were there before there were others.
    pub prefix: &'static str,
    /// Its folder at Cloudinary, unless `CLOUDINARY_FOLDER` says another.
    pub cloudinary_folder: &'static str,
    /// What people send.
    pub intakes: &'static [&'static Intake],
}

impl Storage {
    /// For what belongs to no system.
    pub const DEFAULT: Self = Self { prefix: "", cloudinary_folder: "muster", intakes: &[] };
}

/// A route group: one Lambda function, one folder of handlers.
pub struct Group {
    /// Plural noun; the function is `<system>-<name>`.
    pub name: &'static str,
    /// What its operations are about, in a sentence: the description of its tag and of its function.
    pub about: &'static str,
    /// Path prefixes the gateway sends here.
    pub prefixes: &'static [&'static str],
    /// What the function must be allowed to use.
    pub needs: &'static [Need],
    /// Memory of the function, in MB.
    pub memory_mb: u32,
    /// The handlers.
    pub routes: fn() -> OpenApiRouter<App>,
}

/// A function that no request starts.
pub struct Worker {
    /// The function is `<system>-worker-<name>`, or `<system>-<name>` if it is started by hand.
    pub name: &'static str,
    /// What it is for, in the template.
    pub description: &'static str,
    /// What starts it.
    pub starts: Starts,
    /// What the function must be allowed to use.
    pub needs: &'static [Need],
    /// Memory of the function, in MB.
    pub memory_mb: u32,
    /// Longest run, in seconds.
    pub timeout_seconds: u32,
}

/// What starts a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Starts {
    /// Somebody, by hand.
    ByHand,
    /// The clock: `rate(1 minute)`.
    At(&'static str),
    /// The clock, every minute and at the times of the jobs that start by themselves.
    WithJobs,
    /// Messages of a queue.
    From(Queue),
}

/// The function that the gateway calls when a WebSocket is opened, closed or says something.
pub struct Sockets {
    /// The function is `<system>-<name>`.
    pub name: &'static str,
    /// What it is for, in the template.
    pub description: &'static str,
    /// What the function must be allowed to use.
    pub needs: &'static [Need],
    /// Memory of the function, in MB.
    pub memory_mb: u32,
}

/// Something outside the function that it uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// PostgreSQL: `DATABASE_URL` and a place in the network.
    Database,
    /// The bucket: `FILES_BUCKET` and its policy.
    Files,
    /// The programs that read text: a layer with tesseract and pdftoppm.
    Ocr,
    /// To send mails, beyond storing them: SMTP (`SMTP_URL`) or SES.
    Mail,
    /// WebSockets of the gateway: `SOCKETS_ENDPOINT` and the right to send to them.
    Sockets,
}
