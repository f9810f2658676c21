//! Lambda function `rotc-audit-logs`: answers `/api/audit-logs`, `/api/sync-events`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&rotc::SYSTEM, &rotc::audit_logs::GROUP)
}
