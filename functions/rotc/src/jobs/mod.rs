//! What follows a change, one file per job.

use shared::jobs::JobKind;

pub mod delete_file;
pub mod shrink_picture;
pub mod sweep_events;
pub mod sweep_files;

/// Every job.
pub static JOBS: &[JobKind] = &[
    JobKind::of::<delete_file::DeleteFile>(),
    JobKind::of::<shrink_picture::ShrinkPicture>(),
    JobKind::of::<sweep_events::SweepEvents>(),
    JobKind::of::<sweep_files::SweepFiles>(),
];
