//! Lambda function `clearance-audit-logs`: answers `/api/audit-logs`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::audit_logs::GROUP)
}
