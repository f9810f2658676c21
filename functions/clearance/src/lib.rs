//! The graduation clearance system: students ask every office of the university to be cleared, pay the graduation fee, borrow a
//! gown, and get a certificate.

use futures_util::{FutureExt, future::BoxFuture};
use http::StatusCode;
use shared::{
    App, Result,
    db::Change,
    drf::DrfEnvelope,
    error::Kind,
    files::{DeleteFile, ShrinkPicture, SweepFiles},
    http::{Cors, HttpPolicy, Slash, Surface},
    imports::{Import, ImportFile, given_up},
    jobs::{CleanUp, Job, JobKind, Jobs},
    mail::{SendMails, SendManyMails},
    realtime::SweepEvents,
    sql,
    system::{Group, Storage, System},
};
use uuid::Uuid;

pub mod academics;
pub mod access;
pub mod accounts;
pub mod analytics;
pub mod approvals;
pub mod audit;
pub mod audit_logs;
pub mod certificates;
pub mod clean_up;
pub mod clearances;
pub mod demo;
pub mod departments;
pub mod enrollment;
pub mod events;
pub mod finance;
pub mod first_admin;
pub mod gate;
pub mod gowns;
pub mod imports;
pub mod kes;
pub mod legacy_tables;
pub mod mails;
pub mod media;
pub mod migrations;
pub mod mpesa;
pub mod notices;
pub mod notifications;
pub mod offices;
pub mod ops;
pub mod refusals;
pub mod reminders;
pub mod reports;
pub mod revalidated;
pub mod settings;
pub mod students;
pub mod times;
pub mod workers;
pub mod workflow;

/// The system as local-dev, the functions, the tests and the templates see it.
pub static SYSTEM: System = System {
    name: "clearance",
    title: "Graduation clearance",
    about: "Graduation clearance of a university: offices, fee, gowns and certificates",
    envelope: &DrfEnvelope { code: true, message: false, request_id: false },
    http: &HTTP,
    groups: GROUPS,
    workers: workers::WORKERS,
    sockets: None,
    jobs: &JOBS,
    alarm: Some(|change, text| alarm(change, "Server Error", text).boxed()),
    clean_up: &[clean_up::READ_NOTICES, mpesa::OLD_MESSAGES],
    events: Some(&events::Events),
    migrations: &migrations::CLEARANCE,
    sign_in: Some(&accounts::TOKENS),
    examples: include_str!("../examples.json"),
    storage: &Storage { prefix: "clearance/", cloudinary_folder: "clearance", intakes: media::INTAKES },
    settings: Some(&settings::SETTINGS),
    admin: Some(&first_admin::Administrator),
    demo: Some(&demo::University),
    legacy: Some(&legacy_tables::LEGACY),
    imitations: &["daraja"],
};

/// Every route group.
pub static GROUPS: &[&Group] = &[
    &academics::GROUP,
    &accounts::GROUP,
    &analytics::GROUP,
    &approvals::GROUP,
    &audit_logs::GROUP,
    &certificates::GROUP,
    &clearances::GROUP,
    &departments::GROUP,
    &finance::GROUP,
    &gowns::GROUP,
    &ops::GROUP,
    &imports::GROUP,
    &media::GROUP,
    &mpesa::GROUP,
    &notifications::GROUP,
    &reports::GROUP,
    &students::GROUP,
];

static JOBS: Jobs = Jobs {
    kinds: &[
        JobKind::of::<certificates::IssueCertificates>(),
        JobKind::of::<CleanUp>(),
        JobKind::of::<SendMails>(),
        JobKind::of::<SendManyMails>(),
        JobKind::of::<SweepEvents>(),
        JobKind::of::<accounts::SendReset>(),
        JobKind::of::<mpesa::BookMpesa>(),
        JobKind::of::<mpesa::AskMpesa>(),
        JobKind::of::<mpesa::QueryAttempts>(),
        JobKind::of::<mpesa::ReconcileMpesa>(),
        JobKind::of::<mpesa::RunReconciliation>(),
        JobKind::of::<DeleteFile>(),
        JobKind::of::<ShrinkPicture>(),
        JobKind::of::<SweepFiles>(),
        JobKind::of::<audit_logs::CleanAudit>(),
        JobKind::of::<gowns::GownsOverdue>(),
        JobKind::of::<ImportFile<imports::ImportBalances>>(),
        JobKind::of::<ImportFile<imports::ImportStudents>>(),
        JobKind::of::<reminders::RemindOffices>(),
    ],
    failed: tell,
};

/// Tells the administrators that a job has failed for good.
fn tell<'a>(app: &'a App, change: &'a mut Change, kind: &'a JobKind, id: Uuid) -> BoxFuture<'a, Result<()>> {
    async move {
        let message = format!("{} failed: something went wrong on our side. The log says why.", kind.name);
        alarm(change, "Background Job Failed", &message).await?;
        match kind.name {
            imports::ImportStudents::KIND => given_up::<imports::ImportStudents>(change, id).await,
            imports::ImportBalances::KIND => given_up::<imports::ImportBalances>(change, id).await,
            mpesa::BookMpesa::KIND => mpesa::leave_for_review(app, change, id).await,
            _ => mpesa::given_up(change, id).await,
        }
    }
    .boxed()
}

/// Tells the administrators that something went wrong on our side.
async fn alarm(change: &mut Change, title: &str, text: &str) -> Result<()> {
    let insert = sql!(
        "INSERT INTO notifications (recipient_id, notification_type, title, message)
         SELECT id, 'general', $1, $2 FROM users WHERE role = 'admin' AND is_active"
    );
    change.execute(insert, &[&title, &text]).await?;
    Ok(())
}

static HTTP: HttpPolicy = HttpPolicy {
    surfaces: &[
        // The legacy server mounts the addresses of accounts twice.
        Surface {
            prefixes: &["/api/auth", "/api/users"],
            canonical: "/api/auth",
            slash: Slash::Both,
            body_limit: BODY_LIMIT_BYTES,
        },
        Surface { prefixes: &[""], canonical: "", slash: Slash::Both, body_limit: BODY_LIMIT_BYTES },
    ],
    any_case: false,
    any_separator: true,
    cors: Cors {
        credentials: true,
        development_origins: &["http://localhost:4200", "http://127.0.0.1:4200", "http://localhost:5173"],
        methods: "DELETE, GET, OPTIONS, PATCH, POST, PUT",
        headers: Some("accept, authorization, content-type, idempotency-key, x-csrftoken, x-requested-with"),
        exposed: "Content-Disposition",
        max_age: Some(86_400),
        preflight: StatusCode::OK,
    },
    csp: "default-src 'self'; frame-ancestors 'none'",
    bad_id: Kind::NotFound,
    challenge: "Bearer realm=\"api\"",
    layer: Some(gate::layer),
};

/// Bytes of a body without a file.
const BODY_LIMIT_BYTES: usize = 1024 * 1024;
