//! What follows a change, one file per job.

use shared::jobs::JobKind;

pub mod clean_up;
pub mod delete_file;
pub mod expire_audit_logs;
pub mod push_notice;
pub mod read_letter;
pub mod shrink_picture;
pub mod sweep_events;
pub mod sweep_files;

/// Every job.
pub static JOBS: &[JobKind] = &[
    JobKind::of::<clean_up::CleanUp>(),
    JobKind::of::<delete_file::DeleteFile>(),
    JobKind::of::<expire_audit_logs::ExpireAuditLogs>(),
    JobKind::of::<push_notice::PushNotice>(),
    JobKind::of::<read_letter::ReadLetter>(),
    JobKind::of::<shrink_picture::ShrinkPicture>(),
    JobKind::of::<sweep_events::SweepEvents>(),
    JobKind::of::<sweep_files::SweepFiles>(),
];
