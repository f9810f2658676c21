//! What follows a change: the list of all jobs. Each stands beside what it is about.

use std::time::Duration;

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    App, Result,
    db::Change,
    files::{DeleteFile, ShrinkPicture, SweepFiles},
    imports::{ImportFile, given_up},
    jobs::{CleanUp, Job, JobKind, Jobs, Queue},
    mail::{SendMails, SendManyMails},
    realtime::SweepEvents,
};
use uuid::Uuid;

use crate::{
    audit_logs::expire_audit_logs::ExpireAuditLogs,
    excuses::read_letter::ReadLetter,
    imports::Plan,
    notifications::{notify, push_notice::PushNotice},
    reports::{
        batch_certificates::BatchCertificates, batch_profiles::BatchProfiles,
        batch_transcripts::BatchTranscripts, expire_reports::ExpireReports, weekly_report::WeeklyReport,
    },
};

/// When nobody is awake: 18:00 UTC is two in the morning in the Philippines.
const NIGHT: Duration = Duration::from_hours(18);

/// Every job.
pub static JOBS: &[JobKind] = &[
    JobKind::of::<BatchCertificates>(),
    JobKind::of::<BatchProfiles>(),
    JobKind::of::<BatchTranscripts>(),
    JobKind::of::<CleanUp>().at(NIGHT),
    JobKind::of::<DeleteFile>(),
    JobKind::of::<ExpireAuditLogs>().at(NIGHT),
    JobKind::of::<ExpireReports>(),
    JobKind::of::<ImportFile<Plan>>(),
    JobKind::of::<PushNotice>(),
    JobKind::of::<ReadLetter>(),
    JobKind::of::<SendMails>(),
    JobKind::of::<SendManyMails>(),
    JobKind::of::<ShrinkPicture>(),
    JobKind::of::<SweepEvents>().at(NIGHT),
    JobKind::of::<SweepFiles>().at(NIGHT),
    JobKind::of::<WeeklyReport>(),
];

/// The jobs as the workers see them.
pub static ALL: Jobs = Jobs { kinds: JOBS, failed: tell };

/// Names the kind of the job only to administrators: what it was about may be personal.
fn tell<'a>(_app: &'a App, change: &'a mut Change, kind: &'a JobKind, id: Uuid) -> BoxFuture<'a, Result<()>> {
    async move {
        if kind.name == ImportFile::<Plan>::KIND {
            given_up::<Plan>(change, id).await?;
        }
        let text = format!("A background job has failed: {}. The log says why.", kind.name);
        // A message about a delivery that fails would be the next to fail.
        let ring = kind.queue != Queue::Delivery;
        notify::every_admin(change, "job_failed", &text, ring).await
    }
    .boxed()
}
