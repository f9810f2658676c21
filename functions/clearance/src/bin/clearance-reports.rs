//! Lambda function `clearance-reports`: answers `/api/reports`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::reports::GROUP)
}
