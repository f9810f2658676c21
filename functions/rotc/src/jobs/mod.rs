//! What follows a change, one file per job.

use std::time::Duration;

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    Result,
    db::Change,
    imports::{ImportFile, given_up},
    jobs::{Job, JobKind, Jobs, Queue},
    mail::{SendMails, SendManyMails},
};
use uuid::Uuid;

use crate::{imports::Plan, notifications::notify};

pub mod batch_certificates;
pub mod batch_profiles;
pub mod batch_transcripts;
pub mod clean_up;
mod clean_up_vault;
pub mod delete_file;
pub mod expire_audit_logs;
pub mod expire_reports;
pub mod push_notice;
pub mod read_letter;
pub mod shrink_picture;
pub mod sweep_events;
pub mod sweep_files;
pub mod weekly_report;

/// When nobody is awake: 18:00 UTC is two in the morning in the Philippines.
pub const NIGHT: Duration = Duration::from_hours(18);

/// Every job.
pub static JOBS: &[JobKind] = &[
    JobKind::of::<batch_certificates::BatchCertificates>(),
    JobKind::of::<batch_profiles::BatchProfiles>(),
    JobKind::of::<batch_transcripts::BatchTranscripts>(),
    JobKind::of::<clean_up::CleanUp>(),
    JobKind::of::<delete_file::DeleteFile>(),
    JobKind::of::<expire_audit_logs::ExpireAuditLogs>(),
    JobKind::of::<expire_reports::ExpireReports>(),
    JobKind::of::<ImportFile<Plan>>(),
    JobKind::of::<push_notice::PushNotice>(),
    JobKind::of::<read_letter::ReadLetter>(),
    JobKind::of::<SendMails>(),
    JobKind::of::<SendManyMails>(),
    JobKind::of::<shrink_picture::ShrinkPicture>(),
    JobKind::of::<sweep_events::SweepEvents>(),
    JobKind::of::<sweep_files::SweepFiles>(),
    JobKind::of::<weekly_report::WeeklyReport>(),
];

/// The jobs as the workers see them.
pub static ALL: Jobs = Jobs { kinds: JOBS, failed: tell };

/// Names the kind of the job only to administrators: what it was about may be personal.
fn tell<'a>(change: &'a mut Change, kind: &'a JobKind, id: Uuid) -> BoxFuture<'a, Result<()>> {
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
