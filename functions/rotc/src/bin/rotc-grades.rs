//! Lambda function `rotc-grades`: answers `/api/grades`, `/api/merit-demerit`, `/api/admin/grades`, `/api/admin/merit-logs`, `/api/admin/ledger`, `/api/admin/sync-lifetime-merits`, `/api/cadet/my-grades`, `/api/cadet/my-merit-logs`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::grades::GROUP)
}
