//! Lambda function `clearance-approvals`: answers `/api/approvals`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::approvals::GROUP)
}
