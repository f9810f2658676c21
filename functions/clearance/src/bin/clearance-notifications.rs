//! Lambda function `clearance-notifications`: answers `/api/notifications`.

fn main() -> shared::lambda::Exit {
    shared::lambda::serve_http(&clearance::SYSTEM, &clearance::notifications::GROUP)
}
