//! Lambda function `clearance-analytics`: answers `/api/analytics`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::analytics::GROUP)
}
