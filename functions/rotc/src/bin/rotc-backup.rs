//! Lambda function `rotc-backup`: answers `/api/admin/backup`, `/uploads/backups`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::backup::GROUP)
}
