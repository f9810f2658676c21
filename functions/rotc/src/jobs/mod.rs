//! What follows a change, one file per job.

use shared::jobs::JobKind;

pub mod batch_certificates;
pub mod batch_profiles;
pub mod batch_transcripts;
pub mod clean_up;
pub mod delete_file;
pub mod expire_audit_logs;
pub mod expire_reports;
pub mod push_notice;
pub mod shrink_picture;
pub mod sweep_events;
pub mod sweep_files;

/// Every job.
pub static JOBS: &[JobKind] = &[
    JobKind::of::<batch_certificates::BatchCertificates>(),
    JobKind::of::<batch_profiles::BatchProfiles>(),
    JobKind::of::<batch_transcripts::BatchTranscripts>(),
    JobKind::of::<clean_up::CleanUp>(),
    JobKind::of::<delete_file::DeleteFile>(),
    JobKind::of::<expire_audit_logs::ExpireAuditLogs>(),
    JobKind::of::<expire_reports::ExpireReports>(),
    JobKind::of::<push_notice::PushNotice>(),
    JobKind::of::<shrink_picture::ShrinkPicture>(),
    JobKind::of::<sweep_events::SweepEvents>(),
    JobKind::of::<sweep_files::SweepFiles>(),
];
